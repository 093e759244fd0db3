import type { LibraryCall, LibraryDefinition } from "../library.ts";
import { noTimeout, timeoutFact } from "../request-reading.ts";
import { isOnClient, operation, takesNoKey } from "../sdk-operation.ts";
import { ABSENT, type Value } from "../value.ts";

/**
 * \@sendgrid/mail. An axios client: no retries, and no timeout but what `setTimeout` sets for all that follow
 * (@sendgrid/mail@8.1.6 src/classes/mail-service.js:53, @sendgrid/client@8.1.6 src/classes/client.js:157, measured). The API takes no idempotency key.
 */
export const sendgrid: LibraryDefinition = {
  name: "sendgrid",
  packages: ["@sendgrid/mail"],
  types: ["MailService"],
  vendor: "SendGrid",
  defaultTimeout: "none",
  interpret(call) {
    const [name, further] = call.path;
    if (further !== undefined) return undefined;
    if (name === "MailService" && call.form === "new" && !isOnClient(call)) return { kind: "instance", options: ABSENT, argument: 0 };
    return name === "send" || name === "sendMultiple" ? request(call) : undefined;
  },
  plainRequest: ["send"],
};

function request(call: LibraryCall) {
  return operation({
    call,
    label: `sendgrid.${call.path.join(".")}`,
    verb: { effect: "writes", method: "POST" },
    host: "https://api.sendgrid.com",
    timeout: timeoutFact(timeoutSetting(call), "idle", noTimeout),
    idempotencyKey: takesNoKey,
    options: { node: call.node, argument: 0 },
  });
}

function timeoutSetting({ instance }: LibraryCall): Value {
  if (instance.passedIn) return instance.options;
  const set = instance.effects.findLast((effect) => effect.kind === "called" && effect.method === "setTimeout");
  return (set?.kind === "called" && set.arguments[0]) || ABSENT;
}
