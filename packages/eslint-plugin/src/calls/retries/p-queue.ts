import { assignedTo, type ClientInstance } from "../client-instance.ts";
import { type Fact, known, numberFact, unknownFact } from "../fact.ts";
import type { LibraryDefinition } from "../library.ts";
import type { Timeout, Wrapping } from "../outbound-call.ts";
import { noTimeout, timeoutFact } from "../request-reading.ts";
import { firstPresent, propertyOf, type Value } from "../value.ts";

/**
 * p-queue 6 to 10: `new PQueue({ concurrency, timeout, interval, intervalCap })` and `queue.add(fn, { timeout })`. Without `concurrency` nothing limits how many run
 * at once, unless `intervalCap` limits how many begin. `timeout` ends the wait for one function, not counting its time in the queue (p-queue@10.0.0
 * dist/index.js:87,484, measured).
 */
export const pQueue: LibraryDefinition = {
  name: "p-queue",
  packages: ["p-queue"],
  types: ["PQueue"],
  interpret({ path, form, instance, argument }) {
    if (form === "new") return path.length === 0 ? { kind: "instance", options: argument(0), argument: 0 } : undefined;
    if (path.join(".") !== "add") return undefined;
    return { kind: "run", operation: argument(0), under: [wrappingOf(instance, argument(1))] };
  },
};

function wrappingOf(queue: ClientInstance, options: Value): Wrapping {
  if (queue.passedIn) return { timeout: unknownFact("a queue made elsewhere"), concurrency: unknownFact("a queue made elsewhere") };
  const timeout = timeoutOf(
    firstPresent(propertyOf(options, "timeout"), assignedTo(queue, "timeout"), propertyOf(queue.options, "timeout")),
  );
  return { concurrency: concurrencyOf(queue), timeout };
}

function timeoutOf(timeout: Value): Fact<Timeout> {
  return timeoutFact(timeout, "total", noTimeout);
}

function concurrencyOf(queue: ClientInstance): Fact<number> {
  const concurrency = firstPresent(assignedTo(queue, "concurrency"), propertyOf(queue.options, "concurrency"));
  if (concurrency.kind !== "absent") return numberFact(concurrency, unknownFact("no number"));
  const isRateLimited = propertyOf(queue.options, "intervalCap").kind !== "absent";
  return isRateLimited ? unknownFact("a rate, not a number at once") : known(Infinity, queue.created);
}
