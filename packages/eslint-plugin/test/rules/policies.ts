/** A policy as it travels in ESLint settings, with one upstream for https://api.psp.example. */
export function policyWith(upstream: {
  readonly timeoutMs?: number;
  readonly retries?: number;
  readonly sloMs?: number;
  readonly concurrency?: number;
  readonly packages?: readonly string[];
  readonly header?: string;
  readonly safe?: readonly string[];
}): object {
  const { timeoutMs, retries, sloMs, concurrency, packages = [], header, safe = [] } = upstream;
  return {
    file: "holdfast.yaml",
    defaults: {},
    upstreams: [
      {
        name: "psp",
        line: 3,
        match: ["https://api.psp.example/**"],
        packages,
        ...(timeoutMs !== undefined && { timeout: { value: timeoutMs, line: 4 } }),
        ...(retries !== undefined && { retries: { value: retries, line: 5 } }),
        ...(sloMs !== undefined && { slo: { value: sloMs, line: 12 } }),
        ...(concurrency !== undefined && { concurrency: { value: concurrency, line: 13 } }),
        idempotency: { safe, ...(header !== undefined && { header }) },
      },
    ],
    webhooks: {},
    stores: [],
    secrets: [],
    audit: { log: "audit", on: "warn", sinks: [] },
  };
}
