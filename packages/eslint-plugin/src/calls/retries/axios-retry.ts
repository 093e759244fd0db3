import { exponential, noDelay } from "../backoff.ts";
import { type Fact, known, numberFact, unknownFact } from "../fact.ts";
import type { LibraryDefinition } from "../library.ts";
import type { Backoff, RetryLayer } from "../outbound-call.ts";
import { type Origin, originOf, propertyOf, type Value } from "../value.ts";

/**
 * axios-retry 3 and 4. Three retries; the default condition repeats GET HEAD OPTIONS PUT DELETE on 429 and 5xx, and any method, POST too, on a network
 * error. No delay by default but what Retry-After says. The client's timeout is one budget for all attempts unless `shouldResetTimeout` (axios-retry@4.5.0 dist/esm/index.js, measured).
 */
export const axiosRetry: LibraryDefinition = {
  name: "axios-retry",
  packages: ["axios-retry"],
  interpret(call) {
    if (call.path.length > 0 || call.form === "new") return undefined;
    return { kind: "plug", client: call.argument(0), options: call.argument(1), argument: 1 };
  },
  layerOf(options, origin, place) {
    const retries = propertyOf(options, "retries");
    return {
      by: axiosRetry,
      retries: numberFact(retries, {
        kind: "default",
        value: 3,
        library: { library: "axios-retry", says: "axios-retry default: 3 retries", source: "axios-retry@4.5.0 dist/esm/index.js:77" },
      }),
      ...repeats(propertyOf(options, "retryCondition")),
      backoff: backoffOf(propertyOf(options, "retryDelay")),
      ...(heedsRetryAfter(propertyOf(options, "retryDelay")) && { retryAfter: "honoured" }),
      sharesTimeout: !isTrue(propertyOf(options, "shouldResetTimeout")),
      origin: placeOf(retries, origin),
      options: place,
    };
  },
  write: {
    retries: (count) => ({ path: ["retries"], code: String(count) }),
    jitter: (callee) => ({ path: ["retryDelay"], code: `${callee}.exponentialDelay` }),
    idempotentOnly: (callee) => ({ path: ["retryCondition"], code: `${callee}.isIdempotentRequestError` }),
  },
};

function repeats(condition: Value): Pick<RetryLayer, "repeats" | "condition"> {
  if (condition.kind === "absent") return { repeats: "any", condition: "on network errors, any method" };
  const name = condition.kind === "reference" ? condition.path.at(-1) : undefined;
  switch (name) {
    case "isNetworkOrIdempotentRequestError":
    case "isNetworkError":
      return { repeats: "any", condition: "on network errors, any method" };
    case "isRetryableError":
      return { repeats: "any", condition: "on network errors, 429 and 5xx, any method" };
    case "isSafeRequestError":
      return { repeats: ["GET", "HEAD", "OPTIONS"] };
    case "isIdempotentRequestError":
      return { repeats: ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"] };
    default:
      return { repeats: "unknown" };
  }
}

function backoffOf(delay: Value): Fact<Backoff> {
  if (delay.kind === "absent") return known(noDelay);
  if (delay.kind === "reference" && delay.path.at(-1) === "exponentialDelay")
    return known(exponential({ firstMs: 200, factor: 2, jitter: true }), originOf(delay));
  return unknownFact("a delay of its own");
}

/** The delays of the library wait at least as long as Retry-After says; what a function of the project does is not known. */
function heedsRetryAfter(delay: Value): boolean {
  return delay.kind === "absent" || (delay.kind === "reference" && delay.path.at(-1) === "exponentialDelay");
}

function isTrue(value: Value): boolean {
  return value.kind === "primitive" && value.value === true;
}

function placeOf(value: Value, fallback: Origin): Origin {
  return originOf(value) ?? fallback;
}
