import { maxRetries } from "../../../src/rules/max-retries.ts";
import { maxTimeout } from "../../../src/rules/max-timeout.ts";
import { requireIdempotencyKey } from "../../../src/rules/require-idempotency-key.ts";
import { requireTimeout } from "../../../src/rules/require-timeout.ts";
import { policyWith } from "../policies.ts";
import { runRule } from "../run-rule.ts";

const ky = `import ky from "ky";\n\n`;
const budget = { settings: { holdfast: { policy: policyWith({ timeoutMs: 300 }) } } };

runRule("require-timeout", requireTimeout, {
  silent: [{ name: "ky ends by itself", code: `${ky}ky("https://api.psp.example/v1");` }],
  reported: [{ name: "its timeout turned off", code: `${ky}export const psp = ky.create({ timeout: false });` }],
});

runRule("max-timeout", maxTimeout, {
  silent: [{ name: "within the budget", code: `${ky}ky("https://api.psp.example/v1", { timeout: 300 });` }],
  reported: [
    { name: "ten seconds by default", code: `${ky}await ky("https://api.psp.example/v1");`, ...budget },
    { name: "an instance", code: `${ky}const psp = ky.create({ timeout: 5000 });\npsp("https://api.psp.example/v1");` },
  ],
});

runRule("max-retries", maxRetries, {
  silent: [{ name: "two by default", code: `${ky}ky("https://api.psp.example/v1"); ky.post("https://api.psp.example/v1", { retry: 5 });` }],
  reported: [
    { name: "a number", code: `${ky}await ky("https://api.psp.example/v1", { retry: 5 });` },
    {
      name: "a limit of the instance",
      code: `${ky}const psp = ky.extend({ retry: { limit: 4 } });\nawait psp.get("https://api.psp.example/v1");`,
    },
  ],
});

runRule("require-idempotency-key", requireIdempotencyKey, {
  silent: [
    {
      name: "a hook that sets the key",
      code: `${ky}const psp = ky.create({ hooks: { beforeRequest: [({ request }) => request.headers.set("Idempotency-Key", key())] } }); psp.post("https://api.psp.example/v1");`,
    },
  ],
  reported: [{ name: "no key", code: `${ky}export const pay = (json: object) => ky.post("https://api.psp.example/v1", { json });` }],
});
