import { latencyBudget } from "../../src/rules/latency-budget.ts";
import { policyWith } from "./policies.ts";
import { runRule } from "./run-rule.ts";

const imports = `import got from "got";\nimport pRetry from "p-retry";\nimport axios from "axios";\nimport axiosRetry from "axios-retry";\n\n`;
const get = (ms: number) => `fetch("https://api.psp.example/v1", { signal: AbortSignal.timeout(${ms}) })`;
const declared = (upstream: Parameters<typeof policyWith>[0]) => ({ holdfast: { policy: policyWith(upstream) } });

runRule("latency-budget", latencyBudget, {
  silent: [
    { name: "one attempt", code: `${imports}${get(300)};` },
    { name: "one attempt that is too long, which max-timeout reports", code: `${imports}${get(30_000)};` },
    { name: "attempts that are too long each", code: `${imports}pRetry(() => ${get(5_000)}, { retries: 2 });` },
    {
      name: "no timeout, which require-timeout reports",
      code: `${imports}pRetry(() => fetch("https://api.psp.example/v1"), { retries: 2 });`,
    },
    { name: "endless retries, which max-retries reports", code: `${imports}pRetry(() => ${get(300)}, { retries: Infinity });` },
    { name: "attempts that fit", code: `${imports}pRetry(() => ${get(100)}, { retries: 2, minTimeout: 10, factor: 1 });` },
    {
      name: "one timeout for all attempts",
      code: `${imports}const psp = axios.create({ baseURL: "https://api.psp.example", timeout: 300 }); axiosRetry(psp, { retries: 2 }); psp.get("/a");`,
    },
    { name: "a backoff that cannot be seen", code: `${imports}pRetry(() => ${get(300)}, { retries: 2, minTimeout: config.wait });` },
    {
      name: "the objective of the upstream",
      settings: declared({ sloMs: 5_000, timeoutMs: 1_000 }),
      code: `${imports}pRetry(() => ${get(1_000)}, { retries: 2, minTimeout: 300 });`,
    },
    { name: "the rule's own objective", options: [{ limit: 10_000 }], code: `${imports}pRetry(() => ${get(300)}, { retries: 2 });` },
    {
      name: "an SDK's own timeout, when no objective is declared",
      code: `import Stripe from "stripe"; const stripe = new Stripe(secret); stripe.balance.retrieve();`,
    },
    {
      name: "a limit around all attempts",
      code: `${imports}import pTimeout from "p-timeout"; pTimeout(pRetry(() => ${get(300)}, { retries: 2 }), { milliseconds: 400 });`,
    },
    {
      name: "got's retries of POST, which it does not repeat",
      code: `${imports}got.post("https://api.psp.example/v1", { timeout: { request: 300 } });`,
    },
    { name: "the program's own back end", code: `${imports}got("http://localhost:3000/", { timeout: { request: 300 } });` },
    { name: "a test file", filename: "test/pay.ts", code: `${imports}got("https://api.psp.example/v1", { timeout: { request: 300 } });` },
  ],
  reported: [
    { name: "got's own retries", code: `${imports}await got("https://api.psp.example/v1", { timeout: { request: 300 } });` },
    {
      name: "the objective of the upstream",
      settings: declared({ sloMs: 400, timeoutMs: 1_000 }),
      code: `${imports}await pRetry(() => ${get(1_000)}, { retries: 2, minTimeout: 300 });`,
    },
    {
      name: "an SDK's own timeout, above an objective that is declared",
      settings: declared({ sloMs: 10_000, packages: ["stripe"] }),
      code: `import Stripe from "stripe";\nconst stripe = new Stripe(secret);\nawait stripe.balance.retrieve();`,
    },
    {
      name: "a timeout for each attempt",
      code: `${imports}const psp = axios.create({ baseURL: "https://api.psp.example", timeout: 300 });\naxiosRetry(psp, { retries: 2, shouldResetTimeout: true, retryDelay: axiosRetry.exponentialDelay });\nawait psp.get("/a");`,
    },
    {
      name: "a client that only other files use",
      code: `${imports}export const psp = axios.create({ baseURL: "https://api.psp.example", timeout: 300 });\naxiosRetry(psp, { retries: 2, shouldResetTimeout: true });`,
    },
    {
      name: "layers that multiply",
      code: `${imports}await pRetry(() => got("https://api.psp.example/v1", { timeout: { request: 100 } }), { retries: 2, minTimeout: 100 });`,
    },
    { name: "a long list of waits", code: `${imports}await pRetry(() => ${get(300)}, { retries: 8 });` },
    {
      name: "a loop that waits",
      code: `export async function load() {\n  for (let attempt = 0; attempt < 3; attempt++) {\n    try {\n      return await ${get(300)};\n    } catch {\n      await sleep(100 * 2 ** attempt);\n    }\n  }\n}`,
    },
    {
      name: "the rule's own objective",
      options: [{ limit: 500 }],
      code: `${imports}await pRetry(() => ${get(300)}, { retries: 1, minTimeout: 50 });`,
    },
  ],
});
