import { maxTimeout } from "../../../src/rules/max-timeout.ts";
import { noUnsafeRetry } from "../../../src/rules/no-unsafe-retry.ts";
import { requireIdempotencyKey } from "../../../src/rules/require-idempotency-key.ts";
import { requireTimeout } from "../../../src/rules/require-timeout.ts";
import { type Case, runRule } from "../run-rule.ts";

const adyen = `import { CheckoutAPI, Client } from "@adyen/api-library";\n\nconst checkout = new CheckoutAPI(new Client({ apiKey, environment: "TEST" }));\n\n`;
const paypal = (options: string) =>
  `import { Client, OrdersController } from "@paypal/paypal-server-sdk";\n\nconst orders = new OrdersController(new Client(${options}));\n\n`;
const square = (options: string) => `import { SquareClient } from "square";\n\nconst square = new SquareClient(${options});\n\n`;
const plaid = (options: string) =>
  `import { Configuration, PlaidApi } from "plaid";\n\nconst plaid = new PlaidApi(new Configuration(${options}));\n\n`;
const mollie = `import createMollieClient from "@mollie/api-client";\n\nconst mollie = createMollieClient({ apiKey });\n\n`;
const braintree = `import braintree from "braintree";\n\nconst gateway = new braintree.BraintreeGateway({ merchantId });\n\n`;

runRule("require-timeout", requireTimeout, {
  silent: [
    { name: "adyen's default of 30 s", code: `${adyen}checkout.PaymentsApi.payments({});` },
    { name: "square's default of 60 s", code: `${square("{ token }")}square.payments.list();` },
    { name: "braintree's default of 60 s", code: `${braintree}gateway.transaction.sale({});` },
    { name: "paypal with a timeout", code: `${paypal("{ timeout: 300 }")}orders.getOrder({ id });` },
    { name: "plaid with a timeout", code: `${plaid("{ baseOptions: { timeout: 300 } }")}plaid.itemGet({});` },
    {
      name: "plaid's configuration that is made elsewhere",
      code: `import { PlaidApi } from "plaid"; export const plaid = (configuration) => new PlaidApi(configuration).itemGet({});`,
    },
    {
      name: "a controller that is passed in",
      code: `import { OrdersController } from "@paypal/paypal-server-sdk"; export const load = (orders: OrdersController) => orders.getOrder({ id });`,
    },
  ],
  reported: [
    { name: "paypal", code: `${paypal("{ environment }")}await orders.getOrder({ id });` },
    { name: "plaid", code: `${plaid("{ basePath, baseOptions: { headers } }")}await plaid.itemGet({ access_token });` },
    {
      name: "plaid's configuration that only other files use",
      code: `import { Configuration } from "plaid";\n\nexport const configuration = new Configuration({ basePath });`,
    },
    { name: "mollie", code: `${mollie}await mollie.payments.get(id);` },
  ],
});

runRule("max-timeout", maxTimeout, {
  silent: [{ name: "adyen's default, while nobody has set a budget", code: `${adyen}checkout.PaymentsApi.payments({});` }],
  reported: [
    { name: "square counts seconds", code: `${square("{ token, timeoutInSeconds: 30 }")}await square.payments.list();` },
    {
      name: "adyen's setTimeouts",
      code: `import { CheckoutAPI, Client } from "@adyen/api-library";\n\nconst client = new Client({ apiKey });\nclient.setTimeouts(10_000);\n\nawait new CheckoutAPI(client).PaymentsApi.payments({});`,
    },
    { name: "braintree's config", code: `${braintree}gateway.config.timeout = 10_000;\n\nawait gateway.transaction.sale({ amount });` },
  ],
});

const withKeys: Case[] = [
  { name: "adyen", code: `${adyen}checkout.PaymentsApi.payments({}, { idempotencyKey: id });` },
  {
    name: "adyen, with options that cannot be seen",
    code: `${adyen}export const pay = (request, options) => checkout.PaymentsApi.payments(request, options);`,
  },
  {
    name: "adyen's reads and sessions",
    code: `${adyen}checkout.PaymentsApi.paymentMethods({}); checkout.PaymentsApi.sessions({}); checkout.PaymentsApi.paymentsDetails({});`,
  },
  { name: "paypal", code: `${paypal("{}")}orders.captureOrder({ id, paypalRequestId: id });` },
  {
    name: "paypal, with an argument that cannot be seen",
    code: `${paypal("{}")}export const pay = (collect) => orders.createOrder(collect);`,
  },
  { name: "square", code: `${square("{ token }")}square.payments.create({ sourceId, idempotencyKey: id }); square.locations.create({});` },
  {
    name: "plaid",
    code: `${plaid("{}")}plaid.transferRefundCreate({ amount, idempotency_key: id }); plaid.linkTokenCreate({}); plaid.itemRemove({});`,
  },
  { name: "mollie makes its own", code: `${mollie}mollie.payments.create({}); mollie.refunds.create({});` },
  { name: "braintree takes none", code: `${braintree}gateway.transaction.sale({ amount });` },
];

runRule("require-idempotency-key", requireIdempotencyKey, {
  silent: withKeys,
  reported: [
    { name: "adyen", code: `${adyen}export const pay = (request: PaymentRequest) => checkout.PaymentsApi.payments(request);` },
    {
      name: "adyen's modifications, with a key in scope",
      code: `${adyen}export const capture = (reference: string, idempotencyKey: string) =>\n  checkout.ModificationsApi.captureAuthorisedPayment(reference, { merchantAccount, amount });`,
    },
    { name: "paypal", code: `${paypal("{ timeout: 300 }")}await orders.createOrder({ body, prefer: "return=minimal" });` },
    { name: "plaid", code: `${plaid("{}")}await plaid.transferRefundCreate({ transfer_id, amount });` },
  ],
});

runRule("no-unsafe-retry", noUnsafeRetry, {
  silent: withKeys,
  reported: [{ name: "square's own retries", code: `${square("{ token }")}await square.payments.create({ sourceId, amountMoney });` }],
});
