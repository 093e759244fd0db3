import { maxRetries } from "../../../src/rules/max-retries.ts";
import { maxTimeout } from "../../../src/rules/max-timeout.ts";
import { requireIdempotencyKey } from "../../../src/rules/require-idempotency-key.ts";
import { requireTimeout } from "../../../src/rules/require-timeout.ts";
import { type Case, runRule } from "../run-rule.ts";

const openai = `import OpenAI from "openai";\n\n`;
const anthropic = `import Anthropic from "@anthropic-ai/sdk";\n\n`;

const defaults: Case[] = [
  { name: "openai's defaults", code: `${openai}new OpenAI().chat.completions.create({ model });` },
  { name: "anthropic's defaults", code: `${anthropic}new Anthropic().messages.create({ model });` },
  { name: "a client that is passed in", code: `${openai}export const ask = (client: OpenAI) => client.responses.create({ model });` },
];

runRule("require-timeout", requireTimeout, {
  silent: defaults,
  reported: [
    { name: "turned off", code: `${openai}const client = new OpenAI({ timeout: 0 });\n\nawait client.responses.create({ model });` },
  ],
});

runRule("max-timeout", maxTimeout, {
  silent: defaults,
  reported: [
    {
      name: "a minute",
      code: `${anthropic}const client = new Anthropic({ timeout: 60 * 1000 });\n\nawait client.messages.create({ model });`,
    },
    {
      name: "a minute in the call",
      code: `${openai}const client = new OpenAI();\n\nawait client.responses.create({ model }, { timeout: 60_000 });`,
    },
  ],
});

runRule("max-retries", maxRetries, {
  silent: defaults,
  reported: [
    { name: "openai", code: `${openai}const client = new OpenAI({ maxRetries: 5 });\n\nawait client.responses.create({ model });` },
    {
      name: "in the call",
      code: `${anthropic}const client = new Anthropic();\n\nawait client.messages.create({ model }, { maxRetries: 10 });`,
    },
  ],
});

runRule("require-idempotency-key", requireIdempotencyKey, { silent: defaults, reported: [] });
