import { type Fact, known } from "../fact.ts";
import type { LibraryCall, LibraryDefinition } from "../library.ts";
import type { IdempotencyKey } from "../outbound-call.ts";
import { noTimeout } from "../request-reading.ts";
import { byDefault, isOnClient, keyNamed, operation, sdkRetries } from "../sdk-operation.ts";
import { verbOf } from "../operation-verb.ts";
import { ABSENT } from "../value.ts";

/**
 * \@mollie/api-client. No timeout, and no option for one (measured). Two retries on 5xx, of every method, 2 s apart or as Retry-After says, which no option
 * changes; POST and DELETE carry a key that the SDK makes once per call (@mollie/api-client@4.6.0 dist/mollie.cjs.js:757-826, measured).
 */
export const mollie: LibraryDefinition = {
  name: "mollie",
  packages: ["@mollie/api-client"],
  types: ["MollieClient"],
  vendor: "Mollie",
  defaultTimeout: "none, and no option: limit each call from outside",
  interpret(call) {
    const [first, second] = call.path;
    if (isOnClient(call)) return second === undefined ? undefined : request(call);
    const makesOne = first === undefined || first === "createMollieClient" || first === "Client";
    return makesOne ? { kind: "instance", options: call.argument(0), argument: 0 } : undefined;
  },
  plainRequest: ["methods", "list"],
  write: { idempotencyKey: (value) => ({ path: ["idempotencyKey"], code: value }) },
};

function request(call: LibraryCall) {
  const place = { node: call.node, argument: Math.max(0, call.arguments.length - 1) };
  return operation({
    call,
    label: `mollie.${call.path.join(".")}`,
    host: "https://api.mollie.com",
    timeout: noTimeout,
    retries: [
      sdkRetries({
        by: mollie,
        call,
        count: ABSENT,
        whenAbsent: byDefault("mollie", 2, "2 retries", "@mollie/api-client@4.6.0 dist/mollie.cjs.js:761"),
        repeats: "any",
        condition: "on 5xx, any method",
        backoff: { delayMs: () => 2_000, jitter: false },
        retryAfter: "honoured",
        options: place,
      }),
    ],
    idempotencyKey: keyOf(call),
    options: place,
  });
}

/** Without one of the caller's own, the SDK makes it for POST and DELETE. */
function keyOf(call: LibraryCall): Fact<IdempotencyKey | undefined> {
  const own = keyNamed("idempotencyKey", call.arguments.at(-1) ?? ABSENT);
  if (own.kind === "unknown" || own.value !== undefined || !/^(?:POST|DELETE)$/u.test(verbOf(call.path.at(-1)!).method ?? "")) return own;
  return known({ carrier: "Idempotency-Key", origin: undefined, value: ABSENT, madeByLibrary: "once per call" });
}
