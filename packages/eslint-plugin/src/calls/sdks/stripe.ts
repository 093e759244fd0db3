import { exponential } from "../backoff.ts";
import { type Fact, known } from "../fact.ts";
import type { LibraryCall, LibraryDefinition } from "../library.ts";
import type { IdempotencyKey } from "../outbound-call.ts";
import { settingOf, timeoutFact } from "../request-reading.ts";
import { byDefault, isOnClient, keyNamed, lastOptions, operation, sdkRetries } from "../sdk-operation.ts";
import { verbOf } from "../operation-verb.ts";
import { ABSENT, propertyOf, type Value } from "../value.ts";

const optionNames = [
  "idempotencyKey",
  "timeout",
  "maxNetworkRetries",
  "stripeAccount",
  "stripeContext",
  "apiKey",
  "apiVersion",
  "host",
  "additionalHeaders",
];

/**
 * stripe. 80 s of silence end a request (stripe@23.1.0 esm/stripe.core.js:99). Two retries since 17, one since 13, none before; of connection errors, 409 and
 * 5xx, never of 429 (esm/RequestSender.js:253). A POST carries a key that the SDK makes once per call and keeps over its own retries (esm/RequestSender.js,
 * measured); before 23 it did so only with retries on. `maxNetworkRetries: 0` still repeats once on ECONNRESET and EPIPE.
 */
export const stripe: LibraryDefinition = {
  name: "stripe",
  packages: ["stripe"],
  types: ["Stripe"],
  vendor: "Stripe",
  defaultTimeout: "80 s",
  interpret(call) {
    const path = call.path[0] === "Stripe" ? call.path.slice(1) : call.path; // import { Stripe } from "stripe"
    if (path.length === 0) return { kind: "instance", options: call.argument(1), argument: 1 };
    const [resource] = path;
    if (!isOnClient(call) || path.length < 2 || resource === "webhooks" || resource === "errors") return undefined;
    return request(call, path);
  },
  plainRequest: ["balance", "retrieve"],
  write: {
    timeout: (ms) => ({ path: ["timeout"], code: String(ms) }),
    retries: (count) => ({ path: ["maxNetworkRetries"], code: String(count) }),
    idempotencyKey: (value) => ({ path: ["idempotencyKey"], code: value }),
  },
};

function request(call: LibraryCall, path: readonly string[]) {
  const { value: options, place } = lastOptions(call, optionNames);
  const setting = (name: string) => settingOf((from) => propertyOf(from, name), options, call.instance);
  const retries = sdkRetries({
    by: stripe,
    call,
    count: setting("maxNetworkRetries"),
    whenAbsent: defaultRetries(call.major),
    repeats: "any",
    backoff: exponential({ firstMs: 500, factor: 2, maximumMs: 5_000, jitter: true }),
    // It repeats no 429, and Stripe sends the header with nothing else.
    options: place,
  });
  return operation({
    call,
    label: `stripe.${path.join(".")}`,
    host: "https://api.stripe.com",
    timeout: timeoutFact(
      setting("timeout"),
      "idle",
      byDefault("stripe", { ms: 80_000, bounds: "idle" }, "80 s", "stripe@23.1.0 esm/stripe.core.js:99"),
    ),
    retries: [retries],
    idempotencyKey: keyOf(options, path.at(-1)!, retries.retries, call.major),
    options: place,
  });
}

function defaultRetries(major = 23): Fact<number> {
  const count = major >= 17 ? 2 : major >= 13 ? 1 : 0;
  return byDefault("stripe", count, `${count} ${count === 1 ? "retry" : "retries"}`, "stripe@23.1.0 esm/stripe.core.js:179");
}

/** Without one of the caller's own, the SDK makes it for every call that changes something. */
function keyOf(options: Value, name: string, retries: Fact<number>, major = 23): Fact<IdempotencyKey | undefined> {
  const own = keyNamed("idempotencyKey", options);
  if (own.kind === "unknown" || own.value !== undefined || verbOf(name).effect === "reads") return own;
  if (retries.kind === "unknown" && major < 23) return { kind: "unknown", why: "the SDK makes a key when it retries" };
  const makesOne = major >= 23 || (retries.kind !== "unknown" && retries.value > 0);
  return known(makesOne ? { carrier: "Idempotency-Key", origin: undefined, value: ABSENT, madeByLibrary: "once per call" } : undefined);
}
