import type { SuggestionCase } from "./case.ts";

const imports = `import needle from "needle";\n`;

export const cases: readonly SuggestionCase[] = [
  {
    name: "needle as a function",
    from: ["require-timeout", "require-idempotency-key"],
    code: `${imports}export const pay = (order: object) => needle("post", "https://api.psp.example/v1/payments", order);`,
  },
  {
    name: "a callback",
    from: ["require-timeout"],
    code: `${imports}needle.get("https://api.psp.example/v1/payments", (error, response) => console.log(error, response.body));`,
  },
  {
    name: "a timeout that is none",
    from: ["require-timeout"],
    code: `${imports}export const list = () => needle("get", "https://api.psp.example/v1/payments", { timeout: 300 });`,
  },
];
