import { maxTimeout } from "../../src/rules/max-timeout.ts";
import { policyWith } from "./policies.ts";
import { runRule } from "./run-rule.ts";

const stripe = `import Stripe from "stripe";\n\nconst stripe = new Stripe(secret);\n`;

runRule("max-timeout", maxTimeout, {
  silent: [
    { name: "an SDK's own timeout, when no limit is declared", code: `${stripe}stripe.balance.retrieve();` },
    {
      name: "a lower limit around the call",
      code: `import pTimeout from "p-timeout"; pTimeout(fetch("https://api.psp.example/", { signal: AbortSignal.timeout(9_000) }), { milliseconds: 300 });`,
    },
    { name: "the default budget", code: `fetch("https://api.psp.example/v1", { signal: AbortSignal.timeout(300) });` },
    { name: "no timeout, which is require-timeout's business", code: `fetch("https://api.psp.example/v1");` },
    {
      name: "a timeout that cannot be seen",
      code: `import axios from "axios"; export const psp = axios.create({ timeout: config.timeout });`,
    },
    {
      name: "an environment fallback within the budget",
      code: `import axios from "axios"; export const psp = axios.create({ timeout: Number(process.env.TIMEOUT ?? 300) });`,
    },
    {
      name: "the budget of the upstream",
      settings: { holdfast: { policy: policyWith({ timeoutMs: 5000 }) } },
      code: `fetch("https://api.psp.example/v1", { signal: AbortSignal.timeout(5000) });`,
    },
    {
      name: "the rule's own limit before the policy's",
      options: [{ limit: 8000 }],
      settings: { holdfast: { policy: policyWith({ timeoutMs: 500 }) } },
      code: `fetch("https://api.psp.example/v1", { signal: AbortSignal.timeout(8000) });`,
    },
    { name: "the program's own back end", code: `fetch("/api", { signal: AbortSignal.timeout(30_000) });` },
    { name: "a test file", filename: "test/pay.ts", code: `fetch("https://api.psp.example/v1", { signal: AbortSignal.timeout(30_000) });` },
    { name: "a quick upstream", code: `fetch("https://cache.example/v1", { signal: AbortSignal.timeout(50) });` },
  ],
  reported: [
    {
      name: "a timeout that callers may leave out",
      code: `export const load = (id: string, { timeout = 5_000 } = {}) =>\n  fetch("https://api.psp.example/" + id, { signal: AbortSignal.timeout(timeout) });\nexport const rates = (timeout = 2_000) => fetch("https://rates.example/latest", { signal: AbortSignal.timeout(timeout) });`,
    },
    {
      name: "a timeout and a signal that callers may give another one for",
      code: `import axios from "axios";\nexport const load = (id: string, options?: { timeout?: number }) => axios.get("https://api.psp.example/" + id, { timeout: options?.timeout ?? 5_000 });\nexport const send = (path: string, init?: RequestInit) => {\n  const signal = init?.signal ?? AbortSignal.timeout(1_500);\n  return fetch("https://hub.example" + path, { ...init, signal });\n};`,
    },
    {
      name: "an SDK's own timeout, above the limit of the policy",
      settings: { holdfast: { policy: policyWith({ timeoutMs: 5_000, packages: ["stripe"] }) } },
      code: `${stripe}await stripe.balance.retrieve();`,
    },
    {
      name: "an SDK's own timeout, above the rule's limit",
      options: [{ limit: 5_000 }],
      code: `${stripe}await stripe.balance.retrieve();`,
    },
    {
      name: "a limit around the call",
      code: `import pTimeout from "p-timeout";\nawait pTimeout(fetch("https://api.psp.example/"), { milliseconds: 5_000 });`,
    },
    { name: "above the default budget", code: `await fetch("https://api.psp.example/v1", { signal: AbortSignal.timeout(5_000) });` },
    {
      name: "above the upstream's budget",
      settings: { holdfast: { policy: policyWith({ timeoutMs: 500 }) } },
      code: `await fetch("https://api.psp.example/v1", { signal: AbortSignal.timeout(5_000) });`,
    },
    {
      name: "above the rule's own limit",
      options: [{ limit: 1000 }],
      code: `await fetch("https://api.psp.example/v1", { signal: AbortSignal.timeout(5_000) });`,
    },
    {
      name: "an instance, once for all its calls",
      code: `import axios from "axios";\nconst psp = axios.create({ baseURL: "https://api.psp.example", timeout: 30_000 });\npsp.get("/a");\npsp.get("/b");`,
    },
    {
      name: "an instance that only other files use",
      code: `import axios from "axios";\nexport const psp = axios.create({ baseURL: "https://api.psp.example", timeout: 30 * 1000 });`,
    },
    {
      name: "a constant",
      code: `import got from "got";\nconst TIMEOUT_MS = 10_000;\nawait got("https://api.psp.example/v1", { timeout: { request: TIMEOUT_MS } });`,
    },
    {
      name: "a fallback of the environment",
      code: `import axios from "axios";\nexport const psp = axios.create({ timeout: Number(process.env.TIMEOUT ?? "15000") });`,
    },
    {
      name: "a default in the library's own settings",
      code: `import axios from "axios";\naxios.defaults.timeout = 20_000;\naxios.get("https://api.psp.example/v1");`,
    },
    {
      name: "an argument of a wrapper",
      code: `const load = (url: string, ms: number) => fetch(url, { signal: AbortSignal.timeout(ms) });\nload("https://api.psp.example/a", 9000);\nload("https://api.psp.example/b", 200);`,
    },
    {
      name: "seconds given where milliseconds count",
      code: `import axios from "axios";\nexport const psp = axios.create({ baseURL: "https://api.psp.example", timeout: 5 });`,
    },
    {
      name: "each call when asked for",
      options: [{ reportAt: "call" }],
      code: `import axios from "axios";\nconst psp = axios.create({ baseURL: "https://api.psp.example", timeout: 30_000 });\npsp.get("/a");\npsp.get("/b");`,
    },
  ],
});
