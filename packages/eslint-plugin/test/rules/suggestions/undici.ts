import type { SuggestionCase } from "./case.ts";

const imports = `import { Agent, Client, request, RetryAgent } from "undici";\nexport { Agent, Client, request, RetryAgent };\n`;

export const cases: readonly SuggestionCase[] = [
  {
    name: "request",
    from: ["require-timeout", "require-idempotency-key"],
    code: `${imports}export const pay = (body: string) => request("https://api.psp.example/v1/payments", { method: "POST", body });`,
  },
  {
    name: "a client",
    from: ["require-timeout"],
    code: `${imports}const psp = new Client("https://api.psp.example");\nexport const list = () => psp.request({ path: "/v1/payments", method: "GET" });`,
  },
  {
    name: "RetryAgent",
    from: ["max-retries"],
    code: `${imports}const dispatcher = new RetryAgent(new Agent({ headersTimeout: 100 }));\nexport const list = () => request("https://api.psp.example/v1/payments", { dispatcher });`,
  },
  {
    name: "POST among the methods",
    from: ["no-unsafe-retry"],
    code: `${imports}const dispatcher = new RetryAgent(new Agent({ headersTimeout: 100 }), { maxRetries: 1, methods: ["POST"] });\nexport const pay = () => request("https://api.psp.example/v1/payments", { method: "POST", dispatcher });`,
  },
];
