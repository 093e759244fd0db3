import { maxRetries } from "../../../src/rules/max-retries.ts";
import { maxTimeout } from "../../../src/rules/max-timeout.ts";
import { noUnstableIdempotencyKey } from "../../../src/rules/no-unstable-idempotency-key.ts";
import { requireIdempotencyKey } from "../../../src/rules/require-idempotency-key.ts";
import { requireTimeout } from "../../../src/rules/require-timeout.ts";
import { runRule } from "../run-rule.ts";

const imports = `import Stripe from "stripe";\n\n`;

runRule("require-timeout", requireTimeout, {
  silent: [
    { name: "the default of 80 s", code: `${imports}export const stripe = new Stripe(key);\nstripe.charges.create({});` },
    { name: "a client that is passed in", code: `${imports}export const pay = (stripe: Stripe) => stripe.charges.create({});` },
  ],
  reported: [{ name: "turned off", code: `${imports}const stripe = new Stripe(key, { timeout: 0 });\n\nawait stripe.charges.create({});` }],
});

runRule("max-timeout", maxTimeout, {
  silent: [{ name: "the default, while nobody has set a budget", code: `${imports}new Stripe(key).charges.create({});` }],
  reported: [
    { name: "20 s", code: `${imports}const stripe = new Stripe(key, { timeout: 20_000 });\n\nawait stripe.charges.create({});` },
    { name: "seconds", code: `${imports}const stripe = new Stripe(key, { timeout: 20 });\n\nawait stripe.charges.create({});` },
  ],
});

runRule("max-retries", maxRetries, {
  silent: [{ name: "the default of two", code: `${imports}export const stripe = new Stripe(key);\nstripe.charges.create({});` }],
  reported: [
    { name: "five", code: `${imports}const stripe = new Stripe(key, { maxNetworkRetries: 5 });\n\nawait stripe.charges.create({});` },
    { name: "a client that only other files use", code: `${imports}export const stripe = new Stripe(key, { maxNetworkRetries: 5 });` },
    {
      name: "p-retry around the SDK's own",
      code: `${imports}import pRetry from "p-retry";\n\nconst stripe = new Stripe(key);\n\nawait pRetry(() => stripe.charges.retrieve(id), { retries: 2 });`,
    },
  ],
});

runRule("require-idempotency-key", requireIdempotencyKey, {
  silent: [
    {
      name: "the SDK's own key",
      code: `${imports}const stripe = new Stripe(key);\nstripe.charges.create({}); stripe.refunds.create({ charge });`,
    },
    { name: "a key of the caller's", code: `${imports}new Stripe(key).charges.create({}, { idempotencyKey: id });` },
    { name: "a client that is passed in", code: `${imports}export const pay = (stripe: Stripe) => stripe.charges.create({});` },
  ],
  reported: [],
});

runRule("no-unstable-idempotency-key", noUnstableIdempotencyKey, {
  silent: [
    {
      name: "a script that runs once",
      code: `${imports}const idempotencyKey = crypto.randomUUID();\n(async function report() {\n  await new Stripe(key).charges.create({}, { idempotencyKey });\n})();`,
    },
    { name: "the SDK's own retries", code: `${imports}new Stripe(key, { maxNetworkRetries: 2 }).charges.create({});` },
    {
      name: "a key of the caller's, made before",
      code: `${imports}import pRetry from "p-retry";\nexport const pay = (id: string) => pRetry(() => new Stripe(key).charges.create({}, { idempotencyKey: id }), { retries: 2 });`,
    },
  ],
  reported: [
    {
      name: "a retry around the SDK's own key",
      code: `${imports}import pRetry from "p-retry";\n\nconst stripe = new Stripe(key);\n\nexport const pay = () => pRetry(() => stripe.charges.create({}), { retries: 2 });`,
    },
  ],
});
