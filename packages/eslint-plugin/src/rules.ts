import type { Rule } from "./create-rule.ts";
import { latencyBudget } from "./rules/latency-budget.ts";
import { maxRetries } from "./rules/max-retries.ts";
import { maxTimeout } from "./rules/max-timeout.ts";
import { noDefaultSecret } from "./rules/no-default-secret.ts";
import { noHardcodedSecrets } from "./rules/no-hardcoded-secrets.ts";
import { noInsecureSignatureCompare } from "./rules/no-insecure-signature-compare.ts";
import { noPermissiveCors } from "./rules/no-permissive-cors.ts";
import { noReserializedWebhookBody } from "./rules/no-reserialized-webhook-body.ts";
import { noUnsafeRetry } from "./rules/no-unsafe-retry.ts";
import { noUnstableIdempotencyKey } from "./rules/no-unstable-idempotency-key.ts";
import { noWeakTls } from "./rules/no-weak-tls.ts";
import { requireCircuitBreaker } from "./rules/require-circuit-breaker.ts";
import { requireConcurrencyLimit } from "./rules/require-concurrency-limit.ts";
import { requireHsts } from "./rules/require-hsts.ts";
import { requireIdempotencyKey } from "./rules/require-idempotency-key.ts";
import { requireJitter } from "./rules/require-jitter.ts";
import { requireManagedSecret } from "./rules/require-managed-secret.ts";
import { requireRetryAfter } from "./rules/require-retry-after.ts";
import { requireTimeout } from "./rules/require-timeout.ts";
import { requireWebhookDedupe } from "./rules/require-webhook-dedupe.ts";
import { requireWebhookFreshness } from "./rules/require-webhook-freshness.ts";
import { requireWebhookSignature } from "./rules/require-webhook-signature.ts";

/** Every rule under the name it is configured by. */
export const rules: Readonly<Record<string, Rule>> = {
  "latency-budget": latencyBudget,
  "max-retries": maxRetries,
  "max-timeout": maxTimeout,
  "no-default-secret": noDefaultSecret,
  "no-hardcoded-secrets": noHardcodedSecrets,
  "no-insecure-signature-compare": noInsecureSignatureCompare,
  "no-permissive-cors": noPermissiveCors,
  "no-reserialized-webhook-body": noReserializedWebhookBody,
  "no-unsafe-retry": noUnsafeRetry,
  "no-unstable-idempotency-key": noUnstableIdempotencyKey,
  "no-weak-tls": noWeakTls,
  "require-circuit-breaker": requireCircuitBreaker,
  "require-concurrency-limit": requireConcurrencyLimit,
  "require-hsts": requireHsts,
  "require-idempotency-key": requireIdempotencyKey,
  "require-jitter": requireJitter,
  "require-managed-secret": requireManagedSecret,
  "require-retry-after": requireRetryAfter,
  "require-timeout": requireTimeout,
  "require-webhook-dedupe": requireWebhookDedupe,
  "require-webhook-freshness": requireWebhookFreshness,
  "require-webhook-signature": requireWebhookSignature,
};
