import type { Provider } from "../provider.ts";
import * as payments from "./payments.ts";
import * as platforms from "./platforms.ts";

/** Code that lets a request pass only if the provider sent it. */
export interface SignatureCheck {
  /** "constructEvent of stripe", "node:crypto" */
  readonly by: string;
  readonly module: string;
  /** What the code uses of the module; `default` is the module as a whole, under `as`. */
  readonly imports: { readonly names: readonly string[] } | { readonly default: string };
  /** Whether the code awaits. */
  readonly runs: "at once" | "async";
  /** Names that the code declares. */
  readonly declares: readonly string[];
  code(parts: CheckParts): readonly string[];
}

/** The pieces of a handler that a check is made of, as code. */
export interface CheckParts {
  /** A string or a Buffer. */
  readonly rawBody: string;
  /** The name under which something of the module was imported. */
  local(name: string): string;
  /** A header of the request as a string, "" without it. */
  header(name: string): string;
  /** `process.env.STRIPE_WEBHOOK_SECRET` */
  environment(name: string): string;
  /** Statements that answer in the framework's way and leave the handler. */
  readonly reject: readonly string[];
}

/** What checks the provider's signature, its own library first. Empty where a request says too little, as for PayPal, whose certificate has to be fetched. */
export function checksOf(provider: Provider): readonly SignatureCheck[] {
  return checks.get(provider) ?? [];
}

/** HMACs of the body. Razorpay's and GoCardless's libraries do the same, the former with `===` (razorpay@2.9.8 dist/utils/razorpay-utils.js). */
const macs: readonly (readonly [Provider, Mac])[] = [
  [platforms.github, { header: "x-hub-signature-256", algorithm: "sha256", encoding: "hex", prefix: "sha256=", vendor: "GITHUB" }],
  [platforms.meta, { header: "x-hub-signature-256", algorithm: "sha256", encoding: "hex", prefix: "sha256=", vendor: "META" }],
  [platforms.shopify, { header: "x-shopify-hmac-sha256", algorithm: "sha256", encoding: "base64", vendor: "SHOPIFY" }],
  [platforms.linear, { header: "linear-signature", algorithm: "sha256", encoding: "hex", vendor: "LINEAR" }],
  [payments.razorpay, { header: "x-razorpay-signature", algorithm: "sha256", encoding: "hex", vendor: "RAZORPAY" }],
  [payments.checkout, { header: "cko-signature", algorithm: "sha256", encoding: "hex", vendor: "CHECKOUT" }],
  [payments.gocardless, { header: "webhook-signature", algorithm: "sha256", encoding: "hex", vendor: "GOCARDLESS" }],
  [payments.lemonSqueezy, { header: "x-signature", algorithm: "sha256", encoding: "hex", vendor: "LEMONSQUEEZY" }],
  [payments.paystack, { header: "x-paystack-signature", algorithm: "sha512", encoding: "hex", vendor: "PAYSTACK" }],
];

/** Senders that only repeat a secret. */
const tokens: readonly (readonly [Provider, { readonly header: string; readonly vendor: string }])[] = [
  [platforms.gitlab, { header: "x-gitlab-token", vendor: "GITLAB" }],
  [platforms.telegram, { header: "x-telegram-bot-api-secret-token", vendor: "TELEGRAM" }],
  [payments.flutterwave, { header: "verif-hash", vendor: "FLUTTERWAVE" }],
];

const stripe: SignatureCheck = {
  by: "constructEvent of stripe",
  module: "stripe",
  imports: { default: "Stripe" },
  runs: "at once",
  declares: [],
  code: ({ rawBody, local, header, environment, reject }) => [
    "try {",
    `  ${local("Stripe")}.webhooks.constructEvent(${rawBody}, ${header("stripe-signature")}, ${environment("STRIPE_WEBHOOK_SECRET")});`,
    ...refusedOnError(reject),
  ],
};

const octokit: SignatureCheck = {
  by: "verify of @octokit/webhooks-methods",
  module: "@octokit/webhooks-methods",
  imports: { names: ["verify"] },
  runs: "async",
  declares: ["signature"],
  code: ({ rawBody, local, header, environment, reject }) => [
    `const signature = ${header("x-hub-signature-256")};`,
    ...refused(
      `if (!signature || !(await ${local("verify")}(${environment("GITHUB_WEBHOOK_SECRET")}, String(${rawBody}), signature)))`,
      reject,
    ),
  ],
};

const slack = answeredBy({
  by: "isValidSlackRequest of @slack/bolt",
  module: "@slack/bolt",
  name: "isValidSlackRequest",
  runs: "at once",
  answer: "isFromSlack",
  given: ({ rawBody, header, environment }) => [
    `signingSecret: ${environment("SLACK_WEBHOOK_SECRET")},`,
    `body: String(${rawBody}),`,
    "headers: {",
    `  "x-slack-signature": ${header("x-slack-signature")},`,
    `  "x-slack-request-timestamp": Number(${header("x-slack-request-timestamp")}),`,
    "},",
  ],
});

