import { milliseconds } from "../duration.ts";

/** Rules of thumb for a launch, in force where holdfast.yaml says nothing. */
export const defaultBudget = {
  slo: milliseconds(400),
  timeout: milliseconds(300),
  retries: 2,
  concurrency: 64,
  webhookFreshness: milliseconds(600_000),
  idempotencyHeader: "Idempotency-Key",
} as const;
