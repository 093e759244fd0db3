import { exponential } from "../backoff.ts";
import { unknownFact } from "../fact.ts";
import type { LibraryCall, LibraryDefinition } from "../library.ts";
import type { RetryLayer } from "../outbound-call.ts";
import { timeoutFact } from "../request-reading.ts";
import { byDefault, isOnClient, operation, sdkRetries, takesNoKey } from "../sdk-operation.ts";
import { propertyAt, propertyOf, type Value } from "../value.ts";

/** Members that lead to a thing and send nothing. */
const ways = /^(?:bucket|file|notification|hmacKey)$/u;
const requests =
  /^(?:save|download|delete|exists|get|getMetadata|setMetadata|makePublic|makePrivate|copy|move|rename|rotateEncryptionKey|upload|combine|create|createBucket|getBuckets|getFiles|deleteFiles|getServiceAccount|setStorageClass|addLifecycleRule)$/u;

/**
 * \@google-cloud/storage 7 and 8. 60 s for each request (@google-cloud/storage@7.22.0 build/cjs/src/nodejs-common/util.js:81, measured). Three retries of reads; writes
 * only with a precondition, or under another `idempotencyStrategy` (build/cjs/src/storage.js:55, measured).
 */
export const googleStorage: LibraryDefinition = {
  name: "google-storage",
  packages: ["@google-cloud/storage"],
  types: ["Storage"],
  vendor: "Google Cloud",
  defaultTimeout: "60 s",
  interpret(call) {
    if (!isOnClient(call))
      return call.form === "new" && call.path.join(".") === "Storage"
        ? { kind: "instance", options: call.argument(0), argument: 0 }
        : undefined;
    const name = call.path.at(-1)!;
    if (ways.test(name)) return { kind: "value", value: { kind: "client", instance: call.instance, path: call.path, origin: call.origin } };
    return requests.test(name) ? request(call) : undefined;
  },
  plainRequest: ["getBuckets"],
  write: {
    timeout: (ms) => ({ path: ["timeout"], code: String(ms) }),
    retries: (count) => ({ path: ["retryOptions", "maxRetries"], code: String(count) }),
  },
};

function request(call: LibraryCall) {
  return operation({
    call,
    label: `storage.${call.path.join(".")}`,
    timeout: timeoutFact(
      propertyOf(call.instance.options, "timeout"),
      "attempt",
      byDefault(
        "google-storage",
        { ms: 60_000, bounds: "attempt" },
        "60 s",
        "@google-cloud/storage@7.22.0 build/cjs/src/nodejs-common/util.js:81",
      ),
    ),
    retries: [retryLayer(call)],
    idempotencyKey: takesNoKey,
    options: { node: call.node, argument: 0 },
  });
}

function retryLayer(call: LibraryCall): RetryLayer {
  const option = (name: string) => propertyAt(call.instance.options, ["retryOptions", name]);
  const source = "@google-cloud/storage@7.22.0 build/cjs/src/storage.js:60";
  const automatic = option("autoRetry");
  const isOff = automatic.kind === "primitive" && automatic.value === false;
  return sdkRetries({
    by: googleStorage,
    call,
    count: isOff ? { ...automatic, value: 0 } : option("maxRetries"),
    whenAbsent: byDefault("google-storage", 3, "3 retries", source),
    repeats: repeatsUnder(option("idempotencyStrategy")),
    backoff:
      option("retryDelayMultiplier").kind === "absent"
        ? exponential({ firstMs: 1_000, factor: 2, maximumMs: 64_000, jitter: true })
        : unknownFact("a backoff of its own"),
    options: { node: call.node, argument: 0 },
  });
}

function repeatsUnder(strategy: Value): RetryLayer["repeats"] {
  if (strategy.kind === "absent") return ["GET", "HEAD"];
  const name = strategy.kind === "reference" ? strategy.path.at(-1) : undefined;
  return name === "RetryAlways" ? "any" : name === "RetryNever" ? [] : name === "RetryConditional" ? ["GET", "HEAD"] : "unknown";
}