const square = answeredBy({
  by: "verifySignature of square",
  module: "square",
  name: "WebhooksHelper",
  member: "verifySignature",
  runs: "async",
  answer: "isFromSquare",
  given: ({ rawBody, header, environment }) => [
    `requestBody: String(${rawBody}),`,
    `signatureHeader: ${header("x-square-hmacsha256-signature")},`,
    `signatureKey: ${environment("SQUARE_WEBHOOK_SECRET")},`,
    `notificationUrl: ${environment("SQUARE_WEBHOOK_URL")},`,
  ],
});

/** Its argument is the public key of the dashboard, not a secret. */
const sendgrid: SignatureCheck = {
  by: "verifySignature of @sendgrid/eventwebhook",
  module: "@sendgrid/eventwebhook",
  imports: { names: ["EventWebhook"] },
  runs: "at once",
  declares: ["eventWebhook", "publicKey", "signature", "sentAt"],
  code: ({ rawBody, local, header, environment, reject }) => [
    `const eventWebhook = new ${local("EventWebhook")}();`,
    `const publicKey = eventWebhook.convertPublicKeyToECDSA(${environment("SENDGRID_WEBHOOK_PUBLIC_KEY")});`,
    `const signature = ${header("x-twilio-email-event-webhook-signature")};`,
    `const sentAt = ${header("x-twilio-email-event-webhook-timestamp")};`,
    ...refused(`if (!signature || !eventWebhook.verifySignature(publicKey, ${rawBody}, signature, sentAt))`, reject),
  ],
};

/** The signature is made over fields of each item; one without a signature makes the validator throw. */
const adyen: SignatureCheck = {
  by: "hmacValidator of @adyen/api-library",
  module: "@adyen/api-library",
  imports: { names: ["hmacValidator"] },
  runs: "at once",
  declares: ["validator", "item"],
  code: ({ rawBody, local, environment, reject }) => [
    "try {",
    `  const validator = new ${local("hmacValidator")}();`,
    `  for (const { NotificationRequestItem: item } of JSON.parse(String(${rawBody})).notificationItems)`,
    `    if (!validator.validateHMAC(item, ${environment("ADYEN_WEBHOOK_SECRET")})) throw new Error("not from Adyen");`,
    ...refusedOnError(reject),
  ],
};

/** Standard Webhooks by the libraries that know it; the headers of Svix have other names and the same content. */
function standard(module: "svix" | "standardwebhooks", prefix: "svix" | "webhook", vendor: string): SignatureCheck {
  return {
    by: `verify of ${module}`,
    module,
    imports: { names: ["Webhook"] },
    runs: "at once",
    declares: [],
    code: ({ rawBody, local, header, environment, reject }) => [
      "try {",
      `  new ${local("Webhook")}(${environment(`${vendor}_WEBHOOK_SECRET`)}).verify(${rawBody}, {`,
      ...["id", "timestamp", "signature"].map((name) => `    "webhook-${name}": ${header(`${prefix}-${name}`)},`),
      "  });",
      ...refusedOnError(reject),
    ],
  };
}

interface AnsweredBy extends Pick<SignatureCheck, "by" | "module" | "runs"> {
  /** What is imported, and the member of it that is called. */
  readonly name: string;
  readonly member?: string;
  /** What the answer is called in the code. */
  readonly answer: string;
  /** The properties of its one argument. */
  given(parts: CheckParts): readonly string[];
}

/** A function of a library that is given one object and says yes or no. */
function answeredBy({ by, module, runs, name, member, answer, given }: AnsweredBy): SignatureCheck {
  return {
    by,
    module,
    runs,
    imports: { names: [name] },
    declares: [answer],
    code: (parts) => [
      `const ${answer} = ${runs === "async" ? "await " : ""}${[parts.local(name), ...(member ? [member] : [])].join(".")}({`,
      ...indented(given(parts)),
      "});",
      ...refused(`if (!${answer})`, parts.reject),
    ],
  };
}

function refused(condition: string, reject: readonly string[]): string[] {
  const [only, ...others] = reject;
  return others.length === 0 ? [`${condition} ${only}`] : [`${condition} {`, ...indented(reject), "}"];
}

