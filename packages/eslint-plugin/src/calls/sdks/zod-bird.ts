import type { Interpretation, LibraryCall, LibraryDefinition } from "../library.ts";
import type { Verb } from "../operation-verb.ts";
import { byDefault, fetchTimeout, isOnClient, operation, sdkRetries, takesNoKey } from "../sdk-operation.ts";
import { ABSENT } from "../value.ts";

/** What the client makes functions of, and what a call of such a function does. */
const makers: Readonly<Record<string, Verb>> = {
  buildPipe: { effect: "reads", method: "GET" },
  buildIngestEndpoint: { effect: "writes", method: "POST" },
};

/**
 * \@chronark/zod-bird, a client of Tinybird. Nine retries on 429 and 5xx, of every method, 1 s and more apart, without randomness and with no option for them
 * (@chronark/zod-bird@1.0.0 dist/index.mjs:37, measured). No time limit but those of fetch. No idempotency key in the API.
 */
export const zodBird: LibraryDefinition = {
  name: "zod-bird",
  packages: ["@chronark/zod-bird"],
  types: ["Tinybird"],
  vendor: "Tinybird",
  defaultTimeout: "300 s",
  interpret(call) {
    const [name = "", second] = call.path;
    if (!isOnClient(call)) {
      const makesOne = call.form === "new" && name === "Tinybird" && second === undefined;
      return makesOne ? { kind: "instance", options: call.argument(0), argument: 0 } : undefined;
    }
    const verb = makers[name];
    if (!verb) return undefined;
    // `const visits = client.buildPipe({ pipe: "visits" }); await visits({ day })`
    return second === undefined
      ? { kind: "value", value: { kind: "client", instance: call.instance, path: [name, "call"], origin: call.origin } }
      : request(call, name, verb);
  },
};

function request(call: LibraryCall, name: string, verb: Verb): Interpretation {
  const place = { node: call.node, argument: 0 };
  return operation({
    call,
    label: name === "buildPipe" ? "A pipe of Tinybird" : "An event for Tinybird",
    verb,
    host: "https://api.tinybird.co",
    timeout: fetchTimeout("zod-bird", ABSENT),
    retries: [
      sdkRetries({
        by: zodBird,
        call,
        count: ABSENT,
        whenAbsent: byDefault("zod-bird", 9, "10 attempts", "@chronark/zod-bird@1.0.0 dist/index.mjs:38"),
        repeats: "any",
        condition: "on 429 and 5xx, any method",
        backoff: { delayMs: (retryNumber) => 1_000 + (retryNumber - 1) ** 2 * 50, jitter: false },
        retryAfter: "ignored",
        options: place,
      }),
    ],
    idempotencyKey: takesNoKey,
    options: place,
  });
}
