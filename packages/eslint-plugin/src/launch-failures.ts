/** The ways in which the launch of an API integration fails, by the number they are known by. */
export const launchFailures = {
  1: "Retries and idempotency",
  2: "Timeouts against the objective",
  3: "Secrets, webhooks and transport",
  4: "Contracts",
  5: "Blind launch",
} as const;

export type LaunchFailure = keyof typeof launchFailures;

/** Which of them each rule finds; a rule without a line here does not compile. */
export const failureOfRule = {
  "latency-budget": 2,
  "max-retries": 1,
  "max-timeout": 2,
  "no-default-secret": 3,
  "no-hardcoded-secrets": 3,
  "no-insecure-signature-compare": 3,
  "no-permissive-cors": 3,
  "no-reserialized-webhook-body": 3,
  "no-unsafe-retry": 1,
  "no-unstable-idempotency-key": 1,
  "no-weak-tls": 3,
  "require-circuit-breaker": 1,
  "require-concurrency-limit": 1,
  "require-hsts": 3,
  "require-idempotency-key": 1,
  "require-jitter": 1,
  "require-managed-secret": 3,
  "require-retry-after": 1,
  "require-timeout": 2,
  "require-webhook-dedupe": 3,
  "require-webhook-freshness": 3,
  "require-webhook-signature": 3,
} as const satisfies Readonly<Record<string, LaunchFailure>>;

export type RuleName = keyof typeof failureOfRule;
