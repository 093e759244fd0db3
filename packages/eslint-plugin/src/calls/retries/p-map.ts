import { type Fact, known, numberFact, unknownFact } from "../fact.ts";
import type { LibraryCall, LibraryDefinition } from "../library.ts";
import { isPlainlyShort } from "../short-list.ts";
import { propertyOf } from "../value.ts";

/**
 * p-map 4 to 7: `pMap(items, fn, { concurrency })` runs the function for each item, all of them at once unless `concurrency` says how many (p-map@7.1.1 index.js,
 * measured).
 */
export const pMap: LibraryDefinition = {
  name: "p-map",
  packages: ["p-map"],
  interpret(call) {
    const name = call.path.join(".");
    if (call.form === "new" || !/^(?:|pMapIterable|pMapSettled|pMapKeyed|pMapSettledKeyed)$/u.test(name)) return undefined;
    return { kind: "run", operation: call.argument(1), under: [{ concurrency: concurrencyOf(call) }] };
  },
};

function concurrencyOf({ node, origin, argument }: LibraryCall): Fact<number> {
  const concurrency = propertyOf(argument(2), "concurrency");
  const [items] = node.arguments;
  const isUnlimited = concurrency.kind === "absent" || (concurrency.kind === "primitive" && concurrency.value === Infinity);
  if (isUnlimited && items && isPlainlyShort(items, origin.file, node)) return unknownFact("as many as a short list has");
  return numberFact(concurrency, known(Infinity, origin));
}
