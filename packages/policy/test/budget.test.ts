import { describe, expect, it } from "vitest";

import { budgetFor, milliseconds, parsePolicy, type Policy, webhookFreshness } from "../src/index.ts";

const policy = policyOf(`version: 1
budgets: { timeout: 350ms }
retries: { limit: 1 }
webhooks: { freshness: 5m }
upstreams:
  psp:
    match: ["https://api.psp.example/**"]
    slo: 2s
    idempotency: { header: X-Request-Key, safe: [/oauth/token] }
  refunds: { match: ["https://api.psp.example/v1/payments/*/refunds"] }
  payments: { match: ["https://api.psp.example/v1/payments/*", "http://localhost:8080/payments/**"], retries: 0 }
  regional: { match: ["https://*.regional.example/v1/**"] }
  everywhere: { match: ["https://**.wide.example/**"] }
  exact: { match: ["https://exact.example/health"] }
  host: { match: ["https://host.example"] }
  versions: { match: ["https://versions.example/v*/things"] }
  stripe: { packages: [stripe], timeout: 80ms }
  aws: { packages: ["@aws-sdk/*"] }
  s3: { packages: ["@aws-sdk/client-s3"] }
`);

describe("budgetFor", () => {
  it("is the defaults where no policy is", () => {
    expect(budgetFor(undefined, { url: "https://api.psp.example/" })).toStrictEqual({
      slo: { value: milliseconds(400), source: { kind: "default" } },
      timeout: { value: milliseconds(300), source: { kind: "default" } },
      retries: { value: 2, source: { kind: "default" } },
      concurrency: { value: 64, source: { kind: "default" } },
      idempotency: { header: "Idempotency-Key", safe: [] },
    });
  });

  it("takes each limit from the upstream, then from the policy, then from the defaults, and says which", () => {
    expect(budgetFor(policy, { url: "https://api.psp.example/v2/quotes" })).toStrictEqual({
      upstream: "psp",
      slo: { value: milliseconds(2000), source: { kind: "policy", file: "holdfast.yaml", line: 8, upstream: "psp" } },
      timeout: { value: milliseconds(350), source: { kind: "policy", file: "holdfast.yaml", line: 2 } },
      retries: { value: 1, source: { kind: "policy", file: "holdfast.yaml", line: 3 } },
      concurrency: { value: 64, source: { kind: "default" } },
      idempotency: { header: "X-Request-Key", safe: ["/oauth/token"] },
    });
  });

  it("keeps a limit of nothing", () => {
    expect(budgetFor(policy, { url: "https://api.psp.example/v1/payments/7" }).retries.value).toBe(0);
  });

  it.each([
    ["https://api.psp.example", "psp"],
    ["https://api.psp.example/", "psp"],
    ["https://api.psp.example/v1/quotes?x=/v1/payments/1#f", "psp"],
    ["HTTPS://API.psp.example:443/v1", "psp"],
    ["https://user:pass@api.psp.example/v1", "psp"],
    ["https://api.psp.example/v1/payments/7", "payments"],
    ["https://api.psp.example/v1/payments/7/", "psp"],
    ["https://api.psp.example/v1/payments/7/refunds", "refunds"],
    ["https://api.psp.example/v1/payments/7/8/refunds", "psp"],
    ["https://api.psp.example.evil.example/v1", undefined],
    ["https://evil.example/https://api.psp.example/v1", undefined],
    ["http://api.psp.example/v1", undefined],
    ["https://api.psp.example:8443/v1", undefined],
    ["http://localhost:8080/payments", "payments"],
    ["http://localhost:8080/payments/7/8", "payments"],
    ["http://localhost:8080/paymentsandmore", undefined],
    ["http://localhost/payments", undefined],
    ["https://eu.regional.example/v1/x", "regional"],
    ["https://regional.example/v1/x", undefined],
    ["https://a.b.regional.example/v1/x", undefined],
    ["https://wide.example", "everywhere"],
    ["https://a.b.wide.example/x/y", "everywhere"],
    ["https://notwide.example/", undefined],
    ["https://exact.example/health", "exact"],
    ["https://exact.example/healthy", undefined],
    ["https://exact.example/health/deep", undefined],
    ["https://host.example/any/thing", "host"],
    ["https://versions.example/v2/things", "versions"],
    ["https://versions.example/v/things", undefined],
    ["/v1/payments", undefined],
    ["", undefined],
    ["not a url", undefined],
  ])("finds the upstream of %s: %s", (url, upstream) => {
    expect(budgetFor(policy, { url }).upstream).toBe(upstream);
  });

  it.each([
    ["https://api.psp.example/v1/payments/", "a URL known up to its last segment", "payments"],
    ["https://api.psp.example/v1/payments/*", "an unknown segment", "payments"],
    ["https://api.psp.example/v1/payments/*/refunds", "an unknown segment in between", "refunds"],
    ["https://api.psp.example/v1/*", "an unknown segment where a pattern is literal", "psp"],
    ["https://*.regional.example/v1/", "an unknown label", "regional"],
    ["https://*.psp.example/v1/payments/7", "an unknown label where a pattern is literal", undefined],
    ["https://api.", "a host cut short", undefined],
    ["*/v1/payments", "an unknown beginning", undefined],
  ])("never guesses an unknown part: %s, %s", (url, _, upstream) => {
    expect(budgetFor(policy, { url }).upstream).toBe(upstream);
  });

  it.each([
    ["stripe", "stripe"],
    ["stripe/esm/client.js", "stripe"],
    ["stripe-extra", undefined],
    ["@aws-sdk/client-sqs", "aws"],
    ["@aws-sdk/client-s3", "s3"],
    ["@aws-sdk/client-s3/dist", "s3"],
    ["@aws-sdk", undefined],
  ])("finds the upstream of the package %s: %s", (name, upstream) => {
    expect(budgetFor(policy, { package: name }).upstream).toBe(upstream);
  });

  it("lets the URL decide where both are known, and the package where the URL is nobody's", () => {
    expect(budgetFor(policy, { url: "https://exact.example/health", package: "stripe" }).upstream).toBe("exact");
    expect(budgetFor(policy, { url: "https://elsewhere.example/", package: "stripe" }).upstream).toBe("stripe");
  });

  it("works on a policy that was sent to another thread", () => {
    const sent = structuredClone(policy);
    expect(budgetFor(sent, { package: "stripe" })).toStrictEqual(budgetFor(policy, { package: "stripe" }));
  });
});

describe("webhookFreshness", () => {
  it("is what the policy says, or ten minutes", () => {
    expect(webhookFreshness(policy)).toStrictEqual({
      value: milliseconds(300_000),
      source: { kind: "policy", file: "holdfast.yaml", line: 4 },
    });
    expect(webhookFreshness(undefined)).toStrictEqual({ value: milliseconds(600_000), source: { kind: "default" } });
  });
});

function policyOf(text: string): Policy {
  const { policy, problems } = parsePolicy(text);
  if (!policy) throw new Error(problems.map(({ message }) => message).join("\n"));
  return policy;
}
