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

  it.each([
    `let stripe: Stripe | null = null; export function getStripe() { if (!stripe) { stripe = new Stripe(key, { timeout: 300 }); } return stripe; }`,
    `let stripe; export const getStripe = () => { if (!key) throw new Error("no key"); stripe ??= new Stripe(key, { timeout: 300 }); return stripe; };`,
    `let stripe: Stripe | undefined = undefined; export function getStripe() { stripe = new Stripe(key, { timeout: 300 }); return stripe; }`,
  ])("follows a client that is made on first use: %s", (code) => {
    const made = `${imports}${code}`;
    const answer = ["POST https://api.stripe.com/… 300 ms (idle) stripe×2 key:Idempotency-Key"];
    expect(callsOf({ "a.ts": `import { getStripe } from "./stripe.ts";\ngetStripe().charges.create({});`, "stripe.ts": made })).toEqual(
      answer,
    );
  });

  it("does not take one of two clients for both", () => {
    const code = `let stripe = null; export function getStripe(live) { if (live) { return new Stripe(a); } stripe = new Stripe(b); return stripe; } getStripe(live).charges.create({});`;
    expect(read(imports + code)).toEqual([]);
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

describe("aws-sdk", () => {
  const imports = `import { S3, S3Client, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";\n`;
  const get = "client.send(new GetObjectCommand({ Bucket, Key }));";

  it("reads the commands of a client", () => {
    const code = `const client = new S3Client({}); client.send(new GetObjectCommand({ Bucket })); const command = new PutObjectCommand(input); client.send(command); client.send(other);
new S3({}).listBuckets({});`;
    expect(effects(imports + code)).toEqual([
      "AWS GetObject reads",
      "AWS PutObject writes",
      "A call of AWS unknown",
      "AWS ListBuckets reads",
    ]);
  });

  it.each([
    ["{}", "unbounded aws-sdk×2"],
    ["{ maxAttempts: 5 }", "unbounded aws-sdk×4"],
    ["{ maxAttempts: 1, requestHandler: { socketTimeout: 300 } }", "300 ms (idle) aws-sdk×0"],
    ["{ requestHandler: { requestTimeout: 300, throwOnRequestTimeout: true } }", "300 ms (headers) aws-sdk×2"],
    ["{ requestHandler: new NodeHttpHandler({ socketTimeout: 300 }) }", "300 ms (idle) aws-sdk×2"],
    ["{ requestHandler: { connectionTimeout: 300 } }", "unbounded aws-sdk×2"],
    ["{ requestHandler: new FetchHttpHandler() }", "? aws-sdk×2"],
    ["{ retryStrategy: strategy }", "unbounded aws-sdk×?"],
    ["options", "? aws-sdk×?"],
    // Of which version is not known: older ones end the request.
    ["{ requestHandler: { requestTimeout: 300 } }", "? aws-sdk×2"],
  ])("knows what new S3Client(%s) does", (options, answer) => {
    const handlers = `import { NodeHttpHandler } from "@smithy/node-http-handler"; import { FetchHttpHandler } from "@smithy/fetch-http-handler";\n`;
    expect(read(`${imports}${handlers}const client = new S3Client(${options}); ${get}`)).toEqual([`GET an upstream ${answer} key:?`]);
  });

  it("takes a signal of the call for its bound", () => {
    const code = `const client = new S3Client({}); client.send(new GetObjectCommand({}), { abortSignal: AbortSignal.timeout(300) });`;
    expect(read(imports + code)).toEqual(["GET an upstream 300 ms (total) aws-sdk×2 key:?"]);
  });

  it("knows what only warns by the version that is installed", () => {
    const manifest = (version: string) => ({ "node_modules/@aws-sdk/client-s3/package.json": JSON.stringify({ version }) });
    const code = `${imports}const client = new S3Client({ requestHandler: { requestTimeout: 300 } }); ${get}`;
    expect(callsOf({ "a.ts": code, ...manifest("3.1175.0") })).toEqual(["GET an upstream unbounded aws-sdk×2 key:?"]);
    expect(callsOf({ "a.ts": code, ...manifest("3.700.0") })).toEqual(["GET an upstream ? aws-sdk×2 key:?"]);
  });

  it("follows a document client, and a client that is passed in", () => {
    const code = `import { DynamoDBClient } from "@aws-sdk/client-dynamodb"; import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";
const client = DynamoDBDocumentClient.from(new DynamoDBClient({ maxAttempts: 2 })); client.send(new GetCommand({}));
export const load = (client: DynamoDBClient) => client.send(new GetCommand({}));`;
    expect(read(code)).toEqual(["GET an upstream unbounded aws-sdk×1 key:?", "GET an upstream ? aws-sdk×? key:?"]);
  });

  it("knows the tokens that the SDK fills", () => {
    const code = `import { SecretsManagerClient, CreateSecretCommand } from "@aws-sdk/client-secrets-manager"; const client = new SecretsManagerClient({});
client.send(new CreateSecretCommand({ Name })); client.send(new CreateSecretCommand({ Name, ClientRequestToken: id }));`;
    expect(analyse({ "a.ts": code }).calls.map(({ idempotencyKey: key }) => key.kind === "known" && key.value?.madeByLibrary)).toEqual([
      "once per call",
      undefined,
    ]);
  });
});

describe("google-storage", () => {
  const imports = `import { IdempotencyStrategy, Storage } from "@google-cloud/storage";\n`;

  it("follows buckets and files", () => {
    const code = `const storage = new Storage({ retryOptions: { maxRetries: 1 } }); storage.bucket(name).file(path).save(data);
const bucket = storage.bucket(name); bucket.getFiles();`;
    expect(read(imports + code)).toEqual([
      "? an upstream 60000 ms (attempt) google-storage×1 key:?",
      "GET an upstream 60000 ms (attempt) google-storage×1 key:?",
    ]);
  });

  it("knows how its retries are turned off", () => {
    expect(read(`${imports}new Storage({ timeout: 300, retryOptions: { autoRetry: false } }).getBuckets();`)).toEqual([
      "GET an upstream 300 ms (attempt) google-storage×0 key:?",
    ]);
  });
});

describe("googleapis", () => {
  it.each([
    [`import { google } from "googleapis"; const drive = google.drive({ version: "v3", auth });`, "unbounded googleapis×3"],
    [
      `import { drive as open } from "@googleapis/drive"; const drive = open({ version: "v3", timeout: 300, retry: false });`,
      "300 ms (attempt) googleapis×0",
    ],
    [
      `import { google } from "googleapis"; google.options({ timeout: 300 }); const drive = google.drive("v3");`,
      "300 ms (attempt) googleapis×3",
    ],
  ])("knows what %s does", (code, answer) => {
    expect(read(`${code} drive.files.list({});`)).toEqual([`GET an upstream ${answer} key:?`]);
  });

  it("sends nothing for its authentication", () => {
    expect(read(`import { google } from "googleapis"; const auth = new google.auth.GoogleAuth({}); google.auth.getClient();`)).toEqual([]);
  });
});

describe("octokit", () => {
  const issue = `octokit.rest.issues.create({ owner, repo, title });`;

  it.each([
    [`import { Octokit } from "@octokit/rest"; const octokit = new Octokit({ auth });`, "300000 ms (idle)"],
    [`import { Octokit } from "octokit"; const octokit = new Octokit({ auth });`, "300000 ms (idle) octokit×3"],
    [`import { Octokit } from "octokit"; const octokit = new Octokit({ retry: { enabled: false } });`, "300000 ms (idle)"],
    [`import { Octokit } from "octokit"; const octokit = new Octokit({ request: { retries: 1 } });`, "300000 ms (idle) octokit×1"],
    [
      `import { Octokit } from "@octokit/core"; import { retry } from "@octokit/plugin-retry"; const Mine = Octokit.plugin(retry); const octokit = new Mine();`,
      "300000 ms (idle) octokit×3",
    ],
    [`import { getOctokit } from "@actions/github"; const octokit = getOctokit(token);`, "300000 ms (idle)"],
    [`import { Octokit } from "@octokit/rest"; const octokit = new Octokit({ request: { fetch: mine } });`, "?"],
  ])("knows what %s does", (code, answer) => {
    expect(read(`${code} ${issue}`)).toEqual([`POST https://api.github.com/… ${answer} key:?`]);
  });

  it("reads routes and queries", () => {
    const code = `import { Octokit } from "@octokit/core"; const octokit = new Octokit();
octokit.request("GET /repos/{owner}/{repo}"); octokit.request("POST /repos/{owner}/{repo}/issues", { request: { signal: AbortSignal.timeout(300) } }); octokit.graphql("query { viewer { id } }");`;
    expect(effects(code)).toEqual(["octokit.request reads", "octokit.request writes", "octokit.graphql reads"]);
    expect(read(code)[1]).toBe("POST https://api.github.com/… 300 ms (total) key:?");
  });
});

describe("shopify", () => {
  const client = (options = "") =>
    `import { createAdminApiClient } from "@shopify/admin-api-client"; const client = createAdminApiClient({ storeDomain${options} });\n`;

  it("tells queries from mutations, and retries as often as it is told", () => {
    expect(effects(`${client()}client.request("query { shop { id } }"); client.request(\`mutation { a { id } }\`);`)).toEqual([
      "shopify.request reads",
      "shopify.request writes",
    ]);
    expect(
      read(
        `${client(", retries: 2")}client.request("query { a }"); client.request("query { a }", { retries: 1, signal: AbortSignal.timeout(300) });`,
      ),
    ).toEqual(["POST an upstream 300000 ms (idle) shopify×2 key:?", "POST an upstream 300 ms (total) shopify×1 key:?"]);
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

describe("resend", () => {
  it("takes the key from the options of a message, and a signal from those of any call", () => {
    const code = `import { Resend } from "resend"; const resend = new Resend(key);
resend.emails.send({ from }); resend.emails.send({ from }, { idempotencyKey: id }); resend.batch.send(mails, { signal: AbortSignal.timeout(300) });
resend.contacts.create({ email }); resend.domains.list(); resend.webhooks.verify({ payload });`;
    expect(read(code)).toEqual([
      "POST https://api.resend.com/… 300000 ms (idle)",
      "POST https://api.resend.com/… 300000 ms (idle) key:idempotencyKey",
      "POST https://api.resend.com/… 300 ms (total)",
      "POST https://api.resend.com/… 300000 ms (idle) key:?",
      "GET https://api.resend.com/… 300000 ms (idle) key:?",
    ]);
  });
});

describe("sendgrid", () => {
  it("sends by the package itself or by a service, with the timeout that is set", () => {
    const send = "POST https://api.sendgrid.com/…";
    expect(read(`import mail from "@sendgrid/mail"; mail.setApiKey(key); mail.send({ to });`)).toEqual([`${send} unbounded key:?`]);
    expect(read(`import mail from "@sendgrid/mail"; mail.setTimeout(300); mail.sendMultiple({ to });`)).toEqual([
      `${send} 300 ms (idle) key:?`,
    ]);
    const passedIn = `import { MailService } from "@sendgrid/mail"; const mail = new MailService(); mail.send({}); export const go = (given: MailService) => given.send({});`;
    expect(read(passedIn)).toEqual([`${send} unbounded key:?`, `${send} ? key:?`]);
  });
});

describe("qstash", () => {
  it.each([
    ["{ token }", "qstash×5"],
    ["{ token, retry: { retries: 1 } }", "qstash×1"],
    ["{ token, retry: false }", "qstash×0"],
    ["options", "qstash×?"],
  ])("knows what new Client(%s) does", (options, retries) => {
    const code = `import { Client } from "@upstash/qstash"; const client = new Client(${options}); client.publishJSON({ url, body, retries: 9 });`;
    expect(read(code)).toEqual([`POST https://qstash.upstash.io/… 300000 ms (idle) ${retries} key:?`]);
  });

  it("follows a queue, and reads the key of a message", () => {
    const code = `import { Client } from "@upstash/qstash"; const client = new Client({ token });
client.queue({ queueName }).enqueueJSON({ url, deduplicationId: id }); client.schedules.create({ cron }); client.messages.delete(id);`;
    expect(read(code)).toEqual([
      "POST https://qstash.upstash.io/… 300000 ms (idle) qstash×5 key:deduplicationId",
      "POST https://qstash.upstash.io/… 300000 ms (idle) qstash×5 key:?",
      "DELETE https://qstash.upstash.io/… 300000 ms (idle) qstash×5 key:?",
    ]);
  });

  it("sends nothing to verify a signature", () => {
    expect(read(`import { Receiver } from "@upstash/qstash"; new Receiver({ currentSigningKey }).verify({ signature });`)).toEqual([]);
  });
});

describe("notion", () => {
  const imports = `import { Client } from "@notionhq/client";\n`;

  it.each([
    ["{ auth }", "60000 ms (headers) notion×2"],
    ["{ auth, timeoutMs: 300, retry: { maxRetries: 5 } }", "300 ms (headers) notion×5"],
    ["{ auth, retry: false }", "60000 ms (headers) notion×0"],
    ["options", "? notion×?"],
  ])("knows what new Client(%s) does", (options, answer) => {
    expect(read(`${imports}new Client(${options}).pages.create({});`)).toEqual([`POST https://api.notion.com/… ${answer} key:?`]);
  });

  it("had no retries before 5", () => {
    const manifest = { "node_modules/@notionhq/client/package.json": JSON.stringify({ version: "4.0.2" }) };
    expect(callsOf({ "a.ts": `${imports}new Client({ auth }).search({});`, ...manifest })).toEqual([
      "GET https://api.notion.com/… 60000 ms (headers) notion×0 key:?",
    ]);
  });

  it("reads raw requests", () => {
    const code = `const client = new Client({}); client.users.me({}); client.request({ path, method: "get" }); client.request({ path, method: "post" }); client.request(given);`;
    expect(effects(imports + code)).toEqual([
      "notion.users.me reads",
      "notion.request reads",
      "notion.request unknown",
      "notion.request unknown",
    ]);
  });
});

describe("postmark", () => {
  it.each([
    ["", "180000 ms (attempt)"],
    [", { timeout: 5 }", "5000 ms (attempt)"],
    [", { timeout: 0 }", "60000 ms (attempt)"],
    [", options", "?"],
  ])("counts seconds: new ServerClient(token%s)", (options, timeout) => {
    const code = `import * as postmark from "postmark"; const client = new postmark.ServerClient(token${options}); client.sendEmail({ To });`;
    expect(read(code)).toEqual([`POST https://api.postmarkapp.com/… ${timeout} key:?`]);
  });
});

describe("minio", () => {
  it.each([
    ["{ endPoint }", "minio×1"],
    ["{ endPoint, retryOptions: { maximumRetryCount: 4 } }", "minio×4"],
    ["{ endPoint, retryOptions: { disableRetry: true } }", "minio×0"],
    ["options", "minio×?"],
    ["{ endPoint, transportAgent }", "minio×1"],
  ])("knows what new Client(%s) does", (options, retries) => {
    const timeout = options.startsWith("{") && !options.includes("Agent") ? "unbounded" : "?";
    expect(read(`import { Client } from "minio"; new Client(${options}).putObject(bucket, name, data);`)).toEqual([
      `PUT an upstream ${timeout} ${retries} key:?`,
    ]);
  });

  it("sends nothing to sign a URL", () => {
    expect(read(`import * as Minio from "minio"; new Minio.Client({}).presignedGetObject(bucket, name);`)).toEqual([]);
  });
});

describe("hubspot", () => {
  it("counts attempts, and knows the limiter that may be put on", () => {
    const imports = `import { Client } from "@hubspot/api-client";\n`;
    const create = "crm.contacts.basicApi.create({ properties });";
    expect(read(`${imports}new Client({ accessToken }).${create}`)).toEqual(["POST https://api.hubapi.com/… unbounded hubspot×0 key:?"]);
    expect(read(`${imports}new Client({ numberOfApiCallRetries: 6 }).crm.deals.searchApi.doSearch({});`)).toEqual([
      "POST https://api.hubapi.com/… unbounded hubspot×5 key:?",
    ]);
    expect(read(`${imports}export const add = (client: Client) => client.${create}`)).toEqual([
      "POST https://api.hubapi.com/… ? hubspot×? key:?",
    ]);
    const limits = analyse({
      "a.ts": `${imports}new Client({}).${create} new Client({ limiterOptions: { maxConcurrent: 3 } }).${create} new Client({ limiterOptions }).${create}`,
    }).calls.map(({ concurrency }) => (concurrency?.kind === "known" ? concurrency.value : concurrency?.kind));
    expect(limits).toEqual([undefined, 3, "unknown"]);
  });
});

describe("google-generative-ai", () => {
  it("takes options of the model and of the call, over a chat too", () => {
    const code = `import { GoogleGenerativeAI } from "@google/generative-ai"; const google = new GoogleGenerativeAI(key);
google.getGenerativeModel({ model }).generateContent(prompt); const model = google.getGenerativeModel({ model: name }, { timeout: 300 });
model.embedContent(text); model.startChat({ history }).sendMessage(text, { timeout: 200 }); model.startChat().getHistory();`;
    expect(read(code)).toEqual([
      "POST https://generativelanguage.googleapis.com/… 300000 ms (idle) key:?",
      "? https://generativelanguage.googleapis.com/… 300 ms (total) key:?",
      "POST https://generativelanguage.googleapis.com/… 200 ms (total) key:?",
    ]);
  });
});

describe("huggingface", () => {
  it.each([
    ["token", "", "huggingface×Infinity"],
    ["token, { retry_on_error: false }", "", "huggingface×0"],
    ["token", ", { retry_on_error: false }", "huggingface×0"],
    ["token", ", options", "huggingface×?"],
  ])("knows what new InferenceClient(%s) does with a call(input%s)", (client, options, retries) => {
    const code = `import { InferenceClient } from "@huggingface/inference"; new InferenceClient(${client}).textGeneration({ inputs }${options});`;
    expect(read(code)).toEqual([`POST an upstream ${options === ", options" ? "?" : "300000 ms (idle)"} ${retries} key:?`]);
  });
});

describe("azure-blob", () => {
  const imports = `import { BlobServiceClient, BlockBlobClient, ContainerClient } from "@azure/storage-blob";\n`;

  it.each([
    ["new BlobServiceClient(url, credential)", "azure-blob×3"],
    ["new BlobServiceClient(url, credential, { retryOptions: { maxTries: 2 } })", "azure-blob×1"],
    ["BlobServiceClient.fromConnectionString(text, { retryOptions: { maxTries: 1, tryTimeoutInMs: 300 } })", "azure-blob×0"],
    ["BlobServiceClient.fromConnectionString(text, options)", "azure-blob×?"],
  ])("knows what %s does", (service, retries) => {
    const code = `const container = ${service}.getContainerClient(name); container.getBlockBlobClient(blob).uploadData(data);`;
    expect(read(imports + code)).toEqual([`POST an upstream unbounded ${retries} key:?`]);
  });

  it("takes a signal of the call for its bound", () => {
    const code = `export const go = async (container: ContainerClient) => {
  const blob = container.getBlobClient(name); await blob.download(0, undefined, { abortSignal: AbortSignal.timeout(300) }); await blob.deleteIfExists({ abortSignal });
}`;
    expect(read(imports + code)).toEqual(["GET an upstream 300 ms (total) azure-blob×? key:?", "DELETE an upstream ? azure-blob×? key:?"]);
  });

  it("sends nothing to sign a URL or to make a client of one blob", () => {
    const code = `const blob = new BlockBlobClient(text, container, name); blob.generateSasUrl({}); blob.url; blob.upload(body, length);`;
    expect(read(imports + code)).toEqual(["POST an upstream unbounded azure-blob×? key:?"]);
  });
});

describe("google-gax", () => {
  it("knows only the timeout of a call: the others are its API's own", () => {
    const code = `import { CloudTasksClient } from "@google-cloud/tasks"; const client = new CloudTasksClient();
client.createTask({ parent: client.queuePath(a, b, c), task }); client.getQueue({ name }, { timeout: 300 }); client.close();`;
    expect(read(code)).toEqual(["POST an upstream ? google-gax×? key:?", "GET an upstream 300 ms (attempt) google-gax×? key:?"]);
  });
});

describe("zod-bird", () => {
  it("follows the functions that the client makes", () => {
    const code = `import { Tinybird } from "@chronark/zod-bird"; const client = new Tinybird({ token });
export const visits = client.buildPipe({ pipe: "visits" }); const record = client.buildIngestEndpoint({ datasource: "clicks" });
visits({ day }); record({ link });`;
    expect(read(code)).toEqual([
      "GET https://api.tinybird.co/… 300000 ms (idle) zod-bird×9 key:?",
      "POST https://api.tinybird.co/… 300000 ms (idle) zod-bird×9 key:?",
    ]);
    const client = { "client.ts": code };
    expect(callsOf({ "a.ts": `import { visits } from "./client.ts"; visits({ day });`, ...client })).toHaveLength(1);
  });
});

describe("vercel-blob", () => {
  it("takes a signal of the call for its bound", () => {
    const code = `import { del, list, put } from "@vercel/blob"; put(name, data, { access }); del(url, { abortSignal: AbortSignal.timeout(300) }); list();`;
    expect(read(code)).toEqual([
      "PUT https://vercel.com/api/blob/… 300000 ms (idle) vercel-blob×? key:?",
      "DELETE https://vercel.com/api/blob/… 300 ms (total) vercel-blob×? key:?",
      "GET https://vercel.com/api/blob/… 300000 ms (idle) vercel-blob×? key:?",
    ]);
  });
});
