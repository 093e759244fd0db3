import type { LibraryCall, LibraryDefinition } from "../library.ts";
import { verbOf } from "../operation-verb.ts";
import { noTimeout, timeoutFact } from "../request-reading.ts";
import { clientGiven, isOnClient, keyNamed, operation, takesNoKey } from "../sdk-operation.ts";
import { firstPresent, propertyAt, propertyOf } from "../value.ts";

/** Operations whose body must carry `idempotency_key` (plaid@47.0.0 dist/api.d.ts). */
const keyed =
  /^(?:bankTransferCreate|processorBankTransferCreate|transferRefundCreate|transferRecurringCreate|transferLedger(?:Deposit|Distribute|Withdraw)|paymentInitiationConsentPaymentExecute|paymentInitiationPaymentReverse|walletTransactionExecute)$/u;

/**
 * plaid. An axios client: no timeout (plaid@47.0.0 dist/configuration.js:28, measured) unless `baseOptions` or the call has one, and no retries. A
 * `Configuration` is where options stand, so it counts as the client.
 */
export const plaid: LibraryDefinition = {
  name: "plaid",
  packages: ["plaid"],
  types: ["PlaidApi"],
  vendor: "Plaid",
  defaultTimeout: "none",
  interpret(call) {
    if (isOnClient(call)) return request(call);
    if (call.form === "call") return undefined;
    switch (call.path.at(-1)) {
      case "Configuration":
        return { kind: "instance", options: call.argument(0), argument: 0 };
      case "PlaidApi":
        return clientGiven(call, 0);
      default:
        return undefined;
    }
  },
  plainRequest: ["itemGet"],
  write: {
    timeout: (ms) => ({ path: ["baseOptions", "timeout"], code: String(ms) }),
    idempotencyKey: (value) => ({ path: ["idempotency_key"], code: value }),
  },
};

function request(call: LibraryCall) {
  const [name, further] = call.path;
  if (name === undefined || further !== undefined) return undefined;
  const isKeyed = keyed.test(name);
  const timeout = firstPresent(propertyOf(call.argument(1), "timeout"), propertyAt(call.instance.options, ["baseOptions", "timeout"]));
  return operation({
    call,
    label: `plaid.${name}`,
    // The verb comes last: itemGet, linkTokenCreate.
    verb: isKeyed ? { effect: "writes", method: "POST" } : verbOf(/[A-Z][a-z]+$/u.exec(name)?.[0] ?? name),
    timeout: timeoutFact(timeout, "idle", noTimeout),
    idempotencyKey: isKeyed ? keyNamed("idempotency_key", call.argument(0)) : takesNoKey,
    options: { node: call.node, argument: 0 },
  });
}
