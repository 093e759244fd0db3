import { describe, expect, it } from "vitest";

import { analyse, callsOf } from "./analyse-project.ts";

/** The calls of a snippet, and what they do. */
const read = (code: string) => callsOf({ "a.ts": code });
const effects = (code: string) => analyse({ "a.ts": code }).calls.map(({ label, effect }) => `${label} ${effect}`);

describe("stripe", () => {
  const imports = `import Stripe from "stripe";\n`;

  it("knows the defaults, and the key that it makes for each call that changes something", () => {
    expect(
      read(`${imports}const stripe = new Stripe(key); stripe.paymentIntents.create({ amount }); stripe.customers.retrieve(id);`),
    ).toEqual([
      "POST https://api.stripe.com/… 80000 ms (idle) stripe×2 key:Idempotency-Key",
      "GET https://api.stripe.com/… 80000 ms (idle) stripe×2",
    ]);
  });

  it("lets the call win over the client", () => {
    const code = `const stripe = new Stripe(key, { timeout: 1000, maxNetworkRetries: 5 });
stripe.refunds.create({ charge }, { idempotencyKey: id, timeout: 300 });
stripe.customers.update(id, { name }, { maxNetworkRetries: 1 });`;
    expect(read(imports + code)).toEqual([
      "POST https://api.stripe.com/… 300 ms (idle) stripe×5 key:idempotencyKey",
      "PUT https://api.stripe.com/… 1000 ms (idle) stripe×1 key:Idempotency-Key",
    ]);
  });

  it.each([
    `class A { constructor(private readonly stripe: Stripe) {} go() { return this.stripe.charges.create({}); } }`,
    `export const go = (stripe: Stripe) => stripe.charges.create({});`,
  ])("knows a client that is passed in, and nothing of its settings: %s", (code) => {
    expect(read(imports + code)).toEqual(["POST https://api.stripe.com/… ? stripe×? key:Idempotency-Key"]);
  });

  it("is made by a call too, and by a name", () => {
    expect(read(`const stripe = require("stripe")(key); stripe.charges.create({});`)).toHaveLength(1);
    expect(read(`import { Stripe } from "stripe"; new Stripe(key).charges.create({});`)).toHaveLength(1);
  });

  it("sends nothing for webhooks and errors", () => {
    expect(
      read(
        `${imports}const stripe = new Stripe(key); stripe.webhooks.constructEvent(body, header, secret); new Stripe.errors.StripeError();`,
      ),
    ).toEqual([]);
  });
});

describe.each([
  ["openai", `import OpenAI from "openai";\n`, "OpenAI", "chat.completions.create", "https://api.openai.com"],
  ["anthropic", `import Anthropic from "@anthropic-ai/sdk";\n`, "Anthropic", "messages.create", "https://api.anthropic.com"],
])("%s", (name, imports, type, method, host) => {
  it("knows the defaults", () => {
    expect(read(`${imports}new ${type}().${method}({ model });`)).toEqual([`POST ${host}/… 600000 ms (headers) ${name}×2 key:?`]);
  });

  it("takes options of the call, of the client, and of one that is made from it", () => {
    const code = `const client = new ${type}({ timeout: 1000, maxRetries: 0 });
client.${method}({ model }, { timeout: 300 });
client.withOptions({ maxRetries: 1 }).${method}({ model });
client.${method}({ model }, { signal: AbortSignal.timeout(200) });`;
    expect(read(imports + code)).toEqual([
      `POST ${host}/… 300 ms (headers) ${name}×0 key:?`,
      `POST ${host}/… 1000 ms (headers) ${name}×1 key:?`,
      `POST ${host}/… 200 ms (total) ${name}×0 key:?`,
    ]);
  });

  it("knows a client that is passed in", () => {
    expect(read(`${imports}export const go = (client: ${type}) => client.${method}({ model });`)).toEqual([
      `POST ${host}/… ? ${name}×? key:?`,
    ]);
  });
});

