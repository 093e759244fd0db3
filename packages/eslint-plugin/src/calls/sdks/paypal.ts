import { exponential } from "../backoff.ts";
import { type Fact, known, unknownFact } from "../fact.ts";
import type { LibraryCall, LibraryDefinition } from "../library.ts";
import type { RetryLayer } from "../outbound-call.ts";
import { noTimeout, timeoutFact } from "../request-reading.ts";
import { byDefault, clientGiven, isOnClient, keyNamed, operation, sdkRetries, takesNoKey } from "../sdk-operation.ts";
import { ABSENT, firstPresent, propertyAt, type Value } from "../value.ts";

/** Operations that take `paypalRequestId`; the second spellings are those of version 0. */
const keyed =
  /^(?:createOrder|captureOrder|authorizeOrder|captureAuthorizedPayment|refundCapturedPayment|reauthorizePayment|createSubscription|captureSubscription|createPaymentToken|ordersCreate|ordersCapture|ordersAuthorize|authorizationsCapture|capturesRefund|authorizationsReauthorize|paymentTokensCreate)$/u;

/**
 * \@paypal/paypal-server-sdk. No timeout (@paypal/paypal-server-sdk@2.5.0 src/defaultConfiguration.ts); no retries, and with `maxNumberOfRetries` alone none
 * either, since `maximumRetryWaitTime` is 0 s; of GET and PUT only (@apimatic/core lib/http/retryConfiguration.js, measured). `paypalRequestId` of the
 * argument becomes the header PayPal-Request-Id.
 */
export const paypal: LibraryDefinition = {
  name: "paypal",
  packages: ["@paypal/paypal-server-sdk"],
  types: ["Client", "*Controller"],
  vendor: "PayPal",
  defaultTimeout: "none",
  interpret(call) {
    if (isOnClient(call)) return request(call);
    const name = call.path.at(-1);
    if (name === undefined || call.form === "call") return undefined;
    if (name === "Client") return { kind: "instance", options: call.argument(0), argument: 0 };
    return name.endsWith("Controller") ? clientGiven(call, 0) : undefined;
  },
  plainRequest: ["getOrder"],
  write: {
    timeout: (ms) => ({ path: ["timeout"], code: String(ms) }),
    idempotencyKey: (value) => ({ path: ["paypalRequestId"], code: value }),
  },
};

function request(call: LibraryCall) {
  const [name, further] = call.path;
  if (name === undefined || further !== undefined || name === "withConfiguration") return undefined;
  const setting = (...path: string[]) => propertyAt(call.instance.options, path);
  const isKeyed = keyed.test(name);
  const place = { node: call.node, argument: 0 };
  return operation({
    call,
    label: `paypal.${name}`,
    ...(isKeyed && { verb: { effect: "writes", method: "POST" } as const }),
    timeout: timeoutFact(firstPresent(setting("httpClientOptions", "timeout"), setting("timeout")), "idle", noTimeout),
    retries: [retryLayer(call, setting)],
    idempotencyKey: isKeyed ? keyNamed("paypalRequestId", call.argument(0)) : takesNoKey,
    options: place,
  });
}

function retryLayer(call: LibraryCall, setting: (...path: string[]) => Value): RetryLayer {
  const option = (name: string) => setting("httpClientOptions", "retryConfig", name);
  const whenAbsent: Fact<number> = byDefault("paypal", 0, "no retries", "@paypal/paypal-server-sdk@2.5.0 src/defaultConfiguration.ts:20");
  return sdkRetries({
    by: paypal,
    call,
    // Without a time to wait for them, the retries that are asked for do not happen.
    count: option("maximumRetryWaitTime").kind === "absent" ? ABSENT : option("maxNumberOfRetries"),
    whenAbsent,
    repeats: option("httpMethodsToRetry").kind === "absent" ? ["GET", "PUT"] : "unknown",
    backoff:
      firstPresent(option("retryInterval"), option("backoffFactor")).kind === "absent"
        ? known(exponential({ firstMs: 1_000, factor: 2, jitter: true }))
        : unknownFact("a backoff of its own"),
    retryAfter: "honoured",
    options: { node: call.node, argument: 0 },
  });
}
