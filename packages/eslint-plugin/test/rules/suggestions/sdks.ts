import type { SuggestionCase } from "./case.ts";

export const cases: readonly SuggestionCase[] = [
  {
    name: "stripe",
    from: ["require-timeout", "max-retries"],
    code: `import Stripe from "stripe";
const stripe = new Stripe("k", { timeout: 0, maxNetworkRetries: 5 });
export const pay = () => stripe.paymentIntents.create({ amount: 1, currency: "eur" });`,
  },
  {
    name: "p-retry around stripe",
    from: ["max-retries"],
    code: `import pRetry from "p-retry";
import Stripe from "stripe";
const stripe = new Stripe("k");
export const load = () => pRetry(() => stripe.customers.retrieve("c"), { retries: 2 });`,
  },
  {
    name: "adyen",
    from: ["require-idempotency-key"],
    code: `import { CheckoutAPI, Client, EnvironmentEnum, Types } from "@adyen/api-library";
const checkout = new CheckoutAPI(new Client({ apiKey: "k", environment: EnvironmentEnum.TEST }));
export const pay = (request: Types.checkout.PaymentRequest) => checkout.PaymentsApi.payments(request);
export const capture = (reference: string, request: Types.checkout.PaymentCaptureRequest) =>
  checkout.ModificationsApi.captureAuthorisedPayment(reference, { merchantAccount: "m", amount: request.amount });`,
  },
  {
    name: "paypal",
    from: ["require-timeout", "require-idempotency-key"],
    code: `import { Client, OrdersController } from "@paypal/paypal-server-sdk";
const orders = new OrdersController(new Client({ timeout: 0 }));
export const capture = (id: string) => orders.captureOrder({ id });`,
  },
  {
    name: "square",
    from: ["max-timeout", "max-retries"],
    code: `import { SquareClient } from "square";
const square = new SquareClient({ token: "t", timeoutInSeconds: 30, maxRetries: 5 });
export const load = () => square.payments.get({ paymentId: "p" });`,
  },
  {
    name: "square's own retries",
    from: ["no-unsafe-retry"],
    code: `import { SquareClient } from "square";
const square = new SquareClient({ token: "t" });
export const create = () => square.orders.create({ order: { locationId: "l" } });`,
  },
  {
    name: "plaid",
    from: ["require-timeout"],
    code: `import { Configuration, PlaidApi } from "plaid";
const plaid = new PlaidApi(new Configuration({ basePath: "https://sandbox.plaid.com" }));
export const load = (access_token: string) => plaid.itemGet({ access_token });`,
  },
  {
    name: "twilio",
    from: ["max-retries"],
    code: `import twilio from "twilio";
const client = twilio("s", "t", { autoRetry: true });
export const say = (to: string) => client.messages.create({ to, from: "f", body: "b" });`,
  },
  {
    name: "slack",
    from: ["require-timeout", "max-retries"],
    code: `import { WebClient } from "@slack/web-api";
const web = new WebClient("t");
export const say = (channel: string) => web.chat.postMessage({ channel, text: "t" });`,
  },
  {
    name: "openai",
    from: ["require-timeout", "max-retries"],
    code: `import OpenAI from "openai";
const client = new OpenAI({ timeout: 0, maxRetries: 5 });
export const ask = () => client.responses.create({ model: "m", input: "i" });`,
  },
  {
    name: "anthropic",
    from: ["max-timeout", "max-retries"],
    code: `import Anthropic from "@anthropic-ai/sdk";
const client = new Anthropic();
export const ask = () => client.messages.create({ model: "m", max_tokens: 1, messages: [] }, { timeout: 60_000, maxRetries: 5 });`,
  },
  {
    name: "aws-sdk",
    from: ["require-timeout", "max-retries"],
    code: `import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
const sqs = new SQSClient({ maxAttempts: 10, requestHandler: { connectionTimeout: 100 } });
export const send = (MessageBody: string) => sqs.send(new SendMessageCommand({ QueueUrl: "q", MessageBody }));`,
  },
  {
    name: "google-storage",
    from: ["max-retries"],
    code: `import { Storage } from "@google-cloud/storage";
const storage = new Storage();
export const list = () => storage.bucket("b").getFiles();`,
  },
  {
    name: "googleapis",
    from: ["require-timeout", "max-retries"],
    code: `import { drive } from "@googleapis/drive";
const files = drive({ version: "v3" });
export const list = () => files.files.list({});`,
  },
  {
    name: "octokit",
    from: ["max-retries"],
    code: `import { Octokit } from "octokit";
const octokit = new Octokit({ auth: "t" });
export const load = () => octokit.rest.repos.get({ owner: "o", repo: "r" });`,
  },
  {
    name: "azure-blob",
    from: ["max-retries"],
    code: `import { BlobServiceClient } from "@azure/storage-blob";
const blobs = BlobServiceClient.fromConnectionString("c");
export const save = (data: Buffer) => blobs.getContainerClient("c").getBlockBlobClient("b").uploadData(data);`,
  },
  {
    name: "qstash",
    from: ["max-retries"],
    code: `import { Client } from "@upstash/qstash";
const client = new Client({ token: "t" });
export const publish = () => client.publishJSON({ url: "https://a.example", body: {} });`,
  },
  {
    name: "resend",
    from: ["require-idempotency-key"],
    code: `import { Resend } from "resend";
const resend = new Resend("k");
export const send = () => resend.emails.send({ from: "a@example.com", to: "b@example.com", subject: "s", text: "t" });`,
  },
  {
    name: "notion",
    from: ["max-timeout", "max-retries"],
    code: `import { Client } from "@notionhq/client";
const notion = new Client({ auth: "t", timeoutMs: 30_000, retry: { maxRetries: 5 } });
export const load = () => notion.users.me({});`,
  },
  {
    name: "postmark",
    from: ["max-timeout"],
    code: `import { ServerClient } from "postmark";
const client = new ServerClient("t", { timeout: 30 });
export const load = () => client.getServer();`,
  },
  {
    name: "google-generative-ai",
    from: ["max-timeout"],
    code: `import { GoogleGenerativeAI } from "@google/generative-ai";
const model = new GoogleGenerativeAI("k").getGenerativeModel({ model: "m" }, { timeout: 30_000 });
export const ask = () => model.generateContent("hello");`,
  },
];
