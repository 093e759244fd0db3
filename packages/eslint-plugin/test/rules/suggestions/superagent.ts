import type { SuggestionCase } from "./case.ts";

const imports = `import superagent from "superagent";\n`;

export const cases: readonly SuggestionCase[] = [
  {
    name: "a chain",
    from: ["require-timeout", "require-idempotency-key"],
    code: `${imports}export const pay = async (order: object) => (await superagent.post("https://api.psp.example/v1/payments").send(order)).body as unknown;`,
  },
  {
    name: "an agent",
    from: ["require-timeout", "max-retries"],
    code: `${imports}const agent = superagent.agent();\nexport const list = async () => (await agent.get("https://api.psp.example/v1/payments").retry(5)).body as unknown;`,
  },
];
