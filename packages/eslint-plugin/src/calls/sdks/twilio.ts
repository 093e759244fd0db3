import { exponential } from "../backoff.ts";
import { type Fact, known, unknownFact } from "../fact.ts";
import type { LibraryCall, LibraryDefinition } from "../library.ts";
import type { Timeout } from "../outbound-call.ts";
import { byDefault, isOnClient, operation, sdkRetries, takesNoKey } from "../sdk-operation.ts";
import { ABSENT, originOf, propertyOf, type Value } from "../value.ts";

const requests = /^(?:create\w*|update|remove|fetch|list|each|page|getPage)$/u;

/**
 * twilio. 30 s, for 0 too (twilio@6.2.0 lib/base/RequestClient.js:63, measured). No retries unless `autoRetry`; then three on 429, of every method, and
 * `maxRetries: 0` means three as well (lib/base/RequestClient.js:66, measured). No idempotency key in the API.
 */
export const twilio: LibraryDefinition = {
  name: "twilio",
  packages: ["twilio"],
  types: ["Twilio"],
  vendor: "Twilio",
  defaultTimeout: "30 s",
  interpret(call) {
    const [first, second] = call.path;
    if (!isOnClient(call)) {
      const makesOne = first === undefined || (first === "Twilio" && second === undefined);
      return makesOne ? { kind: "instance", options: call.argument(2), argument: 2 } : undefined;
    }
    const name = call.path.at(-1)!;
    if (call.path.length >= 2 && requests.test(name)) return request(call);
    // `client.messages(sid)` is a way to `client.messages(sid).update(…)`.
    return { kind: "value", value: { kind: "client", instance: call.instance, path: call.path, origin: call.origin } };
  },
  plainRequest: ["messages", "list"],
  write: {
    timeout: (ms) => ({ path: ["timeout"], code: String(ms) }),
    retries: (count) => ({ path: ["maxRetries"], code: String(count) }),
  },
};

function request(call: LibraryCall) {
  const { options } = call.instance;
  const place = { node: call.node, argument: 0 };
  return operation({
    call,
    label: `twilio.${call.path.join(".")}`,
    host: "https://api.twilio.com",
    timeout: timeoutOf(propertyOf(options, "timeout")),
    retries: [
      sdkRetries({
        by: twilio,
        call,
        ...retriesOf(propertyOf(options, "autoRetry"), propertyOf(options, "maxRetries")),
        repeats: "any",
        condition: "on 429, any method",
        backoff: exponential({ firstMs: 200, factor: 2, maximumMs: 3_000, jitter: true }),
        retryAfter: "ignored",
        options: place,
      }),
    ],
    idempotencyKey: takesNoKey,
    options: place,
  });
}

function timeoutOf(value: Value): Fact<Timeout> {
  const standard = byDefault<Timeout>("twilio", { ms: 30_000, bounds: "idle" }, "30 s", "twilio@6.2.0 lib/base/RequestClient.js:45");
  if (value.kind === "absent" || (value.kind === "primitive" && !value.value)) return standard;
  if (value.kind !== "primitive" || typeof value.value !== "number") return unknownFact("the timeout is not a literal");
  return known({ ms: value.value, bounds: "idle" }, originOf(value));
}

function retriesOf(autoRetry: Value, maxRetries: Value): { count: Value; whenAbsent: Fact<number> } {
  const source = "twilio@6.2.0 lib/base/RequestClient.js:66";
  const isOff = autoRetry.kind === "absent" || (autoRetry.kind === "primitive" && !autoRetry.value);
  if (isOff) return { count: ABSENT, whenAbsent: byDefault("twilio", 0, "no retries", source) };
  if (autoRetry.kind !== "primitive") return { count: autoRetry, whenAbsent: unknownFact("autoRetry is not a literal") };
  const isUnset = maxRetries.kind === "primitive" && !maxRetries.value;
  return { count: isUnset ? ABSENT : maxRetries, whenAbsent: byDefault("twilio", 3, "3 retries", source) };
}
