import { nodeRetryBackoff } from "../backoff.ts";
import { numberFact } from "../fact.ts";
import type { LibraryDefinition } from "../library.ts";
import { originOf, propertyOf } from "../value.ts";

/**
 * p-retry 4 to 9. Ten retries of whatever the function does, after any error but a TypeError that is no network error and an AbortError; `retries` counts
 * the calls after the first. Waits 1 s, doubled each time, without a maximum and without jitter unless `randomize` (p-retry@7.1.1 index.js,
 * p-retry@9.0.0 index.js:249-261, measured).
 */
export const pRetry: LibraryDefinition = {
  name: "p-retry",
  packages: ["p-retry"],
  interpret(call) {
    if (call.path.length > 0 || call.form === "new") return undefined;
    const options = call.argument(1);
    const retries = propertyOf(options, "retries");
    return {
      kind: "run",
      operation: call.argument(0),
      under: [
        {
          retries: {
            by: pRetry,
            retries: numberFact(retries, {
              kind: "default",
              value: 10,
              library: { library: "p-retry", says: "p-retry default: 10 retries", source: "p-retry@7.1.1 index.js" },
            }),
            // A condition of the project's own decides.
            repeats: propertyOf(options, "shouldRetry").kind === "absent" ? "any" : "unknown",
            backoff: nodeRetryBackoff(options, { randomize: false }),
            origin: originOf(retries) ?? call.origin,
            options: { node: call.node, argument: 1 },
          },
        },
      ],
    };
  },
  write: {
    retries: (count) => ({ path: ["retries"], code: String(count) }),
    jitter: () => ({ path: ["randomize"], code: "true" }),
  },
};
