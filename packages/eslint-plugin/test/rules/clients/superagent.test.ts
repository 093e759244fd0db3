import { maxRetries } from "../../../src/rules/max-retries.ts";
import { maxTimeout } from "../../../src/rules/max-timeout.ts";
import { noUnsafeRetry } from "../../../src/rules/no-unsafe-retry.ts";
import { requireIdempotencyKey } from "../../../src/rules/require-idempotency-key.ts";
import { requireTimeout } from "../../../src/rules/require-timeout.ts";
import { runRule } from "../run-rule.ts";

const superagent = `import superagent from "superagent";\n\n`;

runRule("require-timeout", requireTimeout, {
  silent: [
    { name: "a deadline", code: `${superagent}await superagent.get("https://api.psp.example/v1").timeout({ deadline: 300 });` },
    {
      name: "a request that the caller may still change",
      code: `${superagent}export const load = () => superagent.get("https://api.psp.example/v1");`,
    },
    { name: "a plugin", code: `${superagent}await superagent.get("https://api.psp.example/v1").use(prefixed);` },
    {
      name: "an agent's timeout",
      code: `${superagent}const agent = superagent.agent(); agent.timeout(300); await agent.get("https://api.psp.example/v1");`,
    },
  ],
  reported: [
    {
      name: "a chain",
      code: `${superagent}const { body } = await superagent\n  .get("https://api.psp.example/v1")\n  .set("Accept", "application/json");`,
    },
    { name: "a callback", code: `${superagent}superagent.get("https://api.psp.example/v1").end(done);` },
    { name: "a timeout of nothing", code: `${superagent}await superagent.get("https://api.psp.example/v1").timeout(0);` },
    {
      name: "an agent",
      code: `${superagent}const agent = superagent.agent().set("Accept", "application/json");\nawait agent.get("https://api.psp.example/v1");`,
    },
  ],
});

runRule("max-timeout", maxTimeout, {
  silent: [],
  reported: [{ name: "above the budget", code: `${superagent}await superagent.get("https://api.psp.example/v1").timeout(10_000);` }],
});

runRule("max-retries", maxRetries, {
  silent: [{ name: "once", code: `${superagent}await superagent.get("https://api.psp.example/v1").retry();` }],
  reported: [{ name: "more than two", code: `${superagent}await superagent.get("https://api.psp.example/v1").retry(5);` }],
});

runRule("require-idempotency-key", requireIdempotencyKey, {
  silent: [{ name: "a key", code: `${superagent}await superagent.post("https://api.psp.example/v1").set("Idempotency-Key", key);` }],
  reported: [{ name: "no key", code: `${superagent}await superagent.post("https://api.psp.example/v1").send(order);` }],
});

runRule("no-unsafe-retry", noUnsafeRetry, {
  silent: [],
  reported: [
    {
      name: "POST, which superagent repeats",
      code: `${superagent}await superagent.post("https://api.psp.example/v1").send(order).retry(2);`,
    },
  ],
});
