import { exponential, noDelay } from "../backoff.ts";
import type { ClientInstance } from "../client-instance.ts";
import { type Fact, known, numberFact, unknownFact } from "../fact.ts";
import type { LibraryCall, LibraryDefinition } from "../library.ts";
import type { Backoff, RetryLayer, Timeout, Wrapping } from "../outbound-call.ts";
import { timeoutFact } from "../request-reading.ts";
import { numberOf, type Origin, originOf, propertyOf, type Value } from "../value.ts";

/** Which argument of the function that makes a policy takes its options. */
const policies: Readonly<Record<string, number>> = { retry: 1, circuitBreaker: 1, fallback: 1, timeout: 1, bulkhead: 1, wrap: 0 };

/**
 * cockatiel 3 and 4: policies that are made with `retry(…)`, `timeout(…)`, `circuitBreaker(…)`, `bulkhead(…)`, put into each other with `wrap(outer, inner)` and
 * used with `policy.execute(fn)`. In spite of its name `maxAttempts` counts retries; without it they are endless, and without `backoff` at once. A Cooperative
 * timeout only aborts a signal, so it ends nothing in a function that does not take it (cockatiel@3.2.1 dist/RetryPolicy.js:53, dist/TimeoutPolicy.js,
 * dist/backoff/ExponentialBackoff.js, measured with both majors).
 */
export const cockatiel: LibraryDefinition = {
  name: "cockatiel",
  packages: ["cockatiel"],
  types: [
    "RetryPolicy",
    "TimeoutPolicy",
    "CircuitBreakerPolicy",
    "BulkheadPolicy",
    "FallbackPolicy",
    "NoopPolicy",
    "IPolicy",
    "IMergedPolicy",
  ],
  interpret(call) {
    const [name, ...rest] = call.path;
    if (name === undefined || rest.length > 0 || call.form === "new") return undefined;
    if (name === "execute") return { kind: "run", operation: call.argument(0), under: wrappingsOf(call.instance, call) };
    const argument = isRoot(call.instance) ? policies[name] : undefined;
    return argument === undefined ? undefined : { kind: "instance", options: call.argument(argument), argument };
  },
  write: {
    retries: (count) => ({ path: ["maxAttempts"], code: String(count) }),
  },
};

function isRoot({ made, passedIn }: ClientInstance): boolean {
  return !made && !passedIn;
}

/** What an operation runs under, inner to outer. */
function wrappingsOf(policy: ClientInstance, call: LibraryCall): readonly Wrapping[] {
  if (!policy.made) return [{ timeout: unknownFact("a policy made elsewhere") }];
  const { path, arguments: given } = policy.made;
  const made = policy.created ?? call.origin;
  switch (path[0]) {
    case "wrap":
      return given.toReversed().flatMap((inner) => wrappingsIn(inner, call));
    case "retry":
      return [{ retries: retryLayer(policy, made) }];
    case "timeout":
      return [{ timeout: timeoutOf(policy.made.arguments, call) }];
    case "circuitBreaker":
      return [{ breaker: made }];
    case "bulkhead":
      return [{ concurrency: numberFact(given[0] ?? { kind: "absent" }, unknownFact("a bulkhead without a limit")) }];
    default:
      return [];
  }
}

function wrappingsIn(policy: Value, call: LibraryCall): readonly Wrapping[] {
  if (policy.kind === "client" && policy.path.length === 0) return wrappingsOf(policy.instance, call);
  // `noop` and the like are references.
  return policy.kind === "reference" ? [] : [{ timeout: unknownFact("a policy made elsewhere") }];
}

function retryLayer({ options, place, made: how }: ClientInstance, made: Origin): RetryLayer {
  const handled = how?.arguments[0];
  const retries = propertyOf(options, "maxAttempts");
  return {
    by: cockatiel,
    retries: numberFact(retries, {
      kind: "default",
      value: Infinity,
      library: { library: "cockatiel", says: "cockatiel default: endless retries", source: "cockatiel@3.2.1 dist/Policy.js" },
    }),
    // `handleType` and `handleWhen` are conditions of the project's own.
    repeats: handled?.kind === "reference" && handled.path.at(-1) === "handleAll" ? "any" : "unknown",
    backoff: backoffOf(propertyOf(options, "backoff")),
    origin: originOf(retries) ?? made,
    ...(place && { options: place }),
  };
}

function backoffOf(backoff: Value): Fact<Backoff> {
  if (backoff.kind === "absent") return known(noDelay);
  if (backoff.kind !== "result" || backoff.callee.module !== "cockatiel") return unknownFact("a backoff of its own");
  const [first] = backoff.arguments;
  switch (backoff.callee.path[0]) {
    case "ConstantBackoff":
      return first?.kind === "primitive"
        ? known({ delayMs: () => Number(first.value), jitter: false }, backoff.origin)
        : unknownFact("the delay is not a literal");
    case "ExponentialBackoff":
      return exponentialBackoff(first ?? { kind: "absent" }, backoff.origin);
    default:
      return unknownFact("a backoff of its own");
  }
}

function exponentialBackoff(options: Value, origin: Origin): Fact<Backoff> {
  const generator = propertyOf(options, "generator");
  const [first, factor, maximum] = (["initialDelay", "exponent", "maxDelay"] as const).map((name) => propertyOf(options, name));
  const isTold = [first, factor, maximum].every((value) => value?.kind === "absent" || value?.kind === "primitive");
  const isNamed = generator.kind === "absent" || generator.kind === "reference";
  if (!isTold || !isNamed) return unknownFact("the backoff is not a literal");
  return known(
    exponential({
      firstMs: numberOf(first) ?? 128,
      factor: numberOf(factor) ?? 2,
      maximumMs: numberOf(maximum) ?? 30_000,
      jitter: !(generator.kind === "reference" && generator.path.at(-1) === "noJitterGenerator"),
    }),
    origin,
  );
}

/** `timeout(300, TimeoutStrategy.Aggressive)` */
function timeoutOf([duration, strategy]: readonly Value[], call: LibraryCall): Fact<Timeout> {
  const named = strategy?.kind === "object" ? propertyOf(strategy, "strategy") : strategy;
  const name = named?.kind === "reference" ? named.path.at(-1) : named?.kind === "primitive" ? named.value : undefined;
  const bound = timeoutFact(duration ?? { kind: "absent" }, "total", unknownFact("no duration"));
  if (name === "Aggressive" || name === "aggressive") return bound;
  const operation = call.argument(0);
  const ignoresSignal = operation.kind === "function" && operation.node.params.length === 0;
  if ((name !== "Cooperative" && name !== "optimistic") || !ignoresSignal) return unknownFact("whether the signal is passed on");
  return known({ bounds: "nothing", misread: "cockatiel's cooperative timeout ends nothing here, since its signal is not passed on" });
}
