import type { SuggestionCase } from "./case.ts";

export const cases: readonly SuggestionCase[] = [
  {
    name: "fetch in a function",
    from: ["require-timeout", "require-idempotency-key"],
    code: `export const pay = (order: object) => fetch("https://api.psp.example/v1/payments", { method: "POST", body: JSON.stringify(order) });`,
  },
  { name: "fetch without options", from: ["require-timeout"], code: `export const rates = await fetch("https://rates.example/latest");` },
  {
    name: "fetch with options in a variable",
    from: ["require-timeout"],
    code: `const init: RequestInit = { method: "GET" };\nexport const rates = await fetch("https://rates.example/latest", init);`,
  },
  {
    name: "a wrapper that passes options on",
    from: ["require-timeout"],
    code: `const load = (path: string, init?: RequestInit) => fetch("https://rates.example" + path, init);\nexport const pair = [await load("/latest"), await load("/first", { method: "GET" })];`,
  },
  {
    name: "a wrapper that passes options on among its own",
    from: ["require-timeout"],
    code: `const load = (path: string, init: RequestInit = {}) => fetch("https://rates.example" + path, { ...init, headers: {} });\nexport const pair = [await load("/latest"), await load("/first", { method: "GET" })];`,
  },
  {
    name: "a timeout above the budget",
    from: ["max-timeout"],
    code: `export const rates = await fetch("https://rates.example/latest", { signal: AbortSignal.timeout(30 * 1000) });`,
  },
];
