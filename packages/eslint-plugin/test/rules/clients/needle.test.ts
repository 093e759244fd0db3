import { maxTimeout } from "../../../src/rules/max-timeout.ts";
import { requireIdempotencyKey } from "../../../src/rules/require-idempotency-key.ts";
import { requireTimeout } from "../../../src/rules/require-timeout.ts";
import { runRule } from "../run-rule.ts";

const needle = `import needle from "needle";\n\n`;

runRule("require-timeout", requireTimeout, {
  silent: [
    { name: "response_timeout", code: `${needle}needle.get("https://api.psp.example/v1", { response_timeout: 300 });` },
    {
      name: "options from elsewhere",
      code: `${needle}export const load = (options) => needle.get("https://api.psp.example/v1", options);`,
    },
  ],
  reported: [
    { name: "no options", code: `${needle}await needle("get", "https://api.psp.example/v1");` },
    { name: "a callback", code: `${needle}needle.get("https://api.psp.example/v1", (error, response) => done(error, response));` },
    {
      name: "timeout, which ends the connecting",
      code: `${needle}await needle("post", "https://api.psp.example/v1", {}, { timeout: 300 });`,
    },
    { name: "read_timeout, which begins late", code: `${needle}await needle("get", "https://api.psp.example/v1", { read_timeout: 300 });` },
  ],
});

runRule("max-timeout", maxTimeout, {
  silent: [],
  reported: [{ name: "above the budget", code: `${needle}await needle("get", "https://api.psp.example/v1", { response_timeout: 9000 });` }],
});

runRule("require-idempotency-key", requireIdempotencyKey, {
  silent: [{ name: "a key", code: `${needle}needle.post("https://api.psp.example/v1", {}, { headers: { "Idempotency-Key": key } });` }],
  reported: [{ name: "no key", code: `${needle}await needle("post", "https://api.psp.example/v1", order);` }],
});
