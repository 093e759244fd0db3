import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Linter } from "eslint";
import { describe, expect, it, onTestFinished } from "vitest";

import { requireWebhookFreshness } from "../../src/rules/require-webhook-freshness.ts";
import { runRule } from "./run-rule.ts";

const mac = `import { createHmac, timingSafeEqual } from "node:crypto";\n`;
const policy = {
  file: "holdfast.yaml",
  defaults: {},
  upstreams: [],
  webhooks: { freshness: { value: 120_000, line: 4 } },
  stores: [],
  secrets: [],
};
/** Slack's scheme by hand; `check` is what it does with the time. */
const slack = (check: string) => `${mac}export function isFromSlack(headers, body) {
  const time = headers["x-slack-request-timestamp"];
  const given = headers["x-slack-signature"];
  ${check}
  const mine = "v0=" + createHmac("sha256", process.env.SLACK_SECRET).update(\`v0:\${time}:\${body}\`).digest("hex");
  return timingSafeEqual(Buffer.from(mine), Buffer.from(given));
}`;

runRule("require-webhook-freshness", requireWebhookFreshness, {
  silent: [
    {
      name: "verifyHeader without a tolerance, which means 300 s from version 23 on",
      code: `stripe.webhooks.signature.verifyHeader(body, signature, secret);`,
    },
    { name: "constructEvent with its default of 300 s", code: `stripe.webhooks.constructEvent(body, signature, secret);` },
    {
      name: "constructEvent with 0, which means 300 s before version 23",
      code: `stripe.webhooks.constructEvent(body, signature, secret, 0);`,
    },
    { name: "a tolerance within the limit", code: `stripe.webhooks.constructEvent(body, signature, secret, 600);` },
    { name: "a tolerance nobody knows", code: `stripe.webhooks.constructEvent(body, signature, secret, config.tolerance);` },
    { name: "arguments that are spread", code: `stripe.webhooks.signature.verifyHeader(...given);` },
    { name: "verifyHeader with a tolerance", code: `stripe.webhooks.signature.verifyHeader(body, signature, secret, 300);` },
    { name: "a window within the limit", code: slack(`if (Math.abs(Date.now() / 1000 - time) > 60 * 5) return false;`) },
    { name: "a window made elsewhere", code: slack(`if (Math.abs(Date.now() / 1000 - time) > maximumAge) return false;`) },
    { name: "a window of a function that is not seen", code: `import { verifyFresh } from "@acme/time";\n${slack(`verifyFresh(time);`)}` },
    {
      name: "a function of the file that looks at the clock",
      code: `const isFresh = (time) => Date.now() - time < 300_000;\n${slack(`if (!isFresh(time)) return false;`)}`,
    },
    {
      name: "the time in another method of the class",
      code: `${mac}export class Validator {
  isValid() { return this.isFresh() && this.isSigned(); }
  isFresh() { return Number(this.request.headers["x-slack-request-timestamp"]) > Date.now() / 1000 - 300; }
  isSigned() { return createHmac("sha256", this.secret).update(this.request.body).digest("hex") === this.request.headers["x-slack-signature"]; }
}`,
    },
    {
      name: "a scheme that signs no time",
      code: `${mac}export const isFromGitHub = (headers, body) => createHmac("sha256", secret).update(body).digest("hex") === headers["x-hub-signature-256"];`,
    },
    {
      name: "GoCardless, which has Standard Webhooks' header and no time",
      code: `${mac}export const isFromGoCardless = (headers, body) => createHmac("sha256", secret).update(body).digest("hex") === headers["webhook-signature"];`,
    },
    {
      name: "a library that checks the age",
      code: `${mac}import { Webhook } from "svix";\nexport const read = (headers, body) => { log(createHmac("sha256", key).update(body).digest("hex")); return new Webhook(secret).verify(body, { "svix-signature": headers["svix-signature"] }); };`,
    },
    {
      name: "sending a webhook",
      code: `${mac}export const send = (url, body) => fetch(url, { headers: { "webhook-id": id, "webhook-timestamp": time, "webhook-signature": createHmac("sha256", key).update(body).digest("base64") } });`,
    },
    { name: "a test", filename: "src/stripe.test.ts", code: `stripe.webhooks.signature.verifyHeader(body, signature, secret);` },
  ],
  reported: [
    { name: "a tolerance above the limit", code: `stripe.webhooks.constructEvent(body, signature, secret, 3600);` },
    {
      name: "a constant tolerance",
      code: `const DAY = 24 * 60 * 60;\nawait stripe.webhooks.constructEventAsync(body, signature, secret, DAY);`,
    },
    { name: "Infinity", code: `stripe.webhooks.constructEvent(body, signature, secret, Infinity);` },
    { name: "verifyHeader with 0", code: `stripe.webhooks.signature.verifyHeader(body, signature, secret, 0);` },
    { name: "a policy", settings: { holdfast: { policy } }, code: `stripe.webhooks.constructEvent(body, signature, secret);` },
    { name: "an option", options: [{ maxMs: 60_000 }], code: `stripe.webhooks.constructEvent(body, signature, secret, 120);` },
    { name: "Slack by hand without the time", code: slack("") },
    { name: "Slack by hand with an hour", code: slack(`if (Math.abs(Math.floor(Date.now() / 1000) - time) > 60 * 60) return false;`) },
    {
      name: "a window in a constant",
      code: `const WINDOW_MS = 3_600_000;\n${slack(`const age = Date.now() - time * 1000;\n  if (age > WINDOW_MS) return false;`)}`,
    },
    {
      name: "Stripe by hand",
      code: `${mac}export function verify(request, body) {\n  const header = request.headers.get("stripe-signature");\n  const [time, given] = parse(header);\n  const mine = createHmac("sha256", secret).update(\`\${time}.\${body}\`).digest("hex");\n  if (mine !== given) throw new Error("not from Stripe");\n}`,
    },
    {
      name: "Standard Webhooks by a function of the file",
      code: `${mac}const sign = (text) => createHmac("sha256", secret).update(text).digest("base64");\nexport function verify(headers, body) {\n  const given = headers["webhook-signature"];\n  return given.includes(sign([headers["webhook-id"], headers["webhook-timestamp"], body].join(".")));\n}`,
    },
    {
      name: "Plaid's token without its age",
      code: `import { jwtVerify } from "jose";\nexport async function verify(headers, key) {\n  const { payload } = await jwtVerify(headers["plaid-verification"], key);\n  return payload.request_body_sha256;\n}`,
    },
  ],
});

