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
