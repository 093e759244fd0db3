import type { Provider, Tolerance } from "../provider.ts";

const stripeTolerance = { argument: 3, unit: "s", missing: 300, zero: "off" } as const;
const constructTolerance: Tolerance = { ...stripeTolerance, before: { package: "stripe", major: 23, missing: 300, zero: 300 } };
const headerTolerance: Tolerance = { ...stripeTolerance, before: { package: "stripe", major: 23, missing: "off", zero: "off" } };

/**
 * Signed events with the time in them. stripe@23.1.0 esm/Webhooks.js:20,76 take `tolerance ?? 300` and 0 for "any age"; stripe@22.6.2 esm/Webhooks.js:20,81
 * `tolerance || 300` in constructEvent, `tolerance || 0` in verifyHeader.
 */
export const stripe: Provider = {
  name: "Stripe",
  words: ["stripe"],
  carrier: { in: "header", names: ["stripe-signature"] },
  signsTime: "yes",
  verifiers: [
    { call: "webhooks.constructEvent", payload: 0, tolerance: constructTolerance },
    { call: "webhooks.constructEventAsync", payload: 0, tolerance: constructTolerance },
    { call: "signature.verifyHeader", payload: 0, tolerance: headerTolerance },
    { call: "signature.verifyHeaderAsync", payload: 0, tolerance: headerTolerance },
  ],
};

/** @paddle/paddle-node-sdk accepts five seconds and has no argument for it. */
export const paddle: Provider = {
  name: "Paddle",
  words: ["paddle"],
  carrier: { in: "header", names: ["paddle-signature"] },
  signsTime: "yes",
  verifiers: [
    { call: "webhooks.unmarshal", payload: 0 },
    { call: "webhooks.isSignatureValid", payload: 0 },
  ],
};

/** The JWT in the header says the hash of the body and, in `iat`, when it was sent. */
export const plaid: Provider = {
  name: "Plaid",
  words: ["plaid"],
  carrier: { in: "header", names: ["plaid-verification"] },
  signsTime: "yes",
  verifiers: [],
};

/** The time is a header, but no window is stated for it. */
export const paypal: Provider = {
  name: "PayPal",
  words: ["paypal"],
  carrier: { in: "header", names: ["paypal-transmission-sig"] },
  signsTime: "no",
  verifiers: [],
};

export const adyen: Provider = {
  name: "Adyen",
  words: ["adyen"],
  carrier: { in: "body", field: "additionalData.hmacSignature" },
  signsTime: "no",
  verifiers: [{ call: "validateHMAC" }, { call: "validateHMACSignature" }, { call: "validateBankingHMAC" }],
};

export const square: Provider = {
  name: "Square",
  words: ["square"],
  carrier: { in: "header", names: ["x-square-hmacsha256-signature"] },
  signsTime: "no",
  verifiers: [{ call: "WebhooksHelper.verifySignature" }, { call: "isValidWebhookEventSignature", payload: 0 }],
};

export const braintree: Provider = {
  name: "Braintree",
  words: ["braintree"],
  carrier: { in: "body", field: "bt_signature" },
  signsTime: "no",
  verifiers: [{ call: "webhookNotification.parse" }],
};

export const razorpay: Provider = {
  name: "Razorpay",
  words: ["razorpay"],
  carrier: { in: "header", names: ["x-razorpay-signature"] },
  signsTime: "no",
  verifiers: [{ call: "validateWebhookSignature", payload: 0 }],
};

export const checkout: Provider = {
  name: "Checkout.com",
  words: ["cko", "checkoutcom"],
  carrier: { in: "header", names: ["cko-signature"] },
  signsTime: "no",
  verifiers: [],
};

export const gocardless: Provider = {
  name: "GoCardless",
  words: ["gocardless"],
  // Standard Webhooks has the same header, with a webhook-id beside it.
  carrier: { in: "header", names: ["webhook-signature"] },
  signsTime: "no",
  verifiers: [{ call: "webhooks.parse", payload: 0 }],
};

export const wise: Provider = {
  name: "Wise",
  words: ["wise", "transferwise"],
  carrier: { in: "header", names: ["x-signature-sha256"] },
  signsTime: "no",
  verifiers: [],
};

export const lemonSqueezy: Provider = {
  name: "Lemon Squeezy",
  words: ["lemonsqueezy", "lemon"],
  carrier: { in: "header", names: ["x-signature"] },
  signsTime: "no",
  verifiers: [],
};

export const paystack: Provider = {
  name: "Paystack",
  words: ["paystack"],
  carrier: { in: "header", names: ["x-paystack-signature"] },
  signsTime: "no",
  verifiers: [],
};

export const flutterwave: Provider = {
  name: "Flutterwave",
  words: ["flutterwave"],
  carrier: { in: "header", names: ["verif-hash"] },
  signsTime: "no",
  verifiers: [],
};

/** Sends an id and nothing else; the payment is read from Mollie. */
export const mollie: Provider = {
  name: "Mollie",
  words: ["mollie"],
  carrier: { in: "none" },
  signsTime: "no",
  verifiers: [],
  asks: /(?:get|retrieve|find|fetch)\w*$/iu,
};

export const mercadoPago: Provider = {
  name: "Mercado Pago",
  words: ["mercadopago"],
  carrier: { in: "header", names: ["x-signature"] },
  signsTime: "no",
  verifiers: [],
  asks: /(?:get|retrieve|find|fetch|search)\w*$/iu,
};
