import type { Rule } from "./create-rule.ts";
import { maxRetries } from "./rules/max-retries.ts";
import { maxTimeout } from "./rules/max-timeout.ts";
import { noDefaultSecret } from "./rules/no-default-secret.ts";
import { noHardcodedSecrets } from "./rules/no-hardcoded-secrets.ts";
import { requireIdempotencyKey } from "./rules/require-idempotency-key.ts";
import { requireManagedSecret } from "./rules/require-managed-secret.ts";
import { requireTimeout } from "./rules/require-timeout.ts";
import { requireWebhookFreshness } from "./rules/require-webhook-freshness.ts";
import { requireWebhookSignature } from "./rules/require-webhook-signature.ts";

/** Every rule under the name it is configured by. */
export const rules: Readonly<Record<string, Rule>> = {
  "max-retries": maxRetries,
  "max-timeout": maxTimeout,
  "no-default-secret": noDefaultSecret,
  "no-hardcoded-secrets": noHardcodedSecrets,
  "require-idempotency-key": requireIdempotencyKey,
  "require-managed-secret": requireManagedSecret,
  "require-timeout": requireTimeout,
  "require-webhook-freshness": requireWebhookFreshness,
  "require-webhook-signature": requireWebhookSignature,
};
