import { numberFact, unknownFact } from "../fact.ts";
import type { LibraryDefinition } from "../library.ts";
import type { Wrapping } from "../outbound-call.ts";
import { propertyOf, type Value } from "../value.ts";

/**
 * p-limit 2 to 7: `const limit = pLimit(5); limit(fn, …)`, from 7 on also `limit.map(items, fn)`, and from 6 on `limitFunction(fn, { concurrency })`. At most so many of
 * the functions run at once; the others wait in a queue without a limit or timeout (p-limit@7.3.3 index.js, measured).
 */
export const pLimit: LibraryDefinition = {
  name: "p-limit",
  packages: ["p-limit"],
  types: ["LimitFunction"],
  interpret({ path, form, instance, argument }) {
    if (form === "new") return undefined;
    const { made, passedIn } = instance;
    if (!made && !passedIn) {
      if (path.length === 0) return { kind: "instance", options: argument(0), argument: 0 };
      if (path.join(".") !== "limitFunction") return undefined;
      const runs = { operation: argument(0), under: [wrappingOf(argument(1))] };
      return { kind: "instance", options: argument(1), argument: 1, runs };
    }
    const under = [wrappingOf(instance.options)];
    if (path.join(".") === "map") return { kind: "run", operation: argument(1), under };
    if (path.length > 0) return undefined;
    return { kind: "run", operation: made?.path[0] === "limitFunction" ? (made.arguments[0] ?? argument(0)) : argument(0), under };
  },
};

function wrappingOf(options: Value): Wrapping {
  const limit = options.kind === "object" ? propertyOf(options, "concurrency") : options;
  return { concurrency: numberFact(limit, unknownFact("a limiter without a limit")) };
}
