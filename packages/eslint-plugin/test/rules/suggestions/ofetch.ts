import type { SuggestionCase } from "./case.ts";

const imports = `import { ofetch } from "ofetch";\n`;

export const cases: readonly SuggestionCase[] = [
  {
    name: "ofetch",
    from: ["require-timeout", "no-unsafe-retry", "max-retries", "require-jitter"],
    code: `${imports}export const pay = (body: object) => ofetch("https://api.psp.example/v1/payments", { method: "POST", body, retry: 5, retryDelay: 100 });`,
  },
  {
    name: "ofetch.create",
    from: ["require-timeout"],
    code: `${imports}const psp = ofetch.create({ baseURL: "https://api.psp.example" });\nexport const list = () => psp("/v1/payments");`,
  },
];
