import type { SuggestionCase } from "./case.ts";

const imports = `import ky from "ky";\n`;

export const cases: readonly SuggestionCase[] = [
  {
    name: "ky.post",
    from: ["require-idempotency-key"],
    code: `${imports}export const pay = (json: object) => ky.post("https://api.psp.example/v1/payments", { json }).json();`,
  },
  {
    name: "ky.create",
    from: ["require-timeout", "max-retries", "require-jitter"],
    code: `${imports}const psp = ky.create({ timeout: false, retry: { limit: 5 } });\nexport const list = () => psp.get("https://api.psp.example/v1/payments").json();`,
  },
  {
    name: "POST among the methods",
    from: ["no-unsafe-retry"],
    code: `${imports}export const pay = () => ky.post("https://api.psp.example/v1/payments", { timeout: 100, retry: { limit: 2, methods: ["post"] } });`,
  },
];
