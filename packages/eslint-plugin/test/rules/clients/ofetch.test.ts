import { maxRetries } from "../../../src/rules/max-retries.ts";
import { maxTimeout } from "../../../src/rules/max-timeout.ts";
import { noUnsafeRetry } from "../../../src/rules/no-unsafe-retry.ts";
import { requireIdempotencyKey } from "../../../src/rules/require-idempotency-key.ts";
import { requireTimeout } from "../../../src/rules/require-timeout.ts";
import { runRule } from "../run-rule.ts";

const ofetch = `import { ofetch } from "ofetch";\n\n`;

runRule("require-timeout", requireTimeout, {
  silent: [
    { name: "a timeout of the instance", code: `${ofetch}const psp = ofetch.create({ timeout: 300 }); psp("https://api.psp.example/v1");` },
    { name: "the page's own back end", code: `await $fetch("/api/cart");` },
  ],
  reported: [
    { name: "ofetch", code: `${ofetch}await ofetch("https://api.psp.example/v1");` },
    { name: "the global of Nuxt", code: `export default defineEventHandler(() => $fetch("https://api.psp.example/v1", { retry: 2 }));` },
    { name: "an instance", code: `${ofetch}export const psp = ofetch.create({ baseURL: "https://api.psp.example" });` },
  ],
});

runRule("max-timeout", maxTimeout, {
  silent: [],
  reported: [{ name: "above the budget", code: `${ofetch}await ofetch("https://api.psp.example/v1", { timeout: 30_000 });` }],
});

runRule("max-retries", maxRetries, {
  silent: [{ name: "one by default", code: `${ofetch}ofetch("https://api.psp.example/v1");` }],
  reported: [{ name: "more than two", code: `${ofetch}await ofetch("https://api.psp.example/v1", { retry: 5 });` }],
});

runRule("require-idempotency-key", requireIdempotencyKey, {
  silent: [],
  reported: [{ name: "no key", code: `${ofetch}await ofetch("https://api.psp.example/v1", { method: "POST", body: order });` }],
});

runRule("no-unsafe-retry", noUnsafeRetry, {
  silent: [{ name: "a POST that ofetch does not repeat", code: `${ofetch}ofetch("https://api.psp.example/v1", { method: "POST" });` }],
  reported: [
    {
      name: "a number that counts for POST too",
      code: `${ofetch}await ofetch("https://api.psp.example/v1", { method: "POST", retry: 1 });`,
    },
  ],
});
