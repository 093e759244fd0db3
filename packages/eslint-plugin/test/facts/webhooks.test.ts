import "@shopify/shopify-api/adapters/node";

import { createHmac } from "node:crypto";
import { createRequire } from "node:module";

import { hmacValidator } from "@adyen/api-library";
import { verifyWebhook } from "@clerk/backend/webhooks";
import Mux from "@mux/mux-node";
import { verify as verifyGitHub } from "@octokit/webhooks-methods";
import { Paddle } from "@paddle/paddle-node-sdk";
import { EventWebhook } from "@sendgrid/eventwebhook";
import { ApiVersion, shopifyApi } from "@shopify/shopify-api";
import { isValidSlackRequest } from "@slack/bolt";
import { parse as parseGoCardless } from "gocardless-nodejs/webhooks";
import Razorpay from "razorpay";
import { WebhooksHelper } from "square";
import { Webhook as StandardWebhook } from "standardwebhooks";
import Stripe from "stripe";
import { Webhook as SvixWebhook } from "svix";
import twilio from "twilio";
import { describe, expect, it } from "vitest";

const secret = "not-a-secret-of-anybody";
const whsec = `whsec_${Buffer.from(secret).toString("base64")}`;
const body = `{"id": "evt_1", "amount": 1.0}`;
/** The same content, other bytes. */
const reserialized = JSON.stringify(JSON.parse(body));

type Hash = "sha1" | "sha256";
const hmac = (content: string, encoding: "hex" | "base64" = "hex", hash: Hash = "sha256", key: string | Buffer = secret) =>
  createHmac(hash, key).update(content).digest(encoding);
const nowSeconds = () => Math.floor(Date.now() / 1_000);

interface Delivery {
  /** What is signed, and what comes in. */
  readonly signed: string;
  readonly body: string;
  /** Seconds since it was signed. */
  readonly age: number;
  /** Instead of a genuine one. */
  readonly signature?: string;
}

/** Gives a delivery to the library: "accepted" only when it says so. What it throws, resolves to and returns all count. */
type Receive = (delivery: Delivery) => unknown;

async function outcome(receive: Receive, { signed = body, ...delivery }: Partial<Delivery> = {}): Promise<"accepted" | "refused"> {
  try {
    return (await receive({ signed, body: signed, age: 0, ...delivery })) === false ? "refused" : "accepted";
  } catch {
    return "refused";
  }
}

const stripeHeader = ({ signed, age, signature }: Delivery) =>
  `t=${nowSeconds() - age},v1=${signature ?? hmac(`${nowSeconds() - age}.${signed}`)}`;
const standardHeaders = ({ signed, age, signature }: Delivery, prefix: "svix" | "webhook") => ({
  [`${prefix}-id`]: "msg_1",
  [`${prefix}-timestamp`]: String(nowSeconds() - age),
  [`${prefix}-signature`]: `v1,${signature ?? hmac(`msg_1.${nowSeconds() - age}.${signed}`, "base64")}`,
});
const shopify = shopifyApi({
  apiKey: "key",
  apiSecretKey: secret,
  apiVersion: ApiVersion.April25,
  hostName: "own.example",
  isEmbeddedApp: false,
  logger: { log: () => undefined },
});
const paddle = new Paddle("key");
const mux = new Mux({ tokenId: "id", tokenSecret: secret });

