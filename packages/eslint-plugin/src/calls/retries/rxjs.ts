import { noDelay } from "../backoff.ts";
import { type Fact, known, numberFact, unknownFact } from "../fact.ts";
import type { Interpretation, LibraryCall, LibraryDefinition } from "../library.ts";
import type { Backoff, RetryLayer } from "../outbound-call.ts";
import { noTimeout, timeoutFact } from "../request-reading.ts";
import { ABSENT, originOf, propertyOf, type Value } from "../value.ts";

/**
 * rxjs 6 and 7. `retry(count)` subscribes again after any error, without end when it is given no count and at once when it is given no delay; it so repeats a request
 * that an Observable sends on subscription, never a promise under way: `from(fetch(url)).pipe(retry(3))` sends one. `timeout(ms)` ends each attempt inside it
 * (rxjs@7.8.2 src/internal/operators/retry.ts, timeout.ts, measured).
 */
export const rxjs: LibraryDefinition = {
  name: "rxjs",
  packages: ["rxjs", "rxjs/operators"],
  needsOthers: true,
  interpret(call) {
    if (call.form === "new" || call.path.length !== 1) return undefined;
    return meaningOf(call, call.path[0]!);
  },
  write: {
    retries: (count) => ({ path: ["count"], code: String(count) }),
  },
};

function meaningOf(call: LibraryCall, name: string): Interpretation | undefined {
  switch (name) {
    case "retry":
      return { kind: "operator", under: { retries: retryLayer(call) } };
    case "retryWhen":
    case "repeat":
      return {
        kind: "operator",
        under: { retries: { ...retryLayer(call), retries: unknownFact("a notifier decides"), repeats: "unknown" } },
      };
    case "timeout":
    case "timeoutWith":
      return { kind: "operator", under: { timeout: timeoutFact(limitOf(call.argument(0)), "total", noTimeout) } };
    case "from":
      return { kind: "wait", argument: 0, under: {} };
    case "defer":
      return { kind: "run", operation: call.argument(0), under: [] };
    case "mergeMap":
    case "flatMap": {
      const limit = numberFact(call.argument(1), unknownFact("how many the source has"));
      return { kind: "run", operation: call.argument(0), under: limit.kind === "unknown" ? [] : [{ concurrency: limit }] };
    }
    case "concatMap":
    case "switchMap":
    case "exhaustMap":
      return { kind: "run", operation: call.argument(0), under: [] };
    default:
      return undefined;
  }
}

/** `timeout(300)`, `timeout({ first: 300 })`, `timeout({ each: 300 })`; of an absolute time nothing is known. */
function limitOf(option: Value): Value {
  if (option.kind !== "object") return option;
  const first = propertyOf(option, "first");
  return first.kind === "absent" ? propertyOf(option, "each") : first;
}

function retryLayer(call: LibraryCall): RetryLayer {
  const option = call.argument(0);
  const isBare = option.kind !== "object";
  const count = isBare ? option : propertyOf(option, "count");
  return {
    by: rxjs,
    retries: numberFact(count, {
      kind: "default",
      value: Infinity,
      library: { library: "rxjs", says: "rxjs retry() default: endless retries", source: "rxjs@7.8.2 src/internal/operators/retry.ts" },
    }),
    repeats: "any",
    backoff: backoffOf(isBare ? ABSENT : propertyOf(option, "delay")),
    origin: originOf(count) ?? call.origin,
    options: { node: call.node, argument: 0 },
  };
}

function backoffOf(delay: Value): Fact<Backoff> {
  if (delay.kind === "absent") return known(noDelay);
  const ms = delay.kind === "primitive" ? delay.value : undefined;
  return typeof ms === "number" ? known({ delayMs: () => ms, jitter: false }, originOf(delay)) : unknownFact("a notifier decides");
}
