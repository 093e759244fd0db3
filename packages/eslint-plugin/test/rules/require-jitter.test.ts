import { requireJitter } from "../../src/rules/require-jitter.ts";
import { runRule } from "./run-rule.ts";

const imports = `import got from "got";\nimport pRetry from "p-retry";\nimport axios from "axios";\nimport axiosRetry from "axios-retry";\n\n`;
const psp = `${imports}const psp = axios.create({ baseURL: "https://api.psp.example", timeout: 300 });\n`;
const get = `fetch("https://api.psp.example/v1", { signal: AbortSignal.timeout(300) })`;
const loop = (sleep: string) =>
  `export async function load() {\n  for (let attempt = 0; attempt < 3; attempt++) {\n    try {\n      return await ${get};\n    } catch {\n      ${sleep}\n    }\n  }\n}`;

runRule("require-jitter", requireJitter, {
  silent: [
    {
      name: "a pause before each request, beside a wait that is told by the answer",
      code: loop("if (isLimited(error)) await sleep(told(error)); else throw error;").replace("try {", "await sleep(200);\n    try {"),
    },
    {
      name: "a branch with randomness beside one that is not told",
      code: loop(
        "let wait;\n      if (isLimited(error)) wait = told(error);\n      else wait = 500 * Math.random();\n      await sleep(wait);",
      ),
    },
    { name: "p-retry with randomness", code: `${imports}pRetry(() => ${get}, { retries: 2, randomize: true });` },
    { name: "a randomness that cannot be seen", code: `${imports}pRetry(() => ${get}, { retries: 2, randomize: config.random });` },
    { name: "options that cannot be seen", code: `${imports}export const load = (options) => pRetry(() => ${get}, options);` },
    { name: "retries of a client that knows no jitter", code: `import { google } from "googleapis"; google.drive("v3").files.list();` },
    { name: "one retry", code: `${imports}pRetry(() => ${get}, { retries: 1 });` },
    {
      name: "axios-retry with its exponential delay",
      code: `${psp}axiosRetry(psp, { retries: 2, retryDelay: axiosRetry.exponentialDelay }); psp.get("/a");`,
    },
    { name: "a delay of its own", code: `${psp}axiosRetry(psp, { retries: 2, retryDelay: (count) => wait(count) }); psp.get("/a");` },
    { name: "got, which adds noise", code: `${imports}got("https://api.psp.example/v1");` },
    { name: "a loop with randomness", code: loop("await sleep(1000 * 2 ** attempt * Math.random());") },
    { name: "a loop that waits by a function elsewhere", code: loop("await sleep(backoff(attempt));") },
    { name: "a wait for a job", code: loop("await sleep(20_000);") },
    {
      name: "a poll, whose many waits hardly grow",
      code: `import retry from "retry"; const operation = retry.operation({ retries: 35, factor: 1.1, minTimeout: 5000, maxTimeout: 10_000 }); operation.attempt(async () => { await ${get}; });`,
    },
    {
      name: "exponential-backoff with jitter",
      code: `import { backOff } from "exponential-backoff"; backOff(() => ${get}, { numOfAttempts: 3, jitter: "full" });`,
    },
    { name: "ky with jitter", code: `import ky from "ky"; ky("https://api.psp.example/v1", { retry: { jitter: true } });` },
    {
      name: "as many waits as somebody says, each as long",
      code: `export async function load(attempts) {\n  for (let attempt = 0; attempt < attempts; attempt++) {\n    try {\n      return await ${get};\n    } catch {\n      await sleep(500);\n    }\n  }\n}`,
    },
    { name: "a loop without end, which waits for a job that takes its time", code: loop("await sleep(10_000 * 2 ** attempt);") },
    { name: "a loop that does not wait", code: loop("log();") },
    {
      name: "a call that is not repeated, beside one that is",
      code: `${psp}axiosRetry(psp, { retries: 2, retryCondition: axiosRetry.isSafeRequestError }); psp.post("/a", {});`,
    },
    { name: "code that runs in a browser", code: `"use client";\n${imports}pRetry(() => ${get}, { retries: 2 });` },
    { name: "the program's own back end", code: `${imports}pRetry(() => fetch("http://localhost:3000/"), { retries: 2 });` },
    { name: "a test file", filename: "test/pay.ts", code: `${imports}pRetry(() => ${get}, { retries: 2 });` },
  ],
  reported: [
    {
      name: "one branch of two, the other told by the answer",
      code: loop(
        "let wait;\n      if (isLimited(error)) wait = told(error);\n      else wait = 500 * 2 ** attempt;\n      await sleep(wait);",
      ),
    },
    {
      name: "the wait after an exception, beside one that the answer tells",
      code: `export async function load() {\n  for (let attempt = 0; attempt < 3; attempt++) {\n    let response;\n    try {\n      response = await ${get};\n    } catch {\n      const wait = 500 * 2 ** attempt;\n      await sleep(wait);\n      continue;\n    }\n    if (response.ok) return response;\n    const wait = told(response);\n    await sleep(wait);\n  }\n}`,
    },
    {
      name: "a branch of a failed request, and one of a bad answer, each of which counts",
      code: `export async function load() {\n  let retries = 0;\n  while (true) {\n    let response;\n    try {\n      response = await ${get};\n    } catch (error) {\n      retries++;\n      if (retries > 3) throw error;\n      await sleep(1000 * 2 ** (retries - 1));\n      continue;\n    }\n    if (response.ok) return response;\n    retries++;\n    if (retries > 3) throw new Error(response.status);\n    await sleep(told(response));\n  }\n}`,
    },
    {
      name: "exponential-backoff with a condition of its own, of a write",
      code: `import { backOff } from "exponential-backoff";\nbackOff(() => fetch("https://api.psp.example/v1", { method: "POST", signal: AbortSignal.timeout(300) }), { numOfAttempts: 3, retry: (error) => !isDuplicate(error) });`,
    },
    {
      name: "as many waits as somebody says, which grow",
      code: `export async function load(attempts) {\n  for (let attempt = 0; attempt < attempts; attempt++) {\n    try {\n      return await ${get};\n    } catch {\n      await sleep(500 * 2 ** attempt);\n    }\n  }\n}`,
    },
    {
      name: "an operation that says by itself that it succeeded",
      code: `export async function upload(file) {\n  for (let attempt = 0; attempt <= 3; attempt++) {\n    if (attempt > 0) await sleep(2000 * 2 ** (attempt - 1));\n    try {\n      const result = await provider.upload(file);\n      if (result.success) return result;\n      isLimited = result.status === 429;\n    } catch (error) {\n      log(error);\n    }\n  }\n}`,
    },
    {
      name: "an operation whose answer says that it succeeded, with a wait after a failure",
      code: `export async function subscribeWithRetry(type) {\n  for (let attempt = 1; attempt <= 3; attempt++) {\n    try {\n      const success = await subscribe(type);\n      if (success) return true;\n    } catch (error) {\n      if (!error.message.includes("Rate limit")) break;\n      await sleep(1000 * attempt);\n    }\n  }\n}`,
    },
    {
      name: "a wait that is longer where the upstream said so",
      code: loop("const base = isLimited ? 30_000 : 2_000;\n      const delay = base * 2 ** attempt;\n      await sleep(delay);"),
    },
    { name: "p-retry", code: `${imports}await pRetry(() => ${get}, { retries: 2 });` },
    { name: "p-retry's default", code: `${imports}await pRetry(() => ${get});` },
    { name: "p-retry with randomness turned off", code: `${imports}await pRetry(() => ${get}, { retries: 2, randomize: false });` },
    { name: "axios-retry without a delay", code: `${psp}axiosRetry(psp, { retries: 2 });\nawait psp.get("/a");\nawait psp.get("/b");` },
    {
      name: "ky's own retries, once",
      code: `import ky from "ky";\nawait ky("https://api.psp.example/v1");\nawait ky("https://api.psp.example/v2");`,
    },
    {
      name: "exponential-backoff",
      code: `import { backOff } from "exponential-backoff";\nawait backOff(() => ${get}, { numOfAttempts: 3 });`,
    },
    { name: "a client that only other files use", code: `${psp}axiosRetry(psp, { retries: 2 });\nexport { psp };` },
    {
      name: "many retries whose waits grow",
      code: `import retry from "retry";\nconst operation = retry.operation({ retries: 35, minTimeout: 1000, maxTimeout: 10_000 });\noperation.attempt(async () => {\n  await ${get};\n});`,
    },
    { name: "a loop with a fixed wait", code: loop("await sleep(1000);") },
    { name: "a loop with an exponential wait", code: loop("await sleep(1000 * 2 ** attempt);") },
    { name: "a loop with a sum", code: loop("await new Promise((resolve) => setTimeout(resolve, 100 + attempt * 50));") },
    { name: "a loop with a constant", code: `const RETRY_MS = 500;\n${loop("await sleep(RETRY_MS);")}` },
    {
      name: "a wrapper for any method",
      code: `export async function send(url, init, retries = 3, wait = 500) {\n  try {\n    return await fetch(url, init);\n  } catch (error) {\n    if (retries === 0) throw error;\n    await sleep(wait);\n    return send(url, init, retries - 1, wait * 2);\n  }\n}`,
    },
    {
      name: "a recursion",
      code: `export async function load(attempt = 0) {\n  try {\n    return await ${get};\n  } catch (error) {\n    if (attempt >= 2) throw error;\n    await sleep(500);\n    return load(attempt + 1);\n  }\n}`,
    },
  ],
});
