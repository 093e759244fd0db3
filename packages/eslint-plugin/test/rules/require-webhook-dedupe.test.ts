import { requireWebhookDedupe } from "../../src/rules/require-webhook-dedupe.ts";
import { runRule } from "./run-rule.ts";

/** A verified Stripe webhook whose handler does this. */
const stripe = (body: string) => `import express from "express";
const app = express();
app.post("/webhooks/stripe", express.raw({ type: "application/json" }), async (req, res) => {
  const event = stripe.webhooks.constructEvent(req.body, req.headers["stripe-signature"], secret);
  ${body}
  res.end();
});`;

runRule("require-webhook-dedupe", requireWebhookDedupe, {
  silent: [
    { name: "the event's id", code: stripe(`await prisma.order.create({ data: { eventId: event.id } });`) },
    {
      name: "a look before the write",
      code: stripe(`if (await prisma.order.findUnique({ where: { session } })) return; await prisma.order.create({ data });`),
    },
    { name: "a write that is the same the second time", code: stripe(`await prisma.user.update({ where, data: { plan } });`) },
    { name: "an upsert", code: stripe(`await prisma.order.upsert({ where, create, update });`) },
    { name: "a lock", code: stripe(`if (!(await redis.set(key, 1, "NX"))) return; await mailer.sendMail(mail);`) },
    { name: "an object of a factory", code: stripe(`await settingsFactory.create({ shop }); Object.create(null);`) },
    { name: "nothing but an answer", code: stripe(`res.send("ok");`) },
    {
      name: "a function of the file that remembers",
      code: `async function once(event) { return !(await seen.has(event.type)); }\n${stripe(`if (await once(event)) await prisma.order.create({ data });`)}`,
    },
    {
      name: "a webhook that is not verified: require-webhook-signature says so",
      code: `app.post("/webhooks/stripe", async (req, res) => { await prisma.order.create({ data: req.body }); });`,
    },
    {
      name: "no webhook",
      code: `app.post("/orders", async (req, res) => { verifySession(req); await prisma.order.create({ data: req.body }); });`,
    },
    { name: "a test", filename: "src/pay.test.ts", code: stripe(`await prisma.order.create({ data });`) },
  ],
  reported: [
    { name: "a record", code: stripe(`await prisma.order.create({ data: { total: event.data.object.amount } });`) },
    { name: "a mail", code: stripe(`await resend.emails.send({ to, subject: "Thank you" });`) },
    { name: "a message of a queue", code: stripe(`await fulfilQueue.add("fulfil", event.data);`) },
    {
      name: "through a function of the file",
      code: `async function fulfil(session) {\n  await db.insert({ session });\n}\n${stripe(`await fulfil(event.data.object);`)}`,
    },
  ],
});
