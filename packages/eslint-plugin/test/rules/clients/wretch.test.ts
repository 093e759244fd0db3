import { maxRetries } from "../../../src/rules/max-retries.ts";
import { maxTimeout } from "../../../src/rules/max-timeout.ts";
import { noUnsafeRetry } from "../../../src/rules/no-unsafe-retry.ts";
import { requireIdempotencyKey } from "../../../src/rules/require-idempotency-key.ts";
import { requireTimeout } from "../../../src/rules/require-timeout.ts";
import { runRule } from "../run-rule.ts";

const wretch = `import wretch from "wretch";\nimport AbortAddon from "wretch/addons/abort";\nimport { retry } from "wretch/middlewares";\n\n`;

runRule("require-timeout", requireTimeout, {
  silent: [
    {
      name: "setTimeout of the addon",
      code: `${wretch}wretch("https://api.psp.example").addon(AbortAddon()).get("/v1").setTimeout(300).json();`,
    },
    { name: "a middleware of the project", code: `${wretch}wretch("https://api.psp.example").middlewares([limited]).get("/v1").json();` },
  ],
  reported: [
    { name: "a chain", code: `${wretch}await wretch("https://api.psp.example/v1").get().json();` },
    {
      name: "a builder for many calls",
      code: `${wretch}const psp = wretch("https://api.psp.example").headers({ Accept: "application/json" });\n\nexport const list = () => psp.get("/v1").json();\nexport const one = (id: string) => psp.get(\`/v1/\${id}\`).json();`,
    },
  ],
});

runRule("max-timeout", maxTimeout, {
  silent: [],
  reported: [
    {
      name: "above the budget",
      code: `${wretch}await wretch("https://api.psp.example/v1").addon(AbortAddon()).get().setTimeout(9000).json();`,
    },
  ],
});

runRule("max-retries", maxRetries, {
  silent: [{ name: "two", code: `${wretch}wretch("https://api.psp.example/v1").middlewares([retry({ maxAttempts: 2 })]).get().json();` }],
  reported: [
    { name: "ten by default", code: `${wretch}await wretch("https://api.psp.example/v1").middlewares([retry()]).get().json();` },
    {
      name: "attempts that are retries",
      code: `${wretch}await wretch("https://api.psp.example/v1").middlewares([retry({ maxAttempts: 3 })]).get().json();`,
    },
    {
      name: "0, which is endless",
      code: `${wretch}await wretch("https://api.psp.example/v1").middlewares([retry({ maxAttempts: 0 })]).get().json();`,
    },
  ],
});

runRule("require-idempotency-key", requireIdempotencyKey, {
  silent: [
    { name: "a key", code: `${wretch}wretch("https://api.psp.example/v1").headers({ "Idempotency-Key": key }).post(order).json();` },
  ],
  reported: [
    { name: "no key", code: `${wretch}await wretch("https://api.psp.example/v1").post(order).json();` },
    {
      name: "a builder",
      code: `${wretch}const psp = wretch("https://api.psp.example");\nexport const pay = (order: object) => psp.url("/v1").post(order).json();`,
    },
  ],
});

runRule("no-unsafe-retry", noUnsafeRetry, {
  silent: [],
  reported: [
    {
      name: "POST, which the middleware repeats",
      code: `${wretch}await wretch("https://api.psp.example/v1").middlewares([retry({ maxAttempts: 2 })]).post(order).json();`,
    },
  ],
});
