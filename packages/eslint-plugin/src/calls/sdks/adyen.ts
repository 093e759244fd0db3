import type { LibraryCall, LibraryDefinition } from "../library.ts";
import { verbOf, type Verb } from "../operation-verb.ts";
import { timeoutFact } from "../request-reading.ts";
import { byDefault, clientGiven, isOnClient, keyNamed, lastOptions, operation, takesNoKey } from "../sdk-operation.ts";
import { ABSENT, firstPresent, propertyAt, propertyOf, type Value } from "../value.ts";

/** Operations that are named by a thing, and make one. */
const creating = /^(?:payments|paymentLinks|donations|authorise|authorise3d|refund|capture|payout\w*|storeDetailAndSubmitThirdParty)$/u;

/**
 * \@adyen/api-library. 30 s of silence end a request (@adyen/api-library@32.1.0 lib/src/config.js:36); a `timeout` in the options of one request is overwritten
 * by the client's (lib/src/httpClient/httpURLConnectionClient.js:76, measured). No retries. `{ idempotencyKey }` in the options becomes the header.
 */
export const adyen: LibraryDefinition = {
  name: "adyen",
  packages: ["@adyen/api-library"],
  types: ["Client", "*API", "*Api"],
  vendor: "Adyen",
  defaultTimeout: "30 s",
  interpret(call) {
    if (isOnClient(call)) return request(call);
    const name = call.path.at(-1);
    if (name === undefined || call.form === "call") return undefined;
    if (name === "Client") return { kind: "instance", options: call.argument(0), argument: 0 };
    if (name === "Config" && call.arguments.length > 0) return { kind: "value", value: call.argument(0) };
    return /(?:API|Api)$/u.test(name) ? clientGiven(call, 0) : undefined;
  },
  write: {
    timeout: (ms) => ({ path: ["connectionTimeoutMillis"], code: String(ms) }),
    idempotencyKey: (value) => ({ path: ["idempotencyKey"], code: value }),
  },
};

function request(call: LibraryCall) {
  const name = call.path.at(-1);
  if (name === undefined || /^(?:set|get)(?:Timeouts|Environment|HttpClient|ApplicationName)|^httpClient$/u.test(name)) return undefined;
  const { value: options, place } = lastOptions(call, ["idempotencyKey", "headers", "timeout", "params"]);
  const verb = operationVerb(name);
  return operation({
    call,
    label: `adyen.${call.path.join(".")}`,
    verb,
    timeout: timeoutFact(
      timeoutSetting(call),
      "idle",
      byDefault("adyen", { ms: 30_000, bounds: "idle" }, "30 s", "@adyen/api-library@32.1.0 lib/src/config.js:36"),
    ),
    idempotencyKey: verb.method === "POST" ? keyNamed("idempotencyKey", options) : takesNoKey,
    options: place,
  });
}

function operationVerb(name: string): Verb {
  return creating.test(name) ? { effect: "writes", method: "POST" } : verbOf(name);
}

/** `client.setTimeouts(ms)`, or the option of the client, or of the `Config` that older versions take. */
function timeoutSetting({ instance }: LibraryCall): Value {
  const set = instance.effects.findLast((effect) => effect.kind === "called" && effect.method === "setTimeouts");
  const { options } = instance;
  return firstPresent(
    (set?.kind === "called" && set.arguments[0]) || ABSENT,
    propertyOf(options, "connectionTimeoutMillis"),
    propertyAt(options, ["config", "connectionTimeoutMillis"]),
  );
}
