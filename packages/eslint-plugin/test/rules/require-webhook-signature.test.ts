import { requireWebhookSignature } from "../../src/rules/require-webhook-signature.ts";
import { runRule } from "./run-rule.ts";

const app = `import express from "express";\nconst app = express();\n`;
const nest = `import { Body, Controller, Post, SetMetadata } from "@nestjs/common";\n`;
const router = `import { Router } from "express";\nconst router = Router();\n`;

runRule("require-webhook-signature", requireWebhookSignature, {
  silent: [
    {
      name: "a secret that must be set",
      code: `${app}app.post("/webhooks/stripe", (req, res) => { if (!process.env.STRIPE_WEBHOOK_SECRET) return res.status(500).end(); pay(stripe.webhooks.constructEvent(req.rawBody, req.headers["stripe-signature"], process.env.STRIPE_WEBHOOK_SECRET)); });`,
    },
    {
      name: "a header that must be there",
      code: `${app}app.post("/webhooks/acme", (req, res) => { const signature = req.get("x-acme-signature"); if (signature && verifyMac(req.rawBody, signature)) { pay(req.body); return res.end(); } return res.status(401).end(); });`,
    },
    {
      name: "nothing that is checked where there is no header",
      code: `${app}app.post("/webhooks/acme", (req, res) => { const signature = req.get("x-acme-signature"); const isValid = signature && verifyMac(req.rawBody, signature); if (!isValid) return res.status(401).end(); pay(req.body); });`,
    },
    {
      name: "a refusal without the secret",
      code: `${app}app.post("/webhooks/acme", (req, res) => { if (process.env.ACME_SECRET) { verifyMac(req.rawBody, req.get("x-acme-signature")); } else { return res.status(500).end(); } pay(req.body); });`,
    },
    {
      name: "no check in development",
      code: `${app}app.post("/webhooks/acme", (req, res) => { if (process.env.NODE_ENV === "production") verifyMac(req.rawBody, req.get("x-acme-signature")); pay(req.body); });`,
    },
    {
      name: "a function that says yes without the secret in development only",
      code: `${app}app.post("/webhooks/acme", (req, res) => { if (!isFromAcme(req)) return res.status(401).end(); pay(req.body); });\nfunction isFromAcme(req) { if (!process.env.ACME_SECRET) { if (process.env.NODE_ENV === "production") throw new Error(); return true; } return timingSafeEqual(mac(req.rawBody), Buffer.from(req.get("x-acme-signature"))); }`,
    },
    {
      name: "a function that says no without the secret",
      code: `${app}app.post("/webhooks/acme", (req, res) => { if (!isFromAcme(req)) return res.status(401).end(); pay(req.body); });\nfunction isFromAcme(req) { if (!process.env.ACME_SECRET) return false; return timingSafeEqual(mac(req.rawBody), Buffer.from(req.get("x-acme-signature"))); }`,
    },
    {
      name: "a login beside the optional signature",
      code: `${app}app.post("/webhooks/acme", (req, res) => { if (!req.session.user) return res.status(401).end(); const signature = req.get("x-acme-signature"); if (signature && !verifyMac(req.rawBody, signature)) return res.status(401).end(); pay(req.body); });`,
    },
    {
      name: "a second check that is always made",
      code: `${app}app.post("/webhooks/acme", (req, res) => { const signature = req.get("x-acme-signature"); if (signature && !verifyMac(req.rawBody, signature)) return res.status(401).end(); verifyToken(req.query.token); pay(req.body); });`,
    },
    {
      name: "a MAC that cannot be made without the secret",
      code: `${app}app.post("/webhooks/acme", (req, res) => { const secret = process.env.ACME_SECRET; const isRight = createHmac("sha256", secret).update(req.rawBody).digest("hex") === req.get("x-acme-signature"); if (secret && !isRight) return res.status(401).end(); pay(req.body); });`,
    },
    {
      name: "a secret of each sender",
      code: `${app}app.post("/webhooks/acme", async (req, res) => { const { secret } = await hooks.load(req.params.id); if (secret && !verifyMac(req.rawBody, req.get("x-acme-signature"), secret)) return res.status(401).end(); pay(req.body); });`,
    },
    {
      name: "Stripe's constructEvent",
      code: `${app}app.post("/webhooks/stripe", express.raw({ type: "application/json" }), (req, res) => { const event = stripe.webhooks.constructEvent(req.body, req.headers["stripe-signature"], secret); pay(event); res.end(); });`,
    },
    {
      name: "a MAC made by hand",
      code: `${app}app.post("/webhooks/acme", (req, res) => { const mac = createHmac("sha256", secret).update(req.rawBody).digest("hex"); if (mac !== req.get("x-acme")) return res.status(401).end(); pay(req.body); });`,
    },
    {
      name: "a function that verifies, by name",
      code: `${app}import { verifyWebhook } from "@acme/webhooks";\napp.post("/webhooks/acme", (req, res) => { verifyWebhook(req.body, secret); pay(req.body); });`,
    },
    {
      name: "a function of the file that reads a header",
      code: `${app}const who = (request) => request.headers["x-acme-key"];\napp.post("/webhooks/acme", (req, res) => { if (!known(who(req))) return; pay(req.body); });`,
    },
    {
      name: "middleware on the route",
      code: `${app}import { onlyAcme } from "./only-acme";\napp.post("/webhooks/acme", onlyAcme, (req, res) => pay(req.body));`,
    },
    {
      name: "middleware on the router",
      code: `${router}router.use(requireAcmeAuth);\nrouter.post("/webhooks/acme", (req, res) => pay(req.body));`,
    },
    {
      name: "middleware where the router is mounted",
      code: `${router}const app = express();\napp.use("/webhooks", verifySender, router);\nrouter.post("/acme", (req, res) => pay(req.body));`,
    },
    {
      name: "middleware before a list of handlers",
      code: `${app}app.post("/webhooks/acme", [checkSecret(secret), (req, res) => pay(req.body)]);`,
    },
    {
      name: "a shared secret in a header",
      code: `${app}app.post("/webhooks/acme", (req, res) => { if (req.headers["x-acme-token"] !== process.env.ACME_TOKEN) return res.sendStatus(401); pay(req.body); });`,
    },
    {
      name: "a shared secret in the query",
      code: `${app}app.post("/webhooks/acme", (req, res) => { if (req.query.secret !== config.acmeSecret) return res.sendStatus(401); pay(req.body); });`,
    },
    {
      name: "a login",
      code: `${app}app.post("/webhooks/acme", (req, res) => { if (!req.user) return res.sendStatus(401); pay(req.body); });`,
    },
    {
      name: "an address list",
      code: `${app}app.post("/webhooks/acme", (req, res) => { if (!addresses.includes(req.ip)) return; pay(req.body); });`,
    },
    {
      name: "the request handed to code that is not seen",
      code: `${app}import { handle } from "@acme/payments";\napp.post("/webhooks/stripe", (req, res) => handle(req, res));`,
    },
    {
      name: "a handler that is not seen",
      code: `${app}import { handle } from "@acme/payments";\napp.post("/webhooks/stripe", handle);`,
    },
    {
      name: "the request kept in an object",
      code: `${app}app.post("/webhooks/stripe", (req, res) => { queue({ req }); pay(req.body); });`,
    },
    {
      name: "a handler in a wrapper that is not seen",
      code: `${app}app.post("/webhooks/stripe", withAcme((req, res) => pay(req.body)));`,
    },
    { name: "a handler that uses no body", code: `${app}app.post("/webhooks/ping", (req, res) => res.end());` },
    {
      name: "a payment that is asked back",
      code: `${app}app.post("/webhooks/mollie", async (req, res) => { pay(await mollie.payments.get(req.body.id)); });`,
    },
    { name: "GET", code: `${app}app.get("/webhooks/stripe", (req, res) => pay(req.body));` },
    { name: "another route", code: `${app}app.post("/payments", (req, res) => pay(req.body));` },
    {
      name: "a front end's hooks",
      filename: "src/hooks/use-cart.ts",
      code: `export const useCart = () => client.post("/cart", (cart) => cart.body);`,
    },
    { name: "creating webhooks", code: `${router}router.post("/webhooks", (req, res) => db.webhooks.create({ data: req.body }));` },
    {
      name: "creating webhooks, by the handler's name",
      code: `${router}router.post("/webhooks", function createWebhook(req, res) { save(req.body); });`,
    },
    { name: "a collection of webhooks", code: `${router}router.post("/webhooks", (req, res) => save(req.body.url, req.body.events));` },
    { name: "one of the webhooks", code: `${router}router.post("/webhooks/:id", (req, res) => save(req.body));` },
    { name: "testing a webhook", code: `${router}router.post("/webhooks/test", (req, res) => send(req.body));` },
    {
      name: "a value of the body that the environment knows",
      code: `${app}app.post("/outlook/webhook", (req, res) => { const known = process.env.OUTLOOK_STATE; if (req.body.clientState !== known) return; pay(req.body); });`,
    },
    { name: "a secret in the path", code: `${app}app.post(\`/webhook/\${process.env.BOT_TOKEN}\`, (req, res) => pay(req.body));` },
    { name: "a webhook's settings", code: `${router}router.post("/webhook-settings", (req, res) => save(req.body));` },
    {
      name: "managing webhooks in a file of their name",
      filename: "src/routes/webhook.ts",
      code: `${router}router.post("/", (req, res) => save(req.body.url)); router.post("/enable", (req, res) => save(req.body)); router.put("/", (req, res) => save(req.body));`,
    },
    { name: "sending a webhook", code: `export const send = (url, event) => axios.post("/webhooks/orders", event);` },
    { name: "a mock of a server", code: `server.post("https://api.acme.example/webhooks", (req, res) => res(req.body));` },
    { name: "a test", filename: "src/pay.test.ts", code: `${app}app.post("/webhooks/stripe", (req, res) => pay(req.body));` },
    {
      name: "a wrapper of the file that looks at the login",
      code: `${router}const withUser = (fn) => async (req, res, next) => {\n  if (!req.user) return res.sendStatus(401);\n  await fn(req, res, next);\n};\nrouter.post("/webhooks/adyen", withUser(async (req, res) => pay(req.body)));`,
    },
    {
      name: "a decorator of the file that does more than to set metadata",
      code: `${nest}const OnlyPlaid = () => { register(); return SetMetadata("plaid", true); };\n@Controller("plaid")\n@OnlyPlaid()\nexport class Hooks { @Post("webhooks") receive(@Body() { itemId }: Item) { return pay(itemId); } }`,
    },
    {
      name: "a decorator of the file that asks for a key",
      code: `${nest}const Keyed = () => SetMetadata("requiresKey", true);\n@Controller("plaid")\n@Keyed()\nexport class Hooks { @Post("webhooks") receive(@Body() { itemId }: Item) { return pay(itemId); } }`,
    },
    {
      name: "a handler without a name that calls several functions",
      code: `${router}router.post("/receive", async (req, res) => { onlyMeta(req, res); await facebookWebhook(req, res); });\nasync function facebookWebhook(req, res) { pay(req.body); }`,
    },
  ],
  reported: [
    {
      name: "a check of Standard Webhooks only where all its headers are there",
      code: `import Fastify from "fastify";\nimport { Webhook } from "svix";\nconst app = Fastify();\napp.post("/webhooks/clerk", async (request, reply) => {\n  const id = request.headers["svix-id"] as string | undefined;\n  const time = request.headers["svix-timestamp"] as string | undefined;\n  const signature = request.headers["svix-signature"] as string | undefined;\n  const secret = process.env["CLERK_WEBHOOK_SECRET"] ?? "";\n  if (secret && id && time && signature) {\n    try {\n      new Webhook(secret).verify(request.rawBody, { "svix-id": id, "svix-timestamp": time, "svix-signature": signature });\n    } catch {\n      return reply.status(400).send();\n    }\n  }\n  await save(JSON.parse(request.rawBody.toString()));\n  return reply.send();\n});`,
    },
    {
      name: "a signature that is checked where a secret is set",
      code: `${app}app.post("/webhooks/stripe", (req, res) => {\n  let event;\n  if (process.env.STRIPE_WEBHOOK_SECRET) {\n    const signature = req.headers["stripe-signature"];\n    try {\n      event = stripe.webhooks.constructEvent(req.rawBody, signature, process.env.STRIPE_WEBHOOK_SECRET);\n    } catch (error) {\n      return res.sendStatus(400);\n    }\n  } else {\n    event = req.body;\n  }\n  pay(event);\n});`,
    },
    {
      name: "a signature that is checked where it is sent",
      filename: "app/api/webhook/route.ts",
      code: `export async function POST(req) {\n  const body = await req.text();\n  const signature = req.headers.get("stripe-signature");\n  let event;\n  if (process.env.STRIPE_WEBHOOK_SECRET && signature) {\n    event = stripe.webhooks.constructEvent(body, signature, process.env.STRIPE_WEBHOOK_SECRET);\n  } else {\n    event = JSON.parse(body);\n  }\n  pay(event);\n}`,
    },
    {
      name: "a MAC that is compared where there is one",
      code: `${app}const secret = process.env.ACME_SECRET;\napp.post("/webhooks/acme", (req, res) => {\n  const signature = req.get("x-acme-signature");\n  if (secret && !timingSafeEqual(mac(req.rawBody, secret), Buffer.from(signature))) return res.status(401).end();\n  pay(req.body);\n});`,
    },
    {
      name: "a secret that a function reads",
      code: `${app}const secret = () => process.env.ACME_SECRET || "";\nfunction isFromAcme(body, signature) {\n  const key = secret();\n  if (!key) return true;\n  return timingSafeEqual(mac(body, key), Buffer.from(signature));\n}\napp.post("/webhooks/acme", (req, res) => {\n  if (!isFromAcme(req.rawBody, req.headers["x-acme-signature"])) return res.status(401).end();\n  pay(req.body);\n});`,
    },
    {
      name: "middleware that passes on what has no signature",
      code: `${app}function signed(req, res, next) {\n  if (req.headers["x-acme-signature"] && !isFromAcme(req)) return res.status(401).end();\n  next();\n}\nfunction isFromAcme(req) {\n  return createHmac("sha256", key).update(req.rawBody).digest("hex") === req.headers["x-acme-signature"];\n}\napp.post("/webhooks/acme", signed, (req, res) => pay(req.body));\napp.post("/webhooks/acme/refunds", signed, (req, res) => refund(req.body));`,
    },
    {
      name: "a function that says yes without the secret",
      code: `${app}function isFromAcme(req) {\n  if (!process.env.ACME_SECRET) {\n    console.warn("not checked");\n    return { valid: true };\n  }\n  return { valid: timingSafeEqual(mac(req.rawBody), Buffer.from(req.headers["x-acme-signature"])) };\n}\napp.post("/webhooks/acme", (req, res) => {\n  if (!isFromAcme(req).valid) return res.status(401).end();\n  pay(req.body);\n});`,
    },
    { name: "Express", code: `${app}\napp.post("/webhooks/stripe", express.json(), (req, res) => {\n  pay(req.body);\n  res.end();\n});` },
    {
      name: "a note to verify one day",
      code: `${app}\napp.post("/stripe/webhook", (req, res) => {\n  // verify the signature before the launch\n  pay(req.body);\n});`,
    },
    { name: "a sender nobody knows", code: `${router}\nrouter.post("/webhook", async (req, res) => {\n  await pay(req.body.data);\n});` },
    {
      name: "headers that tell nothing",
      code: `${app}\napp.post("/github/webhook", (req, res) => {\n  if (req.headers["x-github-event"] === "push") deploy(req.body);\n});`,
    },
    {
      name: "a wrapper for errors",
      code: `${router}\nrouter.post("/webhooks/adyen", asyncHandler(async (req, res) => {\n  pay(req.body);\n}));`,
    },
    {
      name: "a wrapper of the file that hands the request to the handler",
      code: `${router}const catching = (fn) => async (req, res, next) => {\n  try {\n    await fn(req, res, next);\n  } catch (error) {\n    next(error);\n  }\n};\nrouter.post("/webhooks/adyen", catching(async (req, res) => pay(req.body)));`,
    },
    {
      name: "a host and whether something is there",
      code: `${router}router.post("/webhooks/adyen", (req, res) => {\n  const tenant = tenants.of(req.headers["nginx-hostname"] ?? req.hostname);\n  if (pageTokens !== undefined && tokenOf !== null) pay(tenant, req.body);\n});`,
    },
    {
      name: "a handler without a name that calls one function",
      code: `${router}router.post("/receive", async (req, res, next) => {\n  try {\n    await facebookWebhook(req, res, next);\n  } catch (error) {\n    next(error);\n  }\n});\nasync function facebookWebhook(req, res) {\n  pay(req.body);\n}`,
    },
    {
      name: "NestJS, with a decorator of the file that opens the route, and fields of the body",
      code: `${nest}const PublicRoute = () => SetMetadata("isPublicRoute", true);\n@Controller("banking/plaid")\n@PublicRoute()\nexport class Hooks {\n  @Post("webhooks")\n  receive(@Body() { itemId }: Item) {\n    return pay(itemId);\n  }\n}`,
    },
    { name: "route()", code: `${app}\napp.route("/webhooks/paddle").post((req, res) => pay(req.body));` },
    {
      name: "a router that is mounted",
      code: `${app}const hooks = express.Router();\napp.use("/webhooks", hooks);\nhooks.post("/github", (req, res) => deploy(req.body));`,
    },
    {
      name: "a handler of its own",
      code: `${app}async function onEvent(req: Request, res: Response) {\n  const { body } = req;\n  await pay(body);\n}\napp.post("/stripe/webhook", onEvent);`,
    },
    {
      name: "a collection that events come to",
      code: `${router}\nrouter.post("/webhooks", (req, res) => {\n  switch (req.body.type) {\n    case "paid": pay(req.body);\n  }\n});`,
    },
    {
      name: "a test file when asked for",
      options: [{ alsoIn: ["test"] }],
      filename: "src/pay.test.ts",
      code: `${app}app.post("/webhooks/stripe", (req, res) => pay(req.body));`,
    },
  ],
});
