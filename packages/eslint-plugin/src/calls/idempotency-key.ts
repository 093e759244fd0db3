import type { Fact } from "./fact.ts";
import { known, unknownFact } from "./fact.ts";
import type { HeaderMap, IdempotencyKey, RequestReading } from "./outbound-call.ts";
import { originOf, propertyOf, type Value } from "./value.ts";

/**
 * Headers that carry a key, in lower case: the IETF draft's (draft-ietf-httpapi-idempotency-key-header-07; Stripe, Adyen, Mollie and most others use it),
 * PayPal's, and spellings met in APIs of banks and card networks.
 */
const keyHeaders = [
  "idempotency-key",
  "x-idempotency-key",
  "paypal-request-id",
  "x-idempotence-key",
  "idempotence-key",
  "x-amz-client-token",
];
/** Fields of a body that do: Square and Plaid name it so, and Wise the last one (docs.wise.com, "Create a transfer"). */
const keyFields = ["idempotency_key", "idempotencyKey", "clientToken", "client_token", "customerTransactionId"];

export function isKeyHeader(name: string): boolean {
  return keyHeaders.includes(name.toLowerCase());
}

/** The key of a request, from its headers or its body; undefined when both are seen and neither has one. */
export function keyOf({ headers, body }: Pick<RequestReading, "headers" | "body">): Fact<IdempotencyKey | undefined> {
  const header = keyInHeaders(headers, keyHeaders);
  if (header.kind === "known" && header.value) return header;
  const field = keyInBody(body);
  if (field.kind === "known" && field.value) return field;
  return header.kind === "unknown" ? header : field;
}

/** A key under one of these header names (lower case). */
export function keyInHeaders(headers: Fact<HeaderMap>, names: readonly string[]): Fact<IdempotencyKey | undefined> {
  if (headers.kind === "unknown") return unknownFact(headers.why);
  for (const name of names) {
    const value = headers.value.get(name);
    if (value && value.kind !== "absent") return known({ carrier: name, origin: originOf(value), value });
  }
  return known(undefined);
}

/** A body that cannot be seen may hold one only where bodies do: its absence from the headers is then still worth saying. */
function keyInBody(body: Value): Fact<IdempotencyKey | undefined> {
  for (const field of keyFields) {
    const value = propertyOf(bodyObject(body), field);
    if (body.kind !== "unknown" && value.kind !== "absent" && value.kind !== "unknown")
      return known({ carrier: field, origin: originOf(value), value });
  }
  return known(undefined);
}

/** `JSON.stringify({ … })` is its argument. */
function bodyObject(body: Value): Value {
  return body.kind === "result" && body.callee.path.join(".") === "JSON.stringify" ? (body.arguments[0] ?? body) : body;
}
