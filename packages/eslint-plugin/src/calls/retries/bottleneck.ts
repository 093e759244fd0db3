import type { ClientInstance } from "../client-instance.ts";
import { type Fact, known, numberFact, unknownFact } from "../fact.ts";
import type { LibraryDefinition } from "../library.ts";
import type { RetryLayer, Wrapping } from "../outbound-call.ts";
import { noTimeout, timeoutFact } from "../request-reading.ts";
import { type Origin, propertyOf, type Value } from "../value.ts";

/**
 * bottleneck 2: `new Bottleneck({ maxConcurrent, minTime })`, then `limiter.schedule(options?, fn, …)` or `limiter.wrap(fn)`. Without `maxConcurrent` nothing limits how
 * many run at once, unless `minTime` or a reservoir limits how many begin. `expiration` ends the wait for a job. A listener of "failed" that returns a number
 * makes it run again (bottleneck@2.19.5 lib/Bottleneck.js, lib/Job.js, measured).
 */
export const bottleneck: LibraryDefinition = {
  name: "bottleneck",
  packages: ["bottleneck", "bottleneck/es5"],
  types: ["Bottleneck"],
  interpret({ path, form, instance, argument, origin }) {
    const name = path.join(".");
    if (form === "new") return name === "" || name === "Group" ? { kind: "instance", options: argument(0), argument: 0 } : undefined;
    if (name === "key") return { kind: "instance", options: argument(1), argument: 1 };
    if (name === "wrap")
      return {
        kind: "instance",
        options: { kind: "absent" },
        argument: 1,
        runs: { operation: argument(0), under: underOf(instance, { kind: "absent" }, origin) },
      };
    if (name === "schedule") {
      const [options, operation] = argument(0).kind === "object" ? [argument(0), argument(1)] : [{ kind: "absent" } as const, argument(0)];
      return { kind: "run", operation, under: underOf(instance, options, origin) };
    }
    const wrapped = name === "" && instance.made?.path.join(".") === "wrap" ? instance.made.arguments[0] : undefined;
    return wrapped && { kind: "run", operation: wrapped, under: underOf(instance.parent ?? instance, { kind: "absent" }, origin) };
  },
};

function underOf(limiter: ClientInstance, job: Value, origin: Origin): readonly Wrapping[] {
  return [
    {
      concurrency: concurrencyOf(limiter),
      timeout: timeoutFact(propertyOf(job, "expiration"), "total", noTimeout),
      ...(runsAgain(limiter) && { retries: retryLayer(origin) }),
    },
  ];
}

function concurrencyOf({ options, made, passedIn, created }: ClientInstance): Fact<number> {
  if (passedIn || made?.path[0] === "key") return unknownFact("a limiter made elsewhere, or one of several");
  const limit = propertyOf(options, "maxConcurrent");
  const isUnlimited = limit.kind === "absent" || (limit.kind === "primitive" && limit.value === null);
  if (!isUnlimited) return numberFact(limit, unknownFact("no number"));
  const isRateLimited = ["minTime", "reservoir", "datastore", "id"].some((name) => propertyOf(options, name).kind !== "absent");
  return isRateLimited ? unknownFact("a rate, not a number at once") : known(Infinity, created);
}

function runsAgain({ effects }: ClientInstance): boolean {
  return effects.some((effect) => {
    if (effect.kind !== "called" || effect.method !== "on") return false;
    const [event] = effect.arguments;
    return event?.kind === "primitive" && event.value === "failed";
  });
}

function retryLayer(origin: Origin): RetryLayer {
  const why = "a listener of failures decides";
  return { by: bottleneck, retries: unknownFact(why), repeats: "unknown", backoff: unknownFact(why), origin };
}
