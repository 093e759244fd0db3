import { maxRetries } from "../../../src/rules/max-retries.ts";
import { maxTimeout } from "../../../src/rules/max-timeout.ts";
import { noUnsafeRetry } from "../../../src/rules/no-unsafe-retry.ts";
import { requireIdempotencyKey } from "../../../src/rules/require-idempotency-key.ts";
import { requireTimeout } from "../../../src/rules/require-timeout.ts";
import { runRule } from "../run-rule.ts";

const gaxios = `import { Gaxios, request } from "gaxios";\n\n`;

runRule("require-timeout", requireTimeout, {
  silent: [{ name: "a timeout", code: `${gaxios}request({ url: "https://api.psp.example/v1", timeout: 300 });` }],
  reported: [
    { name: "request", code: `${gaxios}await request({ url: "https://api.psp.example/v1" });` },
    { name: "an instance", code: `${gaxios}export const psp = new Gaxios({ baseURL: "https://api.psp.example" });` },
  ],
});

runRule("max-timeout", maxTimeout, {
  silent: [],
  reported: [{ name: "above the budget", code: `${gaxios}await request({ url: "https://api.psp.example/v1", timeout: 9000 });` }],
});

runRule("max-retries", maxRetries, {
  silent: [{ name: "none by default", code: `${gaxios}request({ url: "https://api.psp.example/v1" });` }],
  reported: [
    { name: "three once turned on", code: `${gaxios}await request({ url: "https://api.psp.example/v1", retryConfig: {} });` },
    { name: "more than two", code: `${gaxios}await request({ url: "https://api.psp.example/v1", retryConfig: { retry: 6 } });` },
  ],
});

runRule("require-idempotency-key", requireIdempotencyKey, {
  silent: [],
  reported: [{ name: "no key", code: `${gaxios}await request({ url: "https://api.psp.example/v1", method: "POST", data: order });` }],
});

runRule("no-unsafe-retry", noUnsafeRetry, {
  silent: [
    {
      name: "a POST, which gaxios does not repeat",
      code: `${gaxios}request({ url: "https://api.psp.example/v1", method: "POST", retry: true });`,
    },
  ],
  reported: [
    {
      name: "POST among the methods",
      code: `${gaxios}await request({ url: "https://api.psp.example/v1", method: "POST", retryConfig: { retry: 1, httpMethodsToRetry: ["POST"] } });`,
    },
  ],
});
