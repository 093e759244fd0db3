import type { LibraryCall, LibraryDefinition } from "../library.ts";
import { propertyOf } from "../value.ts";
import { fetchTimeout, isOnClient, keyNamed, operation, takesNoKey } from "../sdk-operation.ts";

/** Operations that take `idempotencyKey` in their options. */
const keyed = /^(?:emails|batch)\.(?:send|create)$/u;

/**
 * resend. No retries, and no time limit but those of fetch; a `signal` in the options of a call ends it (resend@6.38.0 dist/index.mjs:1732, measured).
 * `{ idempotencyKey }` in the options becomes the header (dist/index.mjs:1805, measured).
 */
export const resend: LibraryDefinition = {
  name: "resend",
  packages: ["resend"],
  types: ["Resend"],
  vendor: "Resend",
  defaultTimeout: "300 s",
  interpret(call) {
    const [first, second] = call.path;
    if (isOnClient(call)) return second === undefined || (first === "webhooks" && second === "verify") ? undefined : request(call);
    return call.form === "new" && first === "Resend" && second === undefined
      ? { kind: "instance", options: call.argument(1), argument: 1 }
      : undefined;
  },
  plainRequest: ["domains", "list"],
  write: { idempotencyKey: (value) => ({ path: ["idempotencyKey"], code: value }) },
};

function request(call: LibraryCall) {
  const name = call.path.join(".");
  const isKeyed = keyed.test(name);
  return operation({
    call,
    label: `resend.${name}`,
    ...(isKeyed && { verb: { effect: "writes", method: "POST" } as const }),
    host: "https://api.resend.com",
    timeout: fetchTimeout("resend", propertyOf(call.argument(1), "signal")),
    idempotencyKey: isKeyed ? keyNamed("idempotencyKey", call.argument(1)) : takesNoKey,
    options: { node: call.node, argument: 1 },
  });
}