describe("adyen", () => {
  const imports = `import { CheckoutAPI, Client, Config, ModificationApi } from "@adyen/api-library";\n`;

  it("follows a client into its APIs, and takes the key from the options of the call", () => {
    const code = `const client = new Client({ apiKey, environment: "TEST" }); const checkout = new CheckoutAPI(client);
checkout.PaymentsApi.payments({ amount }); checkout.PaymentsApi.payments({ amount }, { idempotencyKey: id });
checkout.ModificationsApi.captureAuthorisedPayment(reference, { amount }); checkout.PaymentsApi.paymentMethods({ merchantAccount });`;
    expect(read(imports + code)).toEqual([
      "POST an upstream 30000 ms (idle)",
      "POST an upstream 30000 ms (idle) key:idempotencyKey",
      "POST an upstream 30000 ms (idle)",
      "? an upstream 30000 ms (idle) key:?",
    ]);
  });

  it("knows every way to set its timeout", () => {
    const pay = `new CheckoutAPI(client).PaymentsApi.payments({}, { idempotencyKey: id, timeout: 100 });`;
    const bound = (code: string) => read(`${imports}${code}\n${pay}`);
    const answer = ["POST an upstream 300 ms (idle) key:idempotencyKey"];
    expect(bound(`const client = new Client({ connectionTimeoutMillis: 300 });`)).toEqual(answer);
    expect(bound(`const client = new Client({}); client.setTimeouts(300);`)).toEqual(answer);
    expect(bound(`const client = new Client({ config: new Config({ connectionTimeoutMillis: 300 }) });`)).toEqual(answer);
  });

  it("knows nothing of a client that is passed in", () => {
    const code = `export class A { constructor(private readonly checkout: CheckoutAPI) {} pay() { return this.checkout.PaymentsApi.payments({}); } }
export const pay = (client) => new CheckoutAPI(client).PaymentsApi.payments({});`;
    expect(read(imports + code)).toEqual(["POST an upstream ?", "POST an upstream ?"]);
  });
});

describe("paypal", () => {
  const imports = `import { Client, OrdersController, PaymentsController } from "@paypal/paypal-server-sdk";\n`;

  it("takes the key from the argument, and the settings from the client", () => {
    const code = `const client = new Client({ httpClientOptions: { timeout: 300, retryConfig: { maxNumberOfRetries: 5, maximumRetryWaitTime: 60 } } });
const orders = new OrdersController(client);
orders.createOrder({ body }); orders.captureOrder({ id, paypalRequestId: key }); orders.getOrder({ id });
new PaymentsController(client).refundCapturedPayment({ captureId });`;
    expect(read(imports + code)).toEqual([
      "POST an upstream 300 ms (idle) paypal×5",
      "POST an upstream 300 ms (idle) paypal×5 key:paypalRequestId",
      "GET an upstream 300 ms (idle) paypal×5 key:?",
      "POST an upstream 300 ms (idle) paypal×5",
    ]);
  });

  it("has no timeout and no retries, also with a number of retries alone", () => {
    const code = `const client = new Client({ httpClientOptions: { retryConfig: { maxNumberOfRetries: 5 } } }); new OrdersController(client).getOrder({ id });`;
    expect(read(imports + code)).toEqual(["GET an upstream unbounded paypal×0 key:?"]);
  });
});

describe("square", () => {
  it("counts seconds, and takes the key from the body", () => {
    const code = `import { SquareClient } from "square"; const client = new SquareClient({ token, timeoutInSeconds: 5 });
client.payments.create({ sourceId }); client.payments.create({ sourceId, idempotencyKey: id }, { timeoutInSeconds: 1, maxRetries: 0 });
client.payments.list(); client.customers.update({ customerId }); client.refunds.refundPayment(body);`;
    expect(read(code)).toEqual([
      "POST an upstream 5000 ms (headers) square×2",
      "POST an upstream 1000 ms (headers) square×0 key:idempotencyKey",
      "GET an upstream 5000 ms (headers) square×2 key:?",
      "PUT an upstream 5000 ms (headers) square×2 key:?",
      "POST an upstream 5000 ms (headers) square×2 key:?",
    ]);
  });

  it("has 60 s and two retries by default", () => {
    expect(read(`import { SquareClient } from "square"; new SquareClient({ token }).locations.list();`)).toEqual([
      "GET an upstream 60000 ms (headers) square×2 key:?",
    ]);
  });

  it("knows the keys of the older client", () => {
    const code = `import { Client } from "square"; const { paymentsApi } = new Client({ accessToken }); paymentsApi.createPayment({ sourceId });`;
    expect(read(code)).toEqual(["POST an upstream ?"]);
  });
});

describe("braintree", () => {
  it("has 60 s, or what is assigned, no retries and no key", () => {
    const imports = `import braintree from "braintree"; const gateway = new braintree.BraintreeGateway({ merchantId });\n`;
    expect(read(`${imports}gateway.transaction.sale({ amount });`)).toEqual(["POST an upstream 60000 ms (idle) key:?"]);
    expect(read(`${imports}gateway.config.timeout = 300; gateway.clientToken.generate({});`)).toEqual([
      "POST an upstream 300 ms (idle) key:?",
    ]);
  });

  it("is made by a call too", () => {
    expect(read(`const braintree = require("braintree"); braintree.connect({}).transaction.find(id);`)).toEqual([
      "GET an upstream 60000 ms (idle) key:?",
    ]);
  });
});

