import { type Fact, unknownFact } from "../fact.ts";
import type { LibraryCall, LibraryDefinition } from "../library.ts";
import type { ClientInstance } from "../client-instance.ts";
import type { RetryLayer } from "../outbound-call.ts";
import { noTimeout, timeoutFact } from "../request-reading.ts";
import { byDefault, isOnClient, operation, sdkRetries, takesNoKey } from "../sdk-operation.ts";
import { ABSENT, firstPresent, propertyAt, propertyOf, type Value } from "../value.ts";

/**
 * googleapis, and the packages of single APIs. No timeout; three retries, which are on by default (googleapis-common@8.0.3 build/src/apirequest.js:260, measured), of
 * GET HEAD PUT OPTIONS DELETE, as gaxios does them: without randomness, and with no regard for Retry-After.
 */
export const googleapis: LibraryDefinition = {
  name: "googleapis",
  packages: ["googleapis", "@googleapis/*"],
  vendor: "Google",
  defaultTimeout: "none",
  interpret(call) {
    if (isOnClient(call)) return call.path.length >= 2 ? request(call) : undefined;
    // `google.drive({ … })`, and `drive({ … })` of @googleapis/drive.
    const path = call.path[0] === "google" ? call.path.slice(1) : call.path;
    const [name = "", second] = path;
    const service = call.module.startsWith("@googleapis/") ? call.module.slice("@googleapis/".length) : name;
    const makesOne =
      call.form === "call" && second === undefined && name === service && !/^(?:|auth|options|discover|getSupportedAPIs)$/u.test(name);
    const options = call.argument(0);
    // `google.drive("v3")`
    return makesOne ? { kind: "instance", options: options.kind === "primitive" ? ABSENT : options, argument: 0 } : undefined;
  },
  write: {
    timeout: (ms) => ({ path: ["timeout"], code: String(ms) }),
    retries: (count) => ({ path: ["retryConfig", "retry"], code: String(count) }),
  },
};

function request(call: LibraryCall) {
  const settings = [call.argument(1), call.instance.options, ...globalOptions(call.instance)];
  const setting = (...path: string[]) => firstPresent(...settings.map((from) => propertyAt(from, path)));
  return operation({
    call,
    label: `google.${call.path.join(".")}`,
    timeout: timeoutFact(setting("timeout"), "attempt", noTimeout),
    retries: [retryLayer(call, setting)],
    idempotencyKey: takesNoKey,
    options: { node: call.node, argument: 1 },
  });
}

/** `google.options({ timeout: 300 })` holds for every API. */
function globalOptions({ parent }: ClientInstance): Value[] {
  const set = parent?.effects.findLast((effect) => effect.kind === "called" && effect.method === "options");
  return set?.kind === "called" ? [set.arguments[0] ?? ABSENT] : [];
}

function retryLayer(call: LibraryCall, setting: (...path: string[]) => Value): RetryLayer {
  const retry = setting("retry");
  const isOff = retry.kind === "primitive" && retry.value === false;
  const standard: Fact<number> = byDefault("googleapis", 3, "3 retries", "googleapis-common@8.0.3 build/src/apirequest.js:260");
  return sdkRetries({
    by: googleapis,
    call,
    count: isOff ? { ...retry, value: 0 } : retry.kind === "unknown" ? retry : setting("retryConfig", "retry"),
    whenAbsent: standard,
    repeats: ["GET", "HEAD", "PUT", "OPTIONS", "DELETE"],
    backoff:
      propertyOf(setting("retryConfig"), "retryDelay").kind === "absent"
        ? { delayMs: (retryNumber) => 100 + ((2 ** retryNumber - 1) / 2) * 1_000, jitter: false }
        : unknownFact("a backoff of its own"),
    retryAfter: "ignored",
    options: { node: call.node, argument: 1 },
  });
}
