import type { SuggestionCase } from "./case.ts";

const imports = `import { Gaxios, request } from "gaxios";\n`;

export const cases: readonly SuggestionCase[] = [
  {
    name: "request",
    from: ["require-timeout", "require-idempotency-key"],
    code: `${imports}export const pay = (data: object) => request({ url: "https://api.psp.example/v1/payments", method: "POST", data });\nexport { Gaxios };`,
  },
  {
    name: "an instance",
    from: ["require-timeout", "max-retries"],
    code: `${imports}const psp = new Gaxios({ retry: true });\nexport const list = () => psp.request({ url: "https://api.psp.example/v1/payments" });\nexport { request };`,
  },
];
