import { exponential } from "../backoff.ts";
import { type Fact, known, numberFact, unknownFact } from "../fact.ts";
import type { LibraryDefinition } from "../library.ts";
import type { Backoff } from "../outbound-call.ts";
import { numberOf, originOf, propertyOf, type Value } from "../value.ts";

/**
 * exponential-backoff 2 and 3. `numOfAttempts` counts attempts, at least one, 10 by default, so nine retries of whatever the function does. Waits 100 ms,
 * doubled each time, without a maximum and without jitter unless `jitter: "full"` (exponential-backoff@3.1.3 dist/options.js, dist/backoff.js, measured).
 */
export const exponentialBackoff: LibraryDefinition = {
  name: "exponential-backoff",
  packages: ["exponential-backoff"],
  interpret(call) {
    if (call.path.join(".") !== "backOff" || call.form === "new") return undefined;
    const options = call.argument(1);
    const attempts = propertyOf(options, "numOfAttempts");
    return {
      kind: "run",
      operation: call.argument(0),
      under: [
        {
          retries: {
            by: exponentialBackoff,
            retries: retriesOf(attempts),
            repeats: propertyOf(options, "retry").kind === "absent" ? "any" : "unknown",
            backoff: backoffOf(options),
            origin: originOf(attempts) ?? call.origin,
            literalFor: (retries) => String(retries + 1),
            options: { node: call.node, argument: 1 },
          },
        },
      ],
    };
  },
  write: {
    retries: (count) => ({ path: ["numOfAttempts"], code: String(count + 1) }),
    jitter: () => ({ path: ["jitter"], code: `"full"` }),
  },
};

function retriesOf(attempts: Value): Fact<number> {
  const number = numberFact(attempts, {
    kind: "default",
    value: 10,
    library: {
      library: "exponential-backoff",
      says: "exponential-backoff default: 10 attempts",
      source: "exponential-backoff@3.1.3 dist/options.js:18",
    },
  });
  return number.kind === "unknown" ? number : { ...number, value: Math.max(1, number.value) - 1 };
}

function backoffOf(options: Value): Fact<Backoff> {
  const [first, factor, maximum] = (["startingDelay", "timeMultiple", "maxDelay"] as const).map((name) => propertyOf(options, name));
  const jitter = propertyOf(options, "jitter");
  const isTold = [first, factor, maximum, jitter].every((value) => value?.kind === "absent" || value?.kind === "primitive");
  if (!isTold || propertyOf(options, "delayFirstAttempt").kind !== "absent") return unknownFact("the backoff is not a literal");
  return known(
    exponential({
      firstMs: numberOf(first) ?? 100,
      factor: numberOf(factor) ?? 2,
      maximumMs: numberOf(maximum) ?? Infinity,
      jitter: jitter.kind === "primitive" && jitter.value === "full",
    }),
  );
}
