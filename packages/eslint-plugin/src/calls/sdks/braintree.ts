import { assignedTo } from "../client-instance.ts";
import type { LibraryDefinition } from "../library.ts";
import { timeoutFact } from "../request-reading.ts";
import { unknownFact } from "../fact.ts";
import { byDefault, isOnClient, operation, takesNoKey } from "../sdk-operation.ts";

/**
 * braintree. 60 s of silence end a request (braintree@3.40.0 lib/braintree/config.js:7, lib/braintree/http.js:187, measured); another time is assigned to
 * `gateway.config.timeout`. No retries, and no idempotency key in the API.
 */
export const braintree: LibraryDefinition = {
  name: "braintree",
  packages: ["braintree"],
  types: ["BraintreeGateway"],
  vendor: "Braintree",
  defaultTimeout: "60 s",
  interpret(call) {
    const [first, second] = call.path;
    if (!isOnClient(call)) {
      const makesOne = call.form === "new" ? first === "BraintreeGateway" : first === "connect";
      return makesOne && second === undefined ? { kind: "instance", options: call.argument(0), argument: 0 } : undefined;
    }
    if (second === undefined || first === "webhookNotification" || first === "webhookTesting" || first === "config") return undefined;
    return operation({
      call,
      label: `braintree.${call.path.join(".")}`,
      timeout: call.instance.passedIn
        ? unknownFact("the client is passed in")
        : timeoutFact(
            assignedTo(call.instance, "config", "timeout"),
            "idle",
            byDefault("braintree", { ms: 60_000, bounds: "idle" }, "60 s", "braintree@3.40.0 lib/braintree/config.js:7"),
          ),
      idempotencyKey: takesNoKey,
      options: { node: call.node, argument: 0 },
    });
  },
};
