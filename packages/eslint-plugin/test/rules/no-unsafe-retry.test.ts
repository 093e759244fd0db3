import { noUnsafeRetry } from "../../src/rules/no-unsafe-retry.ts";
import { requireIdempotencyKey } from "../../src/rules/require-idempotency-key.ts";
import { policyWith } from "./policies.ts";
import { runRule } from "./run-rule.ts";

const psp = `import axiosRetry from "axios-retry";\nimport axios from "axios";\n\nconst psp = axios.create({ baseURL: "https://api.psp.example/v1", timeout: 300 });\n`;
const imports = `import got from "got";\nimport pRetry from "p-retry";\n\n`;
const post = `{ method: "POST", signal: AbortSignal.timeout(300) }`;

runRule("no-unsafe-retry", noUnsafeRetry, {
  silent: [
    {
      name: "what a loop does about an answer",
      code: `export async function run(url) { for (let attempt = 0; attempt < 5; attempt++) { const result = await execute(url); if (result.ok) return result; if (result.status === 409) { await fetch("https://api.psp.example/v1/register", { method: "POST" }); continue; } if (result.status >= 500) continue; return result; } }`,
    },
    { name: "a POST with a key", code: `${psp}axiosRetry(psp); psp.post("/payments", {}, { headers: { "Idempotency-Key": key } });` },
    { name: "a POST that nothing repeats", code: `${psp}psp.post("/payments", {});` },
    { name: "no retries", code: `${psp}axiosRetry(psp, { retries: 0 }); psp.post("/payments", {});` },
    { name: "a number that cannot be seen", code: `${psp}axiosRetry(psp, { retries: config.retries }); psp.post("/payments", {});` },
    {
      name: "idempotent methods only",
      code: `${psp}axiosRetry(psp, { retryCondition: axiosRetry.isIdempotentRequestError }); psp.post("/payments", {});`,
    },
    {
      name: "a condition of its own",
      code: `${psp}axiosRetry(psp, { retryCondition: (error) => isSafe(error) }); psp.post("/payments", {});`,
    },
    {
      name: "a condition that looks at the request",
      code: `${psp}axiosRetry(psp, { retryCondition: (error) => error.config?.method !== "post" && axiosRetry.isNetworkError(error) }); psp.post("/payments", {});`,
    },
    {
      name: "a condition that says no to network errors",
      code: `${psp}axiosRetry(psp, { retryCondition: (error) => !axiosRetry.isNetworkError(error) }); psp.post("/payments", {});`,
    },
    {
      name: "a condition of refusals and of idempotent methods",
      code: `${psp}axiosRetry(psp, { retryCondition: (error) => axiosRetry.isIdempotentRequestError(error) || error.response?.status === 429 }); psp.post("/payments", {});`,
    },
    {
      name: "what the upstream refused, and nothing else",
      code: `class Psp { run(id) { return fetch("https://api.psp.example/v1/runs/" + id, { method: "POST", headers: { Authorization: token } }); } async again(id) { for (let n = 0; n < 3; n++) { try { return await this.run(id); } catch (error) { if (!(error instanceof PspError) || error.code !== "RATE_LIMIT_EXCEEDED") throw error; await sleep(500); } } } }`,
    },
    {
      name: "texts that are masked",
      code: `${imports}pRetry(() => fetch("https://api.psp.example/v1/guardrails/mask-batch", { method: "POST", headers: { Authorization: token } }));`,
    },
    {
      name: "Snowflake, which takes a request id in the query",
      code: `${imports}pRetry(() => fetch(\`https://\${account}.snowflakecomputing.com/api/v2/statements?requestId=\${id}\`, { method: "POST", headers: { Authorization: token } }));`,
    },
    {
      name: "a read that a function sends on",
      code: `${imports}const sendToExchange = (data) => fetch("https://pbx.psp.example/api", { method: "POST", headers: { Authorization: token }, body: data }); const fetchRecord = () => pRetry(() => sendToExchange({ action: "cdrapi" }), { retries: 2 }); fetchRecord();`,
    },
    { name: "GET, PUT and DELETE", code: `${psp}axiosRetry(psp); psp.get("/a"); psp.put("/a", {}); psp.delete("/a");` },
    { name: "got, which never repeats POST", code: `${imports}got.post("https://api.psp.example/v1", { retry: { limit: 2 } });` },
    { name: "a POST that reads", code: `${imports}pRetry(() => got.post("https://api.psp.example/v1/search"), { retries: 2 });` },
    {
      name: "a loop that repeats only what was refused",
      code: `export async function pay() { for (let attempt = 0; attempt < 3; attempt++) { const response = await fetch("https://api.psp.example/v1/payments", ${post}); if (response.status !== 429) return response; await sleep(500); } }`,
    },
    { name: "an OAuth token", code: `${psp}axiosRetry(psp); psp.post("/oauth/token", {});` },
    {
      name: "a path that the policy calls safe",
      settings: { holdfast: { policy: policyWith({ safe: ["/v1/reports"] }) } },
      code: `${psp}axiosRetry(psp); psp.post("/reports", {});`,
    },
    {
      name: "a key in a header that the policy names",
      settings: { holdfast: { policy: policyWith({ header: "X-Request-Key" }) } },
      code: `${psp}axiosRetry(psp); psp.post("/payments", {}, { headers: { "X-Request-Key": key } });`,
    },
    { name: "the program's own back end", code: `${imports}pRetry(() => got.post("http://localhost:3000/payments"));` },
    { name: "a test file", filename: "test/pay.ts", code: `${psp}axiosRetry(psp); psp.post("/payments", {});` },
  ],
  reported: [
    {
      name: "what the upstream refused or failed at",
      code: `class Psp { run(id) { return fetch("https://api.psp.example/v1/runs/" + id, { method: "POST", headers: { Authorization: token } }); } async again(id) { for (let n = 0; n < 3; n++) { try { return await this.run(id); } catch (error) { if (!(error instanceof PspError) || error.code === "INVALID") throw error; await sleep(500); } } } }`,
    },
    { name: "axios-retry's default", code: `${psp}axiosRetry(psp);\n\nexport const pay = (order) => psp.post("/payments", order);` },
    {
      name: "one layer, whatever number of calls",
      code: `${psp}axiosRetry(psp, { retries: 2 });\n\nexport const pay = (order) => psp.post("/payments", order);\nexport const refund = (id) => psp.post("/refunds", { id });\nexport const change = (id) => psp.patch("/payments/1", { id });`,
    },
    {
      name: "a condition that repeats any method",
      code: `${psp}axiosRetry(psp, { retries: 2, retryCondition: axiosRetry.isRetryableError });\nawait psp.patch("/payments/1", {});`,
    },
    {
      name: "a condition of its own that says yes to network errors",
      code: `${psp}axiosRetry(psp, {\n  retries: 2,\n  retryCondition: (error) => axiosRetry.isNetworkOrIdempotentRequestError(error) || error.response?.status === 429,\n});\nexport const pay = (order) => psp.post("/payments", order);`,
    },
    {
      name: "a condition in statements",
      code: `${psp}import { isNetworkError } from "axios-retry";\naxiosRetry(psp, { retries: 2, retryCondition: mayRepeat });\nexport const pay = (order) => psp.post("/payments", order);\n\nfunction mayRepeat(error) {\n  if (isNetworkError(error)) return true;\n  return error.response?.status === 429;\n}`,
    },
    {
      name: "a loop whose number is a parameter's default",
      code: `export async function pay(body, attempts = 3) {\n  for (let attempt = 0; attempt < attempts; attempt++) {\n    try {\n      return await fetch("https://api.psp.example/v1/payments", ${post});\n    } catch {}\n  }\n}`,
    },
    {
      name: "a loop whose number is the default of an option",
      code: `export async function pay(body, { retries = 2 } = {}) {\n  for (let attempt = 0; attempt <= retries; attempt++) {\n    try {\n      return await fetch("https://api.psp.example/v1/payments", ${post});\n    } catch {}\n  }\n}`,
    },
    {
      name: "p-retry",
      code: `${imports}export async function pay(order) {\n  await pRetry(() => got.post("https://api.psp.example/v1/payments", { json: order }), { retries: 2 });\n}`,
    },
    {
      name: "p-retry in an arrow function without braces, with its default",
      code: `${imports}export const pay = (order) => pRetry(() => got.post("https://api.psp.example/v1/payments", { json: order }));`,
    },
    {
      name: "a named operation, once",
      code: `${imports}async function pay() {\n  return fetch("https://api.psp.example/v1/payments", ${post});\n}\n\nexport const payment = pRetry(pay, { retries: 2 });`,
    },
    {
      name: "a loop",
      code: `export async function pay() {\n  for (let attempt = 0; attempt < 3; attempt++) {\n    try {\n      return await fetch("https://api.psp.example/v1/payments", ${post});\n    } catch {}\n  }\n}`,
    },
    {
      name: "a recursion",
      code: `export async function pay(attempt = 0) {\n  try {\n    return await fetch("https://api.psp.example/v1/payments", ${post});\n  } catch (error) {\n    if (attempt < 2) return pay(attempt + 1);\n    throw error;\n  }\n}`,
    },
    {
      name: "an endless loop",
      code: `export async function pay() {\n  while (true) {\n    try {\n      return await fetch("https://api.psp.example/v1/payments", ${post});\n    } catch {\n      await sleep(500);\n    }\n  }\n}`,
    },
    {
      name: "a wrapper of the project",
      code: `async function withRetry(operation) {\n  for (let attempt = 0; attempt < 3; attempt++) {\n    try {\n      return await operation();\n    } catch {}\n  }\n}\n\nexport const pay = () => withRetry(() => fetch("https://api.psp.example/v1/payments", ${post}));`,
    },
    {
      name: "a function that another repeats by its name, with no place for a key",
      code: `async function withRetry(operation) {\n  for (let attempt = 0; attempt < 3; attempt++) {\n    try {\n      return await operation();\n    } catch {}\n  }\n}\n\nconst send = () => fetch("https://api.psp.example/v1/payments", { method: "POST" });\nawait withRetry(send);`,
    },
    {
      name: "one request in a loop, whatever number of calls of its function",
      code: `async function report() {\n  for (let attempt = 0; attempt < 3; attempt++) {\n    try {\n      return await fetch("https://api.psp.example/v1/payments", ${post});\n    } catch {}\n  }\n}\n\nexport const first = () => report();\nexport const second = () => report();`,
    },
    {
      name: "two layers at once",
      code: `${psp}import pRetry from "p-retry";\naxiosRetry(psp, { retries: 2 });\nexport const pay = (order) => pRetry(() => psp.post("/payments", order), { retries: 2 });`,
    },
  ],
});

runRule("require-idempotency-key", requireIdempotencyKey, {
  silent: [
    {
      name: "a POST that a layer of the file repeats",
      code: `${psp}axiosRetry(psp);\nexport const pay = (order) => psp.post("/payments", order);`,
    },
    {
      name: "a named operation that is repeated",
      code: `${imports}async function pay() { return fetch("https://api.psp.example/v1/payments", ${post}); }\nexport const payment = pRetry(pay, { retries: 2 });`,
    },
  ],
  reported: [
    {
      name: "a POST whose repetition is not told",
      code: `${psp}axiosRetry(psp, { retries: config.retries });\nexport const pay = (order) => psp.post("/payments", order);`,
    },
  ],
});
