import type { Fact } from "./fact.ts";
import { known, numberFact, unknownFact } from "./fact.ts";
import type { Backoff } from "./outbound-call.ts";
import { numberOf, propertyOf, type Value } from "./value.ts";

/** first × factor^(n-1), at most `maximumMs`: the delay before retry n in milliseconds. */
export function exponential({
  firstMs,
  factor,
  maximumMs = Infinity,
  jitter,
}: {
  firstMs: number;
  factor: number;
  maximumMs?: number;
  jitter: boolean;
}): Backoff {
  return { delayMs: (retry) => Math.min(maximumMs, firstMs * factor ** (retry - 1)), jitter };
}

export const noDelay: Backoff = { delayMs: () => 0, jitter: false };

/** The options that the `retry` package and its descendants share: minTimeout, maxTimeout, factor, randomize. */
export function nodeRetryBackoff(options: Value, defaults: { randomize: boolean }): Fact<Backoff> {
  const first = numberOr(propertyOf(options, "minTimeout"), 1000);
  const factor = numberOr(propertyOf(options, "factor"), 2);
  const maximum = numberOr(propertyOf(options, "maxTimeout"), Infinity);
  const randomize = propertyOf(options, "randomize");
  if (first === undefined || factor === undefined || maximum === undefined) return unknownFact("the backoff is not a literal");
  const jitter = randomize.kind === "primitive" ? Boolean(randomize.value) : randomize.kind === "absent" ? defaults.randomize : true;
  return known(exponential({ firstMs: first, factor, maximumMs: maximum, jitter }));
}

function numberOr(value: Value, fallback: number): number | undefined {
  return value.kind === "absent" ? fallback : numberOf(value);
}

/** How often the `retry` package and its descendants repeat: `retries`, or without end when `forever` is set. */
export function nodeRetryCount(options: Value, whenAbsent: Fact<number>): Fact<number> {
  const forever = propertyOf(options, "forever");
  if (forever.kind === "primitive" && forever.value === true) return known(Infinity, forever.origin);
  return forever.kind === "absent" || forever.kind === "primitive"
    ? numberFact(propertyOf(options, "retries"), whenAbsent)
    : unknownFact("it may repeat for ever");
}
