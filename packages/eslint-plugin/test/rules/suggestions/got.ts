import type { SuggestionCase } from "./case.ts";

export const cases: readonly SuggestionCase[] = [
  {
    name: "got.post",
    from: ["require-timeout", "require-idempotency-key"],
    code: `import got from "got";\nexport const pay = (order: object) => got.post("https://api.psp.example/v1/payments", { json: order }).json();`,
  },
  {
    name: "got.extend",
    from: ["require-timeout", "max-retries"],
    code: `import got from "got";\nconst psp = got.extend({ prefixUrl: "https://api.psp.example", retry: { limit: 5 } });\nexport const list = () => psp.get("v1/payments").json();`,
  },
  {
    name: "retries above the limit",
    from: ["max-retries"],
    code: `import got from "got";\nexport const list = () => got("https://api.psp.example/v1/payments", { timeout: { request: 100 }, retry: { limit: 5 } }).json();`,
  },
];
