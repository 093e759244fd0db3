import { nodeRetryBackoff, nodeRetryCount } from "../backoff.ts";
import type { ClientInstance } from "../client-instance.ts";
import { type Fact, known, unknownFact } from "../fact.ts";
import type { LibraryDefinition } from "../library.ts";
import type { Backoff, RetryLayer } from "../outbound-call.ts";
import { type Origin, originOf, propertyOf, type Value } from "../value.ts";

/**
 * retry 0.10 to 0.13: `retry.operation(options).attempt(fn)`. Ten retries of whatever the function does when it calls `operation.retry(error)`; `retries`
 * counts the calls after the first. Waits 1 s, doubled each time, without a maximum and without jitter unless `randomize`; an array in place of the options
 * is the delays themselves (retry@0.13.1 lib/retry.js, measured).
 */
export const nodeRetry: LibraryDefinition = {
  name: "retry",
  packages: ["retry"],
  types: ["RetryOperation"],
  interpret({ path, instance, argument, form, origin }) {
    if (form === "new") return undefined;
    if (path.join(".") === "operation" && !instance.made) return { kind: "instance", options: argument(0), argument: 0 };
    if (path.join(".") !== "attempt") return undefined;
    return { kind: "run", operation: argument(0), under: [{ retries: layerOf(instance, origin) }] };
  },
  write: {
    retries: (count) => ({ path: ["retries"], code: String(count) }),
    jitter: () => ({ path: ["randomize"], code: "true" }),
  },
};

function layerOf({ options, place }: ClientInstance, origin: Origin): RetryLayer {
  return {
    by: nodeRetry,
    ...timesOf(options),
    repeats: "any",
    origin: originOf(propertyOf(options, "retries")) ?? (place ? { file: origin.file, node: place.node } : origin),
    ...(place && { options: place }),
  };
}

function timesOf(options: Value): { retries: Fact<number>; backoff: Fact<Backoff> } {
  if (options.kind !== "array")
    return {
      retries: nodeRetryCount(options, {
        kind: "default",
        value: 10,
        library: { library: "retry", says: "retry default: 10 retries", source: "retry@0.13.1 lib/retry.js:20" },
      }),
      backoff: nodeRetryBackoff(options, { randomize: false }),
    };
  const delays = options.elements.map((delay) => (delay.kind === "primitive" ? Number(delay.value) : Number.NaN));
  const retries = options.complete ? known(delays.length, options.origin) : unknownFact<number>("delays that are not all seen");
  const isKnown = options.complete && !delays.some(Number.isNaN);
  return {
    retries,
    backoff: isKnown
      ? known({ delayMs: (retry) => delays[retry - 1] ?? 0, jitter: false }, options.origin)
      : unknownFact("delays that are not all seen"),
  };
}
