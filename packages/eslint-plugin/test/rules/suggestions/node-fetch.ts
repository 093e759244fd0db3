import type { SuggestionCase } from "./case.ts";

export const cases: readonly SuggestionCase[] = ["node-fetch", "cross-fetch", "isomorphic-fetch"].map((name) => ({
  name,
  from: ["require-timeout", "require-idempotency-key"],
  code: `import fetch from "${name}";\nexport const pay = (body: string) => fetch("https://api.psp.example/v1/payments", { method: "POST", body });`,
}));
