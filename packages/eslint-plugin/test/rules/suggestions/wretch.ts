import type { SuggestionCase } from "./case.ts";

const imports = `import wretch from "wretch";\nimport { retry } from "wretch/middlewares";\n`;

export const cases: readonly SuggestionCase[] = [
  {
    name: "a chain",
    from: ["require-timeout", "require-idempotency-key"],
    code: `${imports}export const pay = (order: object) => wretch("https://api.psp.example/v1/payments").post(order).json();\nexport { retry };`,
  },
  {
    name: "the retry middleware",
    from: ["max-retries", "no-unsafe-retry"],
    code: `${imports}const psp = wretch("https://api.psp.example").options({ signal: AbortSignal.timeout(100) }).middlewares([retry()]);\nexport const pay = (order: object) => psp.url("/v1/payments").post(order).json();`,
  },
];
