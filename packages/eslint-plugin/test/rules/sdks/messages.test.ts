import { maxRetries } from "../../../src/rules/max-retries.ts";
import { requireIdempotencyKey } from "../../../src/rules/require-idempotency-key.ts";
import { requireTimeout } from "../../../src/rules/require-timeout.ts";
import { runRule } from "../run-rule.ts";

const twilio = (options = "") => `import twilio from "twilio";\n\nconst client = twilio(sid, token${options});\n\n`;
const slack = (options = "") => `import { WebClient } from "@slack/web-api";\n\nconst web = new WebClient(token${options});\n\n`;
const calm = ", { timeout: 300, retryConfig: { retries: 1 } }";

runRule("require-timeout", requireTimeout, {
  silent: [
    { name: "twilio's default of 30 s", code: `${twilio()}client.messages.create({});` },
    { name: "slack with a timeout", code: `${slack(calm)}web.chat.postMessage({});` },
    {
      name: "a client that is passed in",
      code: `import type { WebClient } from "@slack/web-api"; export const say = (web: WebClient) => web.chat.postMessage({});`,
    },
  ],
  reported: [{ name: "slack", code: `${slack()}await web.chat.postMessage({ channel, text });` }],
});

runRule("max-retries", maxRetries, {
  silent: [
    { name: "twilio retries nothing", code: `${twilio(", { maxRetries: 9 }")}client.messages.create({});` },
    { name: "slack with few", code: `${slack(calm)}web.chat.postMessage({});` },
  ],
  reported: [
    { name: "twilio's autoRetry", code: `${twilio(", { autoRetry: true }")}await client.messages.create({ to, body });` },
    {
      name: "twilio's maxRetries: 0",
      code: `${twilio(", { autoRetry: true, maxRetries: 0 }")}await client.messages.create({ to, body });`,
    },
    { name: "slack's ten", code: `${slack()}await web.chat.postMessage({ channel, text });` },
  ],
});

runRule("require-idempotency-key", requireIdempotencyKey, {
  silent: [
    { name: "twilio takes none", code: `${twilio()}client.messages.create({ to });` },
    { name: "slack takes none", code: `${slack()}web.chat.postMessage({ channel });` },
  ],
  reported: [],
});