/** Verifiers that are given the body as it came. */
const ofBody: Readonly<Record<string, Receive>> = {
  "constructEvent of stripe (src/webhooks/providers/payments.ts)": (one) =>
    Stripe.webhooks.constructEvent(one.body, stripeHeader(one), secret),
  "verifyHeader of stripe (src/webhooks/providers/payments.ts)": (one) =>
    Stripe.webhooks.signature!.verifyHeader(one.body, stripeHeader(one), secret),
  "isSignatureValid of @paddle/paddle-node-sdk (src/webhooks/providers/payments.ts)": ({ signed, age, signature, ...one }) => {
    const sentAt = nowSeconds() - age;
    return paddle.webhooks.isSignatureValid(one.body, secret, `ts=${sentAt};h1=${signature ?? hmac(`${sentAt}:${signed}`)}`);
  },
  "verifySignature of @mux/mux-node (src/webhooks/providers/platforms.ts)": (one) =>
    mux.webhooks.verifySignature(one.body, { "mux-signature": stripeHeader(one) }, secret),
  "verifySignature of square (src/webhooks/providers/payments.ts)": ({ signed, signature, ...one }) => {
    const notificationUrl = "https://own.example/hooks";
    const signatureHeader = signature ?? hmac(notificationUrl + signed, "base64");
    return WebhooksHelper.verifySignature({ requestBody: one.body, signatureHeader, signatureKey: secret, notificationUrl });
  },
  "validateWebhookSignature of razorpay (src/webhooks/providers/payments.ts)": ({ signed, signature = hmac(signed), ...one }) =>
    Razorpay.validateWebhookSignature(one.body, signature, secret),
  "parse of gocardless-nodejs (src/webhooks/providers/payments.ts)": ({ signed, signature, ...one }) =>
    parseGoCardless(wrapped(one.body), secret, signature ?? hmac(wrapped(signed))),
  "verify of @octokit/webhooks-methods (src/webhooks/providers/platforms.ts)": ({ signed, signature = hmac(signed), ...one }) =>
    verifyGitHub(secret, one.body, `sha256=${signature}`),
  "validate of @shopify/shopify-api (src/webhooks/providers/platforms.ts)": async ({ signed, signature, ...one }) => {
    const headers = { ...shopifyHeaders, "x-shopify-hmac-sha256": signature ?? hmac(signed, "base64") };
    const rawRequest = { headers, method: "POST", url: "/" };
    return (await shopify.webhooks.validate({ rawBody: one.body, rawRequest: rawRequest as never, rawResponse: {} as never })).valid;
  },
  "isValidSlackRequest of @slack/bolt (src/webhooks/providers/platforms.ts)": ({ signed, age, signature, ...one }) => {
    const sentAt = nowSeconds() - age;
    const headers = {
      "x-slack-signature": `v0=${signature ?? hmac(`v0:${sentAt}:${signed}`)}`,
      "x-slack-request-timestamp": sentAt,
    };
    return isValidSlackRequest({ signingSecret: secret, body: one.body, headers });
  },
  "verify of standardwebhooks (src/webhooks/providers/platforms.ts)": (one) =>
    new StandardWebhook(whsec).verify(one.body, standardHeaders(one, "webhook")),
  "verify of svix (src/webhooks/providers/platforms.ts)": (one) => new SvixWebhook(whsec).verify(one.body, standardHeaders(one, "svix")),
  "verify of svix by the standard's headers (src/webhooks/providers/checks.ts)": (one) =>
    new SvixWebhook(whsec).verify(one.body, standardHeaders(one, "webhook")),
  "verifyWebhook of @clerk/backend (src/webhooks/providers/platforms.ts)": (one) => {
    const request = new Request("https://own.example/", { method: "POST", body: one.body, headers: standardHeaders(one, "svix") });
    return verifyWebhook(request, { signingSecret: whsec });
  },
};

const shopifyHeaders = {
  "x-shopify-topic": "orders/paid",
  "x-shopify-api-version": "2025-04",
  "x-shopify-shop-domain": "own.myshopify.com",
  "x-shopify-webhook-id": "1",
};

function wrapped(event: string): string {
  return `{"events": [${event}]}`;
}

describe.each(Object.entries(ofBody))("%s", (name, receive) => {
  it("accepts what was signed", async () => expect(await outcome(receive)).toBe("accepted"));

  it("refuses another body, another signature and none", async () => {
    expect(await outcome(receive, { body: body.replace("evt_1", "evt_2") })).toBe("refused");
    expect(await outcome(receive, { signature: "0".repeat(64) })).toBe("refused");
    expect(await outcome(receive, { signature: "" })).toBe("refused");
  });

  it("needs the bytes that came in", async () => expect(await outcome(receive, { body: reserialized })).toBe("refused"));

  const accepts = acceptedSeconds(name);
  it(`accepts ${accepts === undefined ? "any age" : `${accepts} s`}`, async () => {
    expect(await outcome(receive, { age: (accepts ?? 31_536_000) - 2 })).toBe("accepted");
    if (accepts !== undefined) expect(await outcome(receive, { age: accepts + 2 })).toBe("refused");
  });
});

/** As src/webhooks says; undefined where the library looks at no time. */
function acceptedSeconds(name: string): number | undefined {
  if (/^isSignatureValid/u.test(name)) return 5;
  return /^(?:constructEvent|verifyHeader|isValidSlackRequest|verifySignature of @mux|verify(?:Webhook)? of (?:standard|svix|@clerk))/u.test(
    name,
  )
    ? 300
    : undefined;
}

describe("the tolerance of stripe (src/webhooks/providers/payments.ts)", () => {
  const old = { signed: body, body, age: 3_600 };
  const withTolerance = (verify: "constructEvent" | "verifyHeader", tolerance: number): Receive =>
    verify === "constructEvent"
      ? (one) => Stripe.webhooks.constructEvent(one.body, stripeHeader(one), secret, tolerance)
      : (one) => Stripe.webhooks.signature!.verifyHeader(one.body, stripeHeader(one), secret, tolerance);

  it("is in seconds", async () => {
    for (const verify of ["constructEvent", "verifyHeader"] as const) {
      expect(await outcome(withTolerance(verify, 3_700), old)).toBe("accepted");
      expect(await outcome(withTolerance(verify, 3_500), old)).toBe("refused");
    }
  });

  it("of 0 is off from version 23 on", async () => {
    expect(await outcome(withTolerance("constructEvent", 0), old)).toBe("accepted");
    expect(await outcome(withTolerance("verifyHeader", 0), old)).toBe("accepted");
  });
});

