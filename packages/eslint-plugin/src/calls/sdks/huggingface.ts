import type { LibraryCall, LibraryDefinition } from "../library.ts";
import type { RetryLayer } from "../outbound-call.ts";
import { settingOf } from "../request-reading.ts";
import { byDefault, fetchTimeout, isOnClient, operation, sdkRetries, takesNoKey } from "../sdk-operation.ts";
import { propertyOf, type Value } from "../value.ts";

/**
 * \@huggingface/inference. A 503 is repeated without end and without a wait, of every method, unless `retry_on_error` is false
 * (@huggingface/inference@4.13.30 dist/esm/utils/request.js:33, measured). No time limit but those of fetch; a `signal` of the call ends it. The API takes no
 * idempotency key.
 */
export const huggingface: LibraryDefinition = {
  name: "huggingface",
  packages: ["@huggingface/inference"],
  types: ["InferenceClient", "HfInference"],
  vendor: "Hugging Face",
  defaultTimeout: "300 s",
  interpret(call) {
    const [name, second] = call.path;
    if (name === undefined || second !== undefined) return undefined;
    if (isOnClient(call))
      return name === "endpoint"
        ? { kind: "value", value: { kind: "client", instance: call.instance, path: [], origin: call.origin } }
        : request(call, name);
    const makesOne = call.form === "new" && /^(?:InferenceClient|HfInference)$/u.test(name);
    return makesOne ? { kind: "instance", options: call.argument(1), argument: 1 } : undefined;
  },
};

function request(call: LibraryCall, name: string) {
  const setting = (option: string) => settingOf((from) => propertyOf(from, option), call.argument(1), call.instance);
  return operation({
    call,
    label: `huggingface.${name}`,
    verb: { effect: "unknown", method: "POST" },
    timeout: fetchTimeout("huggingface", setting("signal"), setting("fetch")),
    retries: [retryLayer(call, setting("retry_on_error"))],
    idempotencyKey: takesNoKey,
    options: { node: call.node, argument: 1 },
  });
}

function retryLayer(call: LibraryCall, repeats: Value): RetryLayer {
  const endless = byDefault("huggingface", Infinity, "endless retries", "@huggingface/inference@4.13.30 dist/esm/utils/request.js:33");
  return sdkRetries({
    by: huggingface,
    call,
    count: repeats.kind === "primitive" ? { ...repeats, value: repeats.value === false ? 0 : Infinity } : repeats,
    whenAbsent: endless,
    repeats: "any",
    condition: "on 503, any method",
    onlyRefused: true,
    backoff: { delayMs: () => 0, jitter: false },
    retryAfter: "ignored",
    options: { node: call.node, argument: 1 },
  });
}