/** Closes a `try`. */
function refusedOnError(reject: readonly string[]): string[] {
  return ["} catch {", ...indented(reject), "}"];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

interface Mac {
  readonly header: string;
  readonly algorithm: "sha256" | "sha512";
  readonly encoding: "hex" | "base64";
  readonly prefix?: string;
  /** Before `_WEBHOOK_SECRET`. */
  readonly vendor: string;
}

const crypto = { by: "node:crypto", module: "node:crypto", runs: "at once" } as const;

/** Compares `signature` and `expected`, buffers of the code. */
function isDifferent(local: CheckParts["local"]): string {
  return `signature.length !== expected.length || !${local("timingSafeEqual")}(signature, expected)`;
}

function expectedOf(digest: string, prefix: string): string {
  return `const expected = Buffer.from(${prefix ? `\`${prefix}\${${digest}}\`` : digest});`;
}

function mac({ header: name, algorithm, encoding, prefix = "", vendor }: Mac): SignatureCheck {
  return {
    ...crypto,
    imports: { names: ["createHmac", "timingSafeEqual"] },
    declares: ["signature", "expected"],
    code: ({ rawBody, local, header, environment, reject }) => {
      const digest = `${local("createHmac")}("${algorithm}", ${environment(`${vendor}_WEBHOOK_SECRET`)}).update(${rawBody}).digest("${encoding}")`;
      return [
        `const signature = Buffer.from(${header(name)});`,
        expectedOf(digest, prefix),
        ...refused(`if (${isDifferent(local)})`, reject),
      ];
    },
  };
}

interface TimedMac {
  readonly vendor: string;
  /** Declares `sentAt`, in seconds, and `given`, which is compared. */
  read(header: CheckParts["header"]): readonly string[];
  /** Before the body. */
  readonly signed: string;
  readonly prefix?: string;
}

/** Five minutes is what the providers' own libraries accept. */
function timedMac({ vendor, read, signed, prefix = "" }: TimedMac): SignatureCheck {
  return {
    ...crypto,
    imports: { names: ["createHmac", "timingSafeEqual"] },
    declares: ["sentAt", "given", "signature", "expected", "isFresh"],
    code: ({ rawBody, local, header, environment, reject }) => {
      const digest = `${local("createHmac")}("sha256", ${environment(`${vendor}_WEBHOOK_SECRET`)}).update(\`${signed}\`).update(${rawBody}).digest("hex")`;
      return [
        ...read(header),
        "const signature = Buffer.from(given);",
        expectedOf(digest, prefix),
        "const isFresh = Math.abs(Date.now() / 1000 - Number(sentAt)) <= 300;",
        ...refused(`if (!isFresh || ${isDifferent(local)})`, reject),
      ];
    },
  };
}

/** `t=1700000000,v1=9f86…` */
function fieldsOf(header: string, pattern: string): string[] {
  return [`const [, sentAt = "", given = ""] = ${pattern}.exec(${header}) ?? [];`];
}

function token({ header: name, vendor }: { readonly header: string; readonly vendor: string }): SignatureCheck {
  return {
    ...crypto,
    imports: { names: ["timingSafeEqual"] },
    declares: ["given", "expected"],
    code: ({ local, header, environment, reject }) => [
      `const given = Buffer.from(${header(name)});`,
      `const expected = Buffer.from(${environment(`${vendor}_WEBHOOK_SECRET`)});`,
      ...refused(`if (given.length !== expected.length || !${local("timingSafeEqual")}(given, expected))`, reject),
    ],
  };
}

const checks = new Map<Provider, readonly SignatureCheck[]>([
  ...macs.map(([provider, scheme]) => [provider, [mac(scheme)]] as const),
  ...tokens.map(([provider, scheme]) => [provider, [token(scheme)]] as const),
  [platforms.github, [octokit, mac(macs[0]![1])]],
  [
    payments.stripe,
    [
      stripe,
      timedMac({
        vendor: "STRIPE",
        read: (header) => fieldsOf(header("stripe-signature"), "/^t=(\\d+),v1=([0-9a-f]+)/"),
        signed: "${sentAt}.",
      }),
    ],
  ],
  // Its own library refuses what is older than five seconds (@paddle/paddle-node-sdk@3.10.0), which a queue on the way takes up.
  [
    payments.paddle,
    [
      timedMac({
        vendor: "PADDLE",
        read: (header) => fieldsOf(header("paddle-signature"), "/^ts=(\\d+);h1=([0-9a-f]+)/"),
        signed: "${sentAt}:",
      }),
    ],
  ],
  [
    platforms.slack,
    [
      slack,
      timedMac({
        vendor: "SLACK",
        read: (header) => [`const sentAt = ${header("x-slack-request-timestamp")};`, `const given = ${header("x-slack-signature")};`],
        signed: "v0:${sentAt}:",
        prefix: "v0=",
      }),
    ],
  ],
  [platforms.standardWebhooks, [standard("standardwebhooks", "webhook", "STANDARD"), standard("svix", "svix", "SVIX")]],
  [platforms.clerk, [standard("svix", "svix", "CLERK"), standard("standardwebhooks", "svix", "CLERK")]],
  [platforms.resend, [standard("svix", "svix", "RESEND"), standard("standardwebhooks", "svix", "RESEND")]],
  [platforms.sendgrid, [sendgrid]],
  [payments.square, [square]],
  [payments.adyen, [adyen]],
]);
