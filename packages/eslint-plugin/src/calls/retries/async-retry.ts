import { nodeRetryBackoff, nodeRetryCount } from "../backoff.ts";
import type { LibraryDefinition } from "../library.ts";
import { originOf, propertyOf } from "../value.ts";

/**
 * async-retry 1. Ten retries of whatever the function does, after any error that did not go to `bail`; `retries` counts the calls after the first.
 * Waits 1 s, doubled each time, times one to two, since `randomize` is true here, unlike in `retry` (async-retry@1.3.3 lib/index.js, measured).
 */
export const asyncRetry: LibraryDefinition = {
  name: "async-retry",
  packages: ["async-retry"],
  interpret(call) {
    if (call.path.length > 0 || call.form === "new") return undefined;
    const options = call.argument(1);
    const retries = nodeRetryCount(options, {
      kind: "default",
      value: 10,
      library: { library: "async-retry", says: "async-retry default: 10 retries", source: "async-retry@1.3.3 lib/index.js" },
    });
    return {
      kind: "run",
      operation: call.argument(0),
      under: [
        {
          retries: {
            by: asyncRetry,
            retries,
            repeats: "any",
            backoff: nodeRetryBackoff(options, { randomize: true }),
            origin: originOf(propertyOf(options, "retries")) ?? call.origin,
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
