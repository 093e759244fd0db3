import { maxTimeout } from "../../../src/rules/max-timeout.ts";
import { requireIdempotencyKey } from "../../../src/rules/require-idempotency-key.ts";
import { requireTimeout } from "../../../src/rules/require-timeout.ts";
import { runRule } from "../run-rule.ts";

runRule("require-timeout", requireTimeout, {
  silent: [
    {
      name: "cross-fetch with the timeout of node-fetch 2",
      code: `import fetch from "cross-fetch"; fetch("https://api.psp.example/v1", { timeout: 300 });`,
    },
    {
      name: "a signal",
      code: `import fetch from "node-fetch"; fetch("https://api.psp.example/v1", { signal: AbortSignal.timeout(300) });`,
    },
  ],
  reported: [
    { name: "node-fetch", code: `import fetch from "node-fetch";\nawait fetch("https://api.psp.example/v1");` },
    {
      name: "node-fetch 3 with a timeout that it ignores",
      filename: "packages/eslint-plugin/test/rules/clients/node-fetch.ts",
      options: [{ alsoIn: ["test"] }],
      code: `import fetch from "node-fetch";\nawait fetch("https://api.psp.example/v1", { timeout: 300 });`,
    },
    {
      name: "cross-fetch by name",
      code: `import { fetch } from "cross-fetch";\nawait fetch("https://api.psp.example/v1", { method: "GET" });`,
    },
    { name: "isomorphic-fetch", code: `const fetch = require("isomorphic-fetch");\nfetch("https://api.psp.example/v1");` },
  ],
});

runRule("max-timeout", maxTimeout, {
  silent: [],
  reported: [
    { name: "above the budget", code: `import fetch from "cross-fetch";\nawait fetch("https://api.psp.example/v1", { timeout: 9000 });` },
  ],
});

runRule("require-idempotency-key", requireIdempotencyKey, {
  silent: [],
  reported: [
    {
      name: "no key",
      code: `import fetch from "node-fetch";\nawait fetch("https://api.psp.example/v1", { method: "POST", body: order });`,
    },
  ],
});
