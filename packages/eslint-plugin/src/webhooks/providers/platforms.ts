import type { Provider } from "../provider.ts";

/** `webhook-id`, `webhook-timestamp` and `webhook-signature`; standardwebhooks and svix accept five minutes, which no argument changes. */
export const standardWebhooks: Provider = {
  name: "Standard Webhooks",
  words: ["svix", "standardwebhooks"],
  carrier: { in: "header", names: ["svix-signature", "webhook-signature"] },
  signsTime: "yes",
  verifiers: [{ call: "Webhook.verify", payload: 0 }],
};

export const clerk: Provider = {
  name: "Clerk",
  words: ["clerk"],
  carrier: { in: "header", names: ["svix-signature"] },
  signsTime: "yes",
  verifiers: [{ call: "verifyWebhook" }],
};

export const resend: Provider = {
  name: "Resend",
  words: ["resend"],
  carrier: { in: "header", names: ["svix-signature"] },
  signsTime: "yes",
  verifiers: [],
};

export const slack: Provider = {
  name: "Slack",
  words: ["slack"],
  carrier: { in: "header", names: ["x-slack-signature"] },
  signsTime: "yes",
  verifiers: [{ call: "verifySlackRequest" }, { call: "isValidSlackRequest" }],
};

export const twilio: Provider = {
  name: "Twilio",
  words: ["twilio"],
  carrier: { in: "header", names: ["x-twilio-signature"] },
  signsTime: "no",
  verifiers: [
    { call: "validateRequest" },
    { call: "validateRequestWithBody" },
    { call: "validateExpressRequest" },
    { call: "twilio.webhook" },
  ],
};

export const github: Provider = {
  name: "GitHub",
  words: ["github"],
  carrier: { in: "header", names: ["x-hub-signature-256", "x-hub-signature"] },
  headers: ["x-github-event", "x-github-delivery"],
  signsTime: "no",
  verifiers: [
    { call: "webhooks.verify", payload: 0 },
    { call: "webhooks.verifyAndReceive" },
    { call: "createNodeMiddleware" },
    { call: "createWebMiddleware" },
  ],
};

export const gitlab: Provider = {
  name: "GitLab",
  words: ["gitlab"],
  carrier: { in: "header", names: ["x-gitlab-token"] },
  headers: ["x-gitlab-event"],
  signsTime: "no",
  verifiers: [],
};

export const shopify: Provider = {
  name: "Shopify",
  words: ["shopify"],
  carrier: { in: "header", names: ["x-shopify-hmac-sha256"] },
  headers: ["x-shopify-topic", "x-shopify-shop-domain"],
  signsTime: "no",
  verifiers: [
    { call: "authenticate.webhook" },
    { call: "webhooks.validate" },
    { call: "webhooks.process" },
    { call: "processWebhooks" },
    { call: "validateHmac" },
  ],
};

export const linear: Provider = {
  name: "Linear",
  words: ["linear"],
  carrier: { in: "header", names: ["linear-signature"] },
  signsTime: "no",
  verifiers: [],
};

export const sendgrid: Provider = {
  name: "SendGrid",
  words: ["sendgrid"],
  carrier: { in: "header", names: ["x-twilio-email-event-webhook-signature"] },
  signsTime: "no",
  verifiers: [{ call: "verifySignature" }],
};

export const meta: Provider = {
  name: "Meta",
  words: ["facebook", "whatsapp", "messenger", "instagram"],
  carrier: { in: "header", names: ["x-hub-signature-256", "x-hub-signature"] },
  signsTime: "no",
  verifiers: [],
};

export const mailgun: Provider = {
  name: "Mailgun",
  words: ["mailgun"],
  carrier: { in: "body", field: "signature" },
  signsTime: "no",
  verifiers: [],
};

/** `t=…,v1=…` as Stripe has it; @mux/mux-node accepts five minutes, which no argument changes. */
export const mux: Provider = {
  name: "Mux",
  words: ["mux"],
  carrier: { in: "header", names: ["mux-signature"] },
  signsTime: "yes",
  verifiers: [{ call: "webhooks.verifySignature", payload: 0 }],
};

export const telegram: Provider = {
  name: "Telegram",
  words: ["telegram"],
  carrier: { in: "header", names: ["x-telegram-bot-api-secret-token"] },
  signsTime: "no",
  verifiers: [],
};

/** Signed with Amazon's certificate, whose address is in the message; sns-validator@0.3 checks both. */
export const amazonSns: Provider = {
  name: "Amazon SNS",
  words: ["sns"],
  carrier: { in: "body", field: "Signature" },
  headers: ["x-amz-sns-message-type"],
  signsTime: "no",
  verifiers: [],
  asks: /(?:^|\.)validate\w*$/iu,
};