describe("plaid", () => {
  const imports = `import { Configuration, PlaidApi } from "plaid";\n`;

  it("takes the settings of the configuration, and those of the call", () => {
    const code = `const configuration = new Configuration({ basePath, baseOptions: { headers, timeout: 1000 } });
const client = new PlaidApi(configuration);
client.transferRefundCreate({ amount }); client.transferRefundCreate({ amount, idempotency_key: id }); client.itemGet({ access_token }, { timeout: 300 });`;
    expect(read(imports + code)).toEqual([
      "POST an upstream 1000 ms (idle)",
      "POST an upstream 1000 ms (idle) key:idempotency_key",
      "GET an upstream 300 ms (idle) key:?",
    ]);
  });

  it("has no timeout by default", () => {
    expect(read(`${imports}new PlaidApi(new Configuration({ basePath })).linkTokenCreate({});`)).toEqual([
      "POST an upstream unbounded key:?",
    ]);
  });
});

describe("twilio", () => {
  const client = (options: string) => `import twilio from "twilio"; const client = twilio(sid, token, ${options});\n`;

  it("follows the ways to a resource", () => {
    expect(
      effects(
        `${client("{}")}client.messages.create({}); client.messages(id).update({}); client.verify.v2.services(id).verificationChecks.create({});`,
      ),
    ).toEqual([
      "twilio.messages.create writes",
      "twilio.messages.update writes",
      "twilio.verify.v2.services.verificationChecks.create writes",
    ]);
  });

  it.each([
    ["{}", "30000 ms (idle) twilio×0"],
    ["{ timeout: 300, maxRetries: 2 }", "300 ms (idle) twilio×0"],
    ["{ timeout: 0, autoRetry: true }", "30000 ms (idle) twilio×3"],
    ["{ autoRetry: true, maxRetries: 0 }", "30000 ms (idle) twilio×3"],
    ["{ autoRetry: true, maxRetries: 1 }", "30000 ms (idle) twilio×1"],
    ["{ autoRetry: on }", "30000 ms (idle) twilio×?"],
  ])("knows what %s does", (options, answer) => {
    expect(read(`${client(options)}client.messages.create({});`)).toEqual([`POST https://api.twilio.com/… ${answer} key:?`]);
  });

  it("sends nothing for its helpers", () => {
    expect(read(`import twilio from "twilio"; twilio.validateRequest(a, b, c, d); new twilio.twiml.VoiceResponse().say("x");`)).toEqual([]);
  });
});

describe("mollie", () => {
  it("makes keys for what it creates, and retries twice with no timeout", () => {
    const code = `import createMollieClient from "@mollie/api-client"; const mollie = createMollieClient({ apiKey });
mollie.payments.create({ amount }); mollie.payments.create({ amount, idempotencyKey: id }); mollie.payments.get(id);`;
    expect(read(code)).toEqual([
      "POST https://api.mollie.com/… unbounded mollie×2 key:Idempotency-Key",
      "POST https://api.mollie.com/… unbounded mollie×2 key:idempotencyKey",
      "GET https://api.mollie.com/… unbounded mollie×2 key:?",
    ]);
  });
});

describe("slack", () => {
  const imports = `import { retryPolicies, WebClient } from "@slack/web-api";\n`;

  it.each([
    ["", "unbounded slack×10"],
    [", { timeout: 300, retryConfig: { retries: 1 } }", "300 ms (attempt) slack×1"],
    [", { retryConfig: retryPolicies.fiveRetriesInFiveMinutes }", "unbounded slack×5"],
    [", { retryConfig: { minTimeout: 10 } }", "unbounded slack×10"],
    [", options", "? slack×?"],
  ])("knows what new WebClient(token%s) does", (options, answer) => {
    expect(read(`${imports}new WebClient(token${options}).chat.postMessage({ channel });`)).toEqual([
      `POST https://slack.com/… ${answer} key:?`,
    ]);
  });

  it("reads apiCall", () => {
    expect(effects(`${imports}const web = new WebClient(t); web.apiCall("conversations.list"); web.apiCall(method);`)).toEqual([
      "slack.conversations.list reads",
      "slack.apiCall unknown",
    ]);
  });
});

it("tells reading from changing by the operation's name", () => {
  const code = `import Stripe from "stripe"; const stripe = new Stripe(key);
stripe.customers.list(); stripe.customers.del(id); stripe.charges.capture(id); stripe.accounts.createLoginLink(id); stripe.topups.anything(id);`;
  expect(effects(code)).toEqual([
    "stripe.customers.list reads",
    "stripe.customers.del writes",
    "stripe.charges.capture writes",
    "stripe.accounts.createLoginLink writes",
    "stripe.topups.anything unknown",
  ]);
});