describe("verifiers that answer later (src/webhooks/providers/checks.ts: runs)", () => {
  it.each(["isSignatureValid", "verifySignature of square", "verify of @octokit"])(
    "%s gives a promise, which is true without await",
    (start) => {
      const receive = Object.entries(ofBody).find(([name]) => name.startsWith(start))![1];
      const answer = receive({ signed: body, body, age: 0, signature: "0".repeat(64) });
      expect(answer).toBeInstanceOf(Promise);
      return expect(Promise.resolve(answer)).resolves.toBe(false);
    },
  );
});

describe("twilio (src/webhooks/providers/platforms.ts)", () => {
  const url = "https://own.example/hooks";
  const signature = hmac(`${url}Body1To2`, "base64", "sha1");

  it("signs the URL and the sorted fields, and no time", () => {
    expect(twilio.validateRequest(secret, signature, url, { To: "2", Body: "1" })).toBe(true);
    expect(twilio.validateRequest(secret, signature, url, { To: "2", Body: "other" })).toBe(false);
    expect(twilio.validateRequest(secret, signature, "http://own.example/hooks", { To: "2", Body: "1" })).toBe(false);
  });
});

describe("hmacValidator of @adyen/api-library (src/webhooks/providers/checks.ts)", () => {
  const key = Buffer.from(secret).toString("hex");
  const item = (additionalData: object) => ({
    amount: { currency: "EUR", value: 100 },
    eventCode: "AUTHORISATION",
    merchantAccountCode: "own",
    merchantReference: "order",
    pspReference: "psp",
    success: "true",
    additionalData,
  });
  const signature = hmac("psp::own:order:100:EUR:AUTHORISATION:true", "base64", "sha256", Buffer.from(key, "hex"));
  const isValid = (additionalData: object) => new hmacValidator().validateHMAC(item(additionalData) as never, key);

  it("takes a key in hex, and signs fields and no time", () => {
    expect(isValid({ hmacSignature: signature })).toBe(true);
    expect(isValid({ hmacSignature: signature.replace(/^./u, "_") })).toBe(false);
  });

  it("throws without a signature", () => expect(() => isValid({})).toThrow("hmacSignature"));
});

describe("verifySignature of @sendgrid/eventwebhook (src/webhooks/providers/checks.ts)", () => {
  const { Ecdsa, PrivateKey } = createRequire(createRequire(import.meta.url).resolve("@sendgrid/eventwebhook"))("starkbank-ecdsa") as {
    Ecdsa: { sign(text: string, key: unknown): { toBase64(): string } };
    PrivateKey: new () => { publicKey(): { toPem(): string } };
  };
  const key = new PrivateKey();
  const publicKey = key
    .publicKey()
    .toPem()
    .replace(/-----[^-]+-----|\s/gu, "");
  const events = new EventWebhook();
  const verify = (text: string, sentAt: string) =>
    events.verifySignature(events.convertPublicKeyToECDSA(publicKey), text, Ecdsa.sign(`1${body}`, key).toBase64(), sentAt);

  it("signs the time and the body, and leaves the age to the caller", () => {
    expect(verify(body, "1")).toBe(true);
    expect(verify(body, "2")).toBe(false);
    expect(verify(reserialized, "1")).toBe(false);
  });
});

describe("braintree (src/webhooks/providers/payments.ts)", () => {
  const braintree = createRequire(import.meta.url)("braintree") as {
    Environment: { Sandbox: object };
    BraintreeGateway: new (config: object) => {
      webhookTesting: { sampleNotification(kind: string, id: string): { bt_signature: string; bt_payload: string } };
      webhookNotification: { parse(signature: string, payload: string): Promise<{ kind: string }> };
    };
  };
  const gateway = new braintree.BraintreeGateway({
    environment: braintree.Environment.Sandbox,
    merchantId: "m",
    publicKey: "p",
    privateKey: "k",
  });

  it("parses what is signed, and refuses the rest", async () => {
    const { bt_signature: signature, bt_payload: payload } = gateway.webhookTesting.sampleNotification("subscription_canceled", "1");
    expect(await gateway.webhookNotification.parse(signature, payload)).toMatchObject({ kind: "subscription_canceled" });
    await expect(gateway.webhookNotification.parse(signature, `${payload}A`)).rejects.toThrow();
  });
});
