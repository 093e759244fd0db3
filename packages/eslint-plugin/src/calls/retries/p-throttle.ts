import { unknownFact } from "../fact.ts";
import type { LibraryDefinition } from "../library.ts";
import type { Wrapping } from "../outbound-call.ts";

/**
 * p-throttle 4 to 8: `const throttle = pThrottle({ limit, interval }); const slow = throttle(fn); slow(…)`. Limits how many begin in an interval, not how many run
 * at once (p-throttle@8.1.1 index.js, measured).
 */
export const pThrottle: LibraryDefinition = {
  name: "p-throttle",
  packages: ["p-throttle"],
  interpret({ path, form, instance, argument }) {
    if (form === "new" || path.length > 0) return undefined;
    if (!instance.made) return { kind: "instance", options: argument(0), argument: 0 };
    const isWrapped = instance.parent?.made !== undefined;
    if (isWrapped) return { kind: "run", operation: instance.made.arguments[0] ?? { kind: "absent" }, under };
    return { kind: "instance", options: { kind: "absent" }, argument: 1, runs: { operation: argument(0), under } };
  },
};

const under: readonly Wrapping[] = [{ concurrency: unknownFact("a rate, not a number at once") }];