/** What is found where this version of Stripe's library is installed. */
function found(version: string, code: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-stripe-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "node_modules/stripe"), { recursive: true });
  writeFileSync(join(folder, "node_modules/stripe/package.json"), JSON.stringify({ version }));
  const config: Linter.Config = {
    plugins: { holdfast: { rules: { rule: requireWebhookFreshness as never } } },
    rules: { "holdfast/rule": "error" },
  };
  const messages = new Linter({ configType: "flat", cwd: folder }).verify(code, config, { filename: join(folder, "hooks.js") });
  return messages.map(({ messageId, message }) => messageId ?? message);
}

describe("require-webhook-freshness: the version of stripe", () => {
  it.each([
    ["verifyHeader without a tolerance", "stripe.webhooks.signature.verifyHeader(body, signature, secret);", ["anyAge"], []],
    ["constructEvent with 0", "stripe.webhooks.constructEvent(body, signature, secret, 0);", [], ["anyAge"]],
    ["verifyHeader with 0", "stripe.webhooks.signature.verifyHeader(body, signature, secret, 0);", ["anyAge"], ["anyAge"]],
  ])("decides what %s accepts", (_, code, before23, from23) => {
    expect(found("22.6.2", code)).toEqual(before23);
    expect(found("23.1.0", code)).toEqual(from23);
  });
});
