import { maxRetries } from "../../../src/rules/max-retries.ts";
import { requireIdempotencyKey } from "../../../src/rules/require-idempotency-key.ts";
import { requireTimeout } from "../../../src/rules/require-timeout.ts";
import { maxTimeout } from "../../../src/rules/max-timeout.ts";
import { runRule } from "../run-rule.ts";

const twilio = (options = "") => `import twilio from "twilio";\n\nconst client = twilio(sid, token${options});\n\n`;
const slack = (options = "") => `import { WebClient } from "@slack/web-api";\n\nconst web = new WebClient(token${options});\n\n`;
const qstash = (options = "") => `import { Client } from "@upstash/qstash";\n\nconst client = new Client({ token${options} });\n\n`;
const resend = `import { Resend } from "resend";\n\nconst resend = new Resend(key);\n\n`;
const sendgrid = `import mail from "@sendgrid/mail";\n\n`;
const postmark = (options = "") => `import { ServerClient } from "postmark";\n\nconst client = new ServerClient(token${options});\n\n`;
const calm = ", { timeout: 300, retryConfig: { retries: 1 } }";

runRule("require-timeout", requireTimeout, {
  silent: [
    { name: "twilio's default of 30 s", code: `${twilio()}client.messages.create({});` },
    { name: "slack with a timeout", code: `${slack(calm)}web.chat.postMessage({});` },
    {
      name: "a client that is passed in",
      code: `import type { WebClient } from "@slack/web-api"; export const say = (web: WebClient) => web.chat.postMessage({});`,
    },
    { name: "sendgrid with a timeout", code: `${sendgrid}mail.setTimeout(300); mail.send({ to });` },
  ],
  reported: [
    { name: "slack", code: `${slack()}await web.chat.postMessage({ channel, text });` },
    { name: "sendgrid", code: `${sendgrid}await mail.send({ to, from, text });` },
  ],
});

runRule("max-retries", maxRetries, {
  silent: [
    { name: "twilio retries nothing", code: `${twilio(", { maxRetries: 9 }")}client.messages.create({});` },
    {
      name: "qstash with few, whatever its deliveries do",
      code: `${qstash(", retry: { retries: 1 }")}client.publishJSON({ url, retries: 9 });`,
    },
    { name: "slack with few", code: `${slack(calm)}web.chat.postMessage({});` },
  ],
  reported: [
    { name: "twilio's autoRetry", code: `${twilio(", { autoRetry: true }")}await client.messages.create({ to, body });` },
    {
      name: "twilio's maxRetries: 0",
      code: `${twilio(", { autoRetry: true, maxRetries: 0 }")}await client.messages.create({ to, body });`,
    },
    { name: "qstash's five", code: `${qstash()}await client.publishJSON({ url, body });` },
    { name: "slack's ten", code: `${slack()}await web.chat.postMessage({ channel, text });` },
  ],
});

runRule("require-idempotency-key", requireIdempotencyKey, {
  silent: [
    { name: "twilio takes none", code: `${twilio()}client.messages.create({ to });` },
    { name: "slack takes none", code: `${slack()}web.chat.postMessage({ channel });` },
    { name: "sendgrid takes none", code: `${sendgrid}mail.send({ to });` },
    { name: "qstash delivers at least once", code: `${qstash()}client.publishJSON({ url, body });` },
    { name: "resend with a key", code: `${resend}resend.emails.send({ to }, { idempotencyKey: id });` },
  ],
  reported: [{ name: "resend", code: `${resend}await resend.emails.send({ to, from, text });` }],
});

runRule("max-timeout", maxTimeout, {
  silent: [{ name: "postmark with little, in seconds", code: `${postmark(", { timeout: 0.3 }")}client.sendEmail({ To });` }],
  reported: [{ name: "postmark's seconds", code: `${postmark(", { timeout: 10 }")}await client.sendEmail({ To, From });` }],
});
