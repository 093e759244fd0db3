import { unknownFact } from "../fact.ts";
import type { Interpretation, LibraryCall, LibraryDefinition } from "../library.ts";
import type { RetryLayer } from "../outbound-call.ts";
import { type Verb, verbOf } from "../operation-verb.ts";
import { byDefault, fetchTimeout, isOnClient, keyNamed, operation, sdkRetries, takesNoKey } from "../sdk-operation.ts";
import { ABSENT, propertyAt, propertyOf } from "../value.ts";

const publishing = /^(?:publish|enqueue)(?:JSON)?$/u;
/** What the client has besides its resources (`client.schedules.create`). */
const own = /^(?:publish|publishJSON|batch|batchJSON|enqueue|enqueueJSON|upsert|get|delete|pause|resume|request|events|logs)$/u;
/** `retries` and `timeout` of a message are the vendor's, for its deliveries. */
const source = "@upstash/qstash@2.12.0 chunk-F7X2AQ7W.mjs:1406";

/**
 * \@upstash/qstash. Five retries of network errors, of every method, exp(n) × 50 ms apart; no answer is repeated. No time limit but those of fetch, and no option
 * for one (@upstash/qstash@2.12.0 chunk-F7X2AQ7W.mjs:1451, measured). `deduplicationId` is the key of a message; deliveries are at least once with it and without,
 * so none is asked for.
 */
export const qstash: LibraryDefinition = {
  name: "qstash",
  packages: ["@upstash/qstash"],
  types: ["Client"],
  vendor: "Upstash",
  defaultTimeout: "300 s",
  interpret(call) {
    const [first = "", second] = call.path;
    if (!isOnClient(call))
      return call.form === "new" && first === "Client" && second === undefined
        ? { kind: "instance", options: call.argument(0), argument: 0 }
        : undefined;
    const name = call.path.at(-1)!;
    // `client.queue({ queueName })`
    if (name === "queue")
      return { kind: "value", value: { kind: "client", instance: call.instance, path: call.path, origin: call.origin } };
    return second !== undefined || own.test(first) ? request(call, name) : undefined;
  },
  plainRequest: ["schedules", "list"],
  write: { retries: (count) => ({ path: ["retry", "retries"], code: String(count) }) },
};

function request(call: LibraryCall, name: string): Interpretation {
  return operation({
    call,
    label: `qstash.${call.path.join(".")}`,
    verb: verbOfMessage(name),
    host: "https://qstash.upstash.io",
    timeout: fetchTimeout("qstash", ABSENT),
    retries: [retryLayer(call)],
    idempotencyKey: keyOf(call, name),
    options: { node: call.node, argument: 0 },
  });
}

function verbOfMessage(name: string): Verb {
  return publishing.test(name) || name.startsWith("batch") ? { effect: "writes", method: "POST" } : verbOf(name);
}

function keyOf(call: LibraryCall, name: string) {
  const key = publishing.test(name) ? keyNamed("deduplicationId", call.argument(0)) : takesNoKey;
  return key.kind !== "unknown" && key.value === undefined ? takesNoKey : key;
}

function retryLayer(call: LibraryCall): RetryLayer {
  const retry = propertyOf(call.instance.options, "retry");
  const isOff = retry.kind === "primitive" && retry.value === false;
  const backoff = propertyAt(call.instance.options, ["retry", "backoff"]);
  return sdkRetries({
    by: qstash,
    call,
    count: isOff ? { ...retry, value: 0 } : propertyAt(call.instance.options, ["retry", "retries"]),
    whenAbsent: byDefault("qstash", 5, "5 retries", source),
    repeats: "any",
    condition: "on network errors, any method",
    backoff:
      backoff.kind === "absent"
        ? { delayMs: (retryNumber) => Math.exp(retryNumber - 1) * 50, jitter: false }
        : unknownFact("a backoff of its own"),
    options: { node: call.node, argument: 0 },
  });
}
