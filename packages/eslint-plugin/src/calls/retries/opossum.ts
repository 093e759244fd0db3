import { type Fact, numberFact, unknownFact } from "../fact.ts";
import type { LibraryDefinition } from "../library.ts";
import type { Timeout, Wrapping } from "../outbound-call.ts";
import { timeoutFact } from "../request-reading.ts";
import { type Origin, propertyOf, type Value } from "../value.ts";

/**
 * opossum 5 to 10: `new CircuitBreaker(fn, options)`, run with `fire(…)`. A circuit breaker with a time limit of 10 s unless `timeout` says otherwise, false for
 * none. The limit ends the wait, while the function goes on unless it heeds the `abortController`. No retries (opossum@9.0.0 lib/circuit.js:170-180, 741-760,
 * measured with 9 and 10).
 */
export const opossum: LibraryDefinition = {
  name: "opossum",
  packages: ["opossum"],
  types: ["CircuitBreaker"],
  interpret({ path, form, instance, origin, argument }) {
    if (form === "new") {
      if (!/^(?:|CircuitBreaker)$/u.test(path.join("."))) return undefined;
      const runs = { operation: argument(0), under: [wrappingOf(argument(1), origin)] };
      return { kind: "instance", options: argument(1), argument: 1, runs };
    }
    if (path.length !== 1 || !/^(?:fire|call)$/u.test(path[0]!)) return undefined;
    if (!instance.made) return undefined;
    return {
      kind: "run",
      operation: instance.made.arguments[0] ?? { kind: "absent" },
      under: [wrappingOf(instance.options, instance.created ?? origin)],
    };
  },
  write: {
    timeout: (ms) => ({ path: ["timeout"], code: String(ms) }),
  },
};

function wrappingOf(options: Value, made: Origin): Wrapping {
  const capacity = propertyOf(options, "capacity");
  return {
    breaker: made,
    timeout: timeoutOf(propertyOf(options, "timeout")),
    ...(capacity.kind !== "absent" && { concurrency: numberFact(capacity, unknownFact("no capacity")) }),
  };
}

function timeoutOf(timeout: Value): Fact<Timeout> {
  return timeoutFact(timeout, "total", {
    kind: "default",
    value: { ms: 10_000, bounds: "total" },
    library: { library: "opossum", says: "opossum default: 10 s", source: "opossum@9.0.0 lib/circuit.js:171" },
  });
}
