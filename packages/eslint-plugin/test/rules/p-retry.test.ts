import { maxRetries } from "../../src/rules/max-retries.ts";
import { noUnsafeRetry } from "../../src/rules/no-unsafe-retry.ts";
import { runRule } from "./run-rule.ts";

const imports = `import got from "got";\nimport pRetry from "p-retry";\n\n`;
const bounded = `{ signal: AbortSignal.timeout(300) }`;

runRule("max-retries", maxRetries, {
  silent: [
    { name: "two retries", code: `${imports}pRetry(() => fetch("https://api.psp.example/v1", ${bounded}), { retries: 2 });` },
    {
      name: "a number that cannot be seen",
      code: `${imports}export const load = (retries) => pRetry(() => fetch("https://api.psp.example/v1", ${bounded}), { retries });`,
    },
    {
      name: "options that cannot be seen",
      code: `${imports}export const load = (options) => pRetry(() => fetch("https://api.psp.example/v1", ${bounded}), options);`,
    },
    { name: "a retry of something that is no request", code: `${imports}pRetry(() => database.query("select 1"));` },
    {
      name: "got's own retries turned off",
      code: `${imports}pRetry(() => got("https://api.psp.example/v1", { retry: { limit: 0 } }), { retries: 2 });`,
    },
    { name: "an error class", code: `import { AbortError } from "p-retry"; throw new AbortError("no");` },
  ],
  reported: [
    {
      name: "more than two",
      code: `${imports}await pRetry(() => fetch("https://api.psp.example/v1", ${bounded}), { retries: 5, minTimeout: 50 });`,
    },
    { name: "the default of ten", code: `${imports}await pRetry(() => fetch("https://api.psp.example/v1", ${bounded}));` },
    { name: "retries times the client's own", code: `${imports}await pRetry(() => got("https://api.psp.example/v1"), { retries: 2 });` },
    {
      name: "an operation that is named",
      code: `${imports}const operation = async () => {\n  const response = await fetch("https://api.psp.example/v1", ${bounded});\n  return response.json();\n};\n\nawait pRetry(operation, { retries: 4 });`,
    },
    { name: "endless", code: `${imports}await pRetry(() => fetch("https://api.psp.example/v1", ${bounded}), { retries: Infinity });` },
  ],
});

runRule("no-unsafe-retry", noUnsafeRetry, {
  silent: [
    {
      name: "a key made once outside the retries",
      code: `${imports}const key = crypto.randomUUID(); pRetry(() => got.post("https://api.psp.example/v1", { headers: { "Idempotency-Key": key } }), { retries: 2 });`,
    },
  ],
  reported: [
    {
      name: "a POST that is repeated",
      code: `${imports}export async function pay(order) {\n  await pRetry(() => got.post("https://api.psp.example/v1", { json: order }), { retries: 2 });\n}`,
    },
    {
      name: "a POST in an arrow function without braces",
      code: `${imports}export const pay = (order) => pRetry(() => got.post("https://api.psp.example/v1", { json: order }), { retries: 2 });`,
    },
  ],
});
