import type { LibraryDefinition } from "../library.ts";
import { noTimeout, timeoutFact } from "../request-reading.ts";
import { propertyOf } from "../value.ts";

/**
 * p-timeout 3 to 8: `pTimeout(promise, { milliseconds })`, until 5 `pTimeout(promise, milliseconds)`. Ends the wait for a promise, while what it waits for goes on unless
 * the promise has a `cancel` (p-timeout@8.0.0 index.js, measured).
 */
export const pTimeout: LibraryDefinition = {
  name: "p-timeout",
  packages: ["p-timeout"],
  interpret({ path, form, argument }) {
    if (form === "new" || path.length > 0) return undefined;
    const options = argument(1);
    const milliseconds = options.kind === "object" ? propertyOf(options, "milliseconds") : options;
    return { kind: "wait", argument: 0, under: { timeout: timeoutFact(milliseconds, "total", noTimeout) } };
  },
};
