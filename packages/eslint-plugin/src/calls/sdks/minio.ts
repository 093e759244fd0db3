import { exponential } from "../backoff.ts";
import { unknownFact } from "../fact.ts";
import type { LibraryCall, LibraryDefinition } from "../library.ts";
import type { RetryLayer } from "../outbound-call.ts";
import { byDefault, isOnClient, noTimeoutBut, operation, sdkRetries, takesNoKey } from "../sdk-operation.ts";
import { propertyAt, propertyOf } from "../value.ts";

const requests =
  /^(?:f?(?:put|get)Object|getPartialObject|statObject|copyObject|composeObject|removeObjects?|removeIncompleteUpload|list\w+|makeBucket|removeBucket|bucketExists|(?:get|set|remove)(?:Bucket|Object)\w+|selectObjectContent)$/u;

/**
 * minio. No timeout, and no option for one. One retry on 408, 429, 499 and 5xx, of every method and not on network errors, with randomness
 * (minio@8.0.7 dist/esm/internal/request.mjs:40, measured); versions before 8.0.6 had none. The API takes no idempotency key.
 */
export const minio: LibraryDefinition = {
  name: "minio",
  packages: ["minio"],
  types: ["Client"],
  vendor: "MinIO",
  defaultTimeout: "none, and no option: limit each call from outside",
  interpret(call) {
    const [name = "", second] = call.path;
    if (second !== undefined) return undefined;
    if (isOnClient(call)) return requests.test(name) ? request(call, name) : undefined;
    return name === "Client" && call.form === "new" ? { kind: "instance", options: call.argument(0), argument: 0 } : undefined;
  },
  plainRequest: ["listBuckets"],
  write: { retries: (count) => ({ path: ["retryOptions", "maximumRetryCount"], code: String(count) }) },
};

function request(call: LibraryCall, name: string) {
  return operation({
    call,
    label: `minio.${name}`,
    timeout: noTimeoutBut(call, "transportAgent"),
    retries: [retryLayer(call)],
    idempotencyKey: takesNoKey,
    options: { node: call.node, argument: 0 },
  });
}

function retryLayer(call: LibraryCall): RetryLayer {
  const option = (name: string) => propertyAt(call.instance.options, ["retryOptions", name]);
  const disabled = option("disableRetry");
  const isOff = disabled.kind === "primitive" && disabled.value === true;
  const hasOwnDelays = [option("baseDelayMs"), option("maximumDelayMs")].some(({ kind }) => kind !== "absent");
  return sdkRetries({
    by: minio,
    call,
    count: isOff
      ? { ...disabled, value: 0 }
      : propertyOf(call.instance.options, "retryOptions").kind === "unknown"
        ? disabled
        : option("maximumRetryCount"),
    whenAbsent: byDefault("minio", 1, "1 retry", "minio@8.0.7 dist/esm/internal/request.mjs:18"),
    repeats: "any",
    condition: "on 408, 429, 499 and 5xx, any method",
    backoff: hasOwnDelays ? unknownFact("delays of its own") : exponential({ firstMs: 200, factor: 2, maximumMs: 60_000, jitter: true }),
    retryAfter: "ignored",
    options: { node: call.node, argument: 0 },
  });
}
