import { maxRetries } from "../../../src/rules/max-retries.ts";
import { maxTimeout } from "../../../src/rules/max-timeout.ts";
import { noUnsafeRetry } from "../../../src/rules/no-unsafe-retry.ts";
import { requireIdempotencyKey } from "../../../src/rules/require-idempotency-key.ts";
import { requireTimeout } from "../../../src/rules/require-timeout.ts";
import { runRule } from "../run-rule.ts";

const undici = `import { Agent, Client, request, RetryAgent, setGlobalDispatcher } from "undici";\n\n`;

runRule("require-timeout", requireTimeout, {
  silent: [
    { name: "headersTimeout", code: `${undici}request("https://api.psp.example/v1", { headersTimeout: 300 });` },
    {
      name: "a dispatcher with one",
      code: `${undici}request("https://api.psp.example/v1", { dispatcher: new Agent({ headersTimeout: 300 }) });`,
    },
    {
      name: "a global dispatcher, for fetch",
      code: `${undici}setGlobalDispatcher(new Agent({ headersTimeout: 300 })); fetch("https://api.psp.example/v1");`,
    },
    {
      name: "a dispatcher from elsewhere",
      code: `${undici}export const load = (dispatcher) => request("https://api.psp.example/v1", { dispatcher });`,
    },
    { name: "an agent that only serves others", code: `${undici}export const agent = new Agent({ connections: 10 });` },
  ],
  reported: [
    { name: "request", code: `${undici}const { body } = await request("https://api.psp.example/v1");` },
    {
      name: "a client",
      code: `${undici}const psp = new Client("https://api.psp.example");\nawait psp.request({ path: "/v1", method: "GET" });`,
    },
    { name: "bodyTimeout, which begins late", code: `${undici}await request("https://api.psp.example/v1", { bodyTimeout: 300 });` },
    {
      name: "undici's fetch",
      code: `import { fetch } from "undici";\nawait fetch("https://api.psp.example/v1", { dispatcher: undefined });`,
    },
  ],
});

runRule("max-timeout", maxTimeout, {
  silent: [],
  reported: [{ name: "above the budget", code: `${undici}await request("https://api.psp.example/v1", { headersTimeout: 30e3 });` }],
});

runRule("max-retries", maxRetries, {
  silent: [{ name: "no retries by default", code: `${undici}request("https://api.psp.example/v1");` }],
  reported: [
    {
      name: "five by default",
      code: `${undici}const dispatcher = new RetryAgent(new Agent({ headersTimeout: 100 }));\nawait request("https://api.psp.example/v1", { dispatcher });`,
    },
    {
      name: "a global dispatcher, for fetch",
      code: `${undici}setGlobalDispatcher(new RetryAgent(new Agent(), { maxRetries: 4 }));\nawait fetch("https://api.psp.example/v1");`,
    },
  ],
});

runRule("require-idempotency-key", requireIdempotencyKey, {
  silent: [],
  reported: [{ name: "no key", code: `${undici}await request("https://api.psp.example/v1", { method: "POST", body });` }],
});

runRule("no-unsafe-retry", noUnsafeRetry, {
  silent: [
    {
      name: "a POST, which undici does not repeat",
      code: `${undici}request("https://api.psp.example/v1", { method: "POST", dispatcher: new RetryAgent(new Agent()) });`,
    },
  ],
  reported: [
    {
      name: "POST among the methods",
      code: `${undici}const dispatcher = new RetryAgent(new Agent(), { maxRetries: 2, methods: ["POST"] });\nawait request("https://api.psp.example/v1", { method: "POST", dispatcher });`,
    },
  ],
});
