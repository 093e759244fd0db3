import { requireCircuitBreaker } from "../../src/rules/require-circuit-breaker.ts";
import { policyWith } from "./policies.ts";
import { runRule } from "./run-rule.ts";

const settings = { holdfast: { policy: policyWith({}) } };

runRule("require-circuit-breaker", requireCircuitBreaker, {
  silent: [
    { name: "no policy", code: `await fetch("https://api.psp.example/v1");` },
    { name: "an upstream that the policy does not name", settings, code: `await fetch("https://rates.example/v1");` },
    {
      name: "opossum",
      settings,
      code: `import CircuitBreaker from "opossum"; const load = () => fetch("https://api.psp.example/v1"); const breaker = new CircuitBreaker(load); export const get = () => breaker.fire();`,
    },
    { name: "a test file", filename: "test/pay.ts", settings, code: `await fetch("https://api.psp.example/v1");` },
  ],
  reported: [
    { name: "a call", settings, code: `await fetch("https://api.psp.example/v1");` },
    {
      name: "several calls of one upstream, once",
      settings,
      code: `export const load = () => fetch("https://api.psp.example/v1");\nexport const pay = () => fetch("https://api.psp.example/v1/payments", { method: "POST" });`,
    },
    {
      name: "each call when asked for",
      options: [{ reportAt: "call" }],
      settings,
      code: `export const load = () => fetch("https://api.psp.example/v1");\nexport const pay = () => fetch("https://api.psp.example/v1/payments", { method: "POST" });`,
    },
  ],
});
