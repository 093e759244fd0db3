import { exponential } from "../backoff.ts";
import { type Fact, known, unknownFact } from "../fact.ts";
import type { LibraryCall, LibraryDefinition } from "../library.ts";
import type { Timeout } from "../outbound-call.ts";
import { settingOf } from "../request-reading.ts";
import { byDefault, isOnClient, keyNamed, operation, sdkRetries, takesNoKey } from "../sdk-operation.ts";
import { originOf, propertyOf, type Value } from "../value.ts";

/** Operations whose body has an `idempotencyKey`, of `SquareClient` and of the older `Client`. */
const keyed =
  /^(?:(?:payments|orders|customers|cards|invoices|subscriptions|giftCards|giftCards\.activities|bookings|terminal\.(?:checkouts|refunds|actions)|checkout\.paymentLinks|loyalty\.(?:accounts|rewards)|transferOrders)\.create|refunds\.refundPayment|orders\.(?:pay|clone)|invoices\.publish|loyalty\.accounts\.(?:accumulatePoints|adjust)|loyalty\.rewards\.redeem|\w+Api\.(?:createPayment|refundPayment|createOrder|payOrder|createCustomer|createCard|createInvoice|publishInvoice|createSubscription|createGiftCard|createGiftCardActivity|createBooking|createTerminalCheckout|createTerminalRefund|createPaymentLink))$/u;

/**
 * square. 60 s for each attempt, set in SECONDS (square@46.0.0 api/resources/payments/client/Client.js:137, measured). Two retries on 408, 429 and 5xx, of every
 * method, payments too; none on network errors (core/fetcher/requestWithRetries.js:17, measured). The key is a field of the body. Before 40 the client was
 * another one, `Client`, of which only the keys are known here.
 */
export const square: LibraryDefinition = {
  name: "square",
  packages: ["square", "square/legacy"],
  types: ["SquareClient", "Client"],
  vendor: "Square",
  defaultTimeout: "60 s",
  interpret(call) {
    const [first] = call.path;
    if (!isOnClient(call))
      return call.form === "new" && (first === "SquareClient" || first === "Client")
        ? { kind: "instance", options: call.argument(0), argument: 0 }
        : undefined;
    return call.path.length >= 2 && first !== "webhooks" ? request(call) : undefined;
  },
  plainRequest: ["locations", "list"],
  write: {
    timeout: (ms) => ({ path: ["timeoutInSeconds"], code: inSeconds(ms) }),
    retries: (count) => ({ path: ["maxRetries"], code: String(count) }),
    idempotencyKey: (value) => ({ path: ["idempotencyKey"], code: value }),
  },
};

function request(call: LibraryCall) {
  const name = call.path.join(".");
  const isKeyed = keyed.test(name);
  const place = { node: call.node, argument: 0 };
  const shared = {
    call,
    label: `square.${name}`,
    ...(isKeyed && { verb: { effect: "writes", method: "POST" } as const }),
    idempotencyKey: isKeyed ? keyNamed("idempotencyKey", call.argument(0)) : takesNoKey,
    options: place,
  };
  if (isOlder(call)) return operation({ ...shared, timeout: unknownFact("another client, of versions before 40") });
  const setting = (option: string) => settingOf((from) => propertyOf(from, option), call.argument(1), call.instance);
  return operation({
    ...shared,
    timeout: seconds(setting("timeoutInSeconds")),
    retries: [
      sdkRetries({
        by: square,
        call,
        count: setting("maxRetries"),
        whenAbsent: byDefault("square", 2, "2 retries", "square@46.0.0 core/fetcher/requestWithRetries.js:17"),
        repeats: "any",
        condition: "on 408, 429 and 5xx, any method",
        backoff: exponential({ firstMs: 1_000, factor: 2, maximumMs: 60_000, jitter: true }),
        retryAfter: "honoured",
        options: { node: call.node, argument: 1 },
      }),
    ],
  });
}

/** `client.paymentsApi` */
function isOlder({ path }: LibraryCall): boolean {
  return path[0]?.endsWith("Api") === true;
}

function seconds(value: Value): Fact<Timeout> {
  if (value.kind === "absent")
    return byDefault("square", { ms: 60_000, bounds: "headers" }, "60 s", "square@46.0.0 api/resources/payments/client/Client.js:137");
  if (value.kind !== "primitive" || typeof value.value !== "number") return unknownFact("the timeout is not a literal");
  const ms = value.value * 1000;
  return known(ms > 0 ? { ms, bounds: "headers", literalFor: inSeconds } : { bounds: "nothing" }, originOf(value));
}

function inSeconds(ms: number): string {
  return String(ms / 1000);
}
