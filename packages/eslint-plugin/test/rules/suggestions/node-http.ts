import type { SuggestionCase } from "./case.ts";

const imports = `import https from "node:https";\n`;

export const cases: readonly SuggestionCase[] = [
  {
    name: "a URL and a callback",
    from: ["require-timeout"],
    code: `${imports}https.get("https://api.psp.example/v1/payments", (response) => response.resume()).on("error", console.error);`,
  },
  {
    name: "options",
    from: ["require-timeout", "require-idempotency-key"],
    code: `${imports}const request = https.request({ hostname: "api.psp.example", path: "/v1/payments", method: "POST" });\nrequest.end("{}");`,
  },
  {
    name: "a timeout that only tells",
    from: ["require-timeout"],
    code: `${imports}const request = https.request("https://api.psp.example/v1/payments", { timeout: 300 });\nrequest.end();`,
  },
];
