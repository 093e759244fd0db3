import { noReserializedWebhookBody } from "../../src/rules/no-reserialized-webhook-body.ts";
import { runRule } from "./run-rule.ts";

const app = `import express from "express";\nimport { createHmac, timingSafeEqual } from "node:crypto";\nconst app = express();\n`;
const crypto = `import { createHmac, timingSafeEqual } from "node:crypto";\n`;
const route = "app/api/webhooks/acme/route.ts";

runRule("no-reserialized-webhook-body", noReserializedWebhookBody, {
  silent: [
    {
      name: "what is left where the parser keeps no bytes",
      code: `import { createHmac } from "node:crypto";\nexport function check(req, res, next) { let text; if (req.rawBody) text = req.rawBody; else if (isForm(req)) text = form(req); else text = JSON.stringify(req.body); if (createHmac("sha256", key).update(text).digest("hex") !== req.headers["x-signature"]) return res.status(401).end(); next(); }`,
    },
    {
      name: "the bytes of express.raw()",
      code: `${app}app.post("/webhook", express.raw({ type: "application/json" }), (req, res) => { const mac = createHmac("sha256", key).update(req.body).digest(); if (timingSafeEqual(mac, given)) pay(JSON.parse(req.body)); });`,
    },
    {
      name: "the kept bytes",
      code: `${app}app.use(express.json({ verify: (req, res, buffer) => { req.rawBody = buffer; } }));\napp.post("/webhook", (req, res) => { const mac = createHmac("sha256", key).update(req.rawBody).digest("hex"); if (mac === signature) pay(req.body); });`,
    },
    {
      name: "the text of a request",
      filename: route,
      code: `${crypto}export async function POST(request) { const text = await request.text(); const mac = createHmac("sha256", key).update(text).digest("hex"); if (mac === signature) pay(JSON.parse(text)); }`,
    },
    {
      name: "a fallback",
      code: `${app}app.post("/webhook", (req, res) => { const mac = createHmac("sha256", key).update(req.rawBody ?? JSON.stringify(req.body)).digest("hex"); if (mac === signature) pay(req.body); });`,
    },
    {
      name: "a body that may be text",
      code: `${app}app.post("/webhook", (req, res) => { const text = typeof req.body === "string" ? req.body : JSON.stringify(req.body); if (createHmac("sha256", key).update(text).digest("hex") === signature) pay(req.body); });`,
    },
    {
      name: "checking what this program signed itself",
      code: `${crypto}export function verifySignature(payload, signature) { return timingSafeEqual(createHmac("sha256", key).update(JSON.stringify(payload)).digest(), signature); }`,
    },
    {
      name: "signing what is sent on",
      code: `${app}app.post("/relay", async (req, res) => { const signature = createHmac("sha256", key).update(JSON.stringify(req.body)).digest("hex"); await fetch(url, { method: "POST", headers: { "x-signature": signature }, body: JSON.stringify(req.body) }); });`,
    },
    {
      name: "the layout that the sender signs",
      code: `${app}app.post("/webhook", (req, res) => { const digest = createHash("sha256").update(JSON.stringify(req.body, null, 2)).digest("hex"); const mac = createHmac("sha256", key).update(JSON.stringify(req.body, null, 2)).digest("hex"); if (mac === signature) pay(req.body); });`,
    },
    {
      name: "signing an object of its own",
      code: `${app}export const sign = (event) => createHmac("sha256", key).update(JSON.stringify({ id: event.id })).digest("hex") === signature;`,
    },
    {
      name: "logging the body",
      code: `${app}app.post("/webhook", (req, res) => { log(JSON.stringify(req.body)); verifySignature(req.rawBody); });`,
    },
    {
      name: "json() after the webhook",
      code: `${app}app.post("/webhook", express.raw({ type: "application/json" }), verify);\napp.use(express.json());`,
    },
    {
      name: "json() that keeps the bytes",
      code: `${app}app.use(express.json({ verify: keep }));\napp.post("/webhook", express.raw({ type: "application/json" }), verify);`,
    },
    {
      name: "json() for other routes",
      code: `${app}app.use("/api", express.json());\napp.post("/webhook", express.raw({ type: "application/json" }), verify);`,
    },
    {
      name: "json() that leaves the webhook out",
      code: `${app}app.use((req, res, next) => (req.path === "/webhook" ? next() : express.json()(req, res, next)));\napp.post("/webhook", express.raw({ type: "application/json" }), verify);`,
    },
    {
      name: "raw() of another type",
      code: `${app}app.use(express.json());\napp.post("/webhook", express.raw({ type: "image/*" }), verify);`,
    },
    { name: "raw() of an upload", code: `${app}app.use(express.json());\napp.post("/upload", express.raw({ type: "*/*" }), save);` },
    {
      name: "another app",
      code: `${app}const admin = express();\nadmin.use(express.json());\napp.post("/webhook", express.raw({ type: "application/json" }), verify);`,
    },
    {
      name: "a test",
      filename: "src/pay.test.ts",
      code: `${app}app.use(express.json());\napp.post("/webhook", express.raw({ type: "application/json" }), verify);`,
    },
  ],
  reported: [
    {
      name: "a MAC over JSON.stringify(req.body)",
      code: `${app}\napp.post("/webhook", (req, res) => {\n  const mac = createHmac("sha256", key).update(JSON.stringify(req.body)).digest("hex");\n  if (mac !== req.headers["x-acme-signature"]) return res.sendStatus(401);\n  pay(req.body);\n});`,
    },
    {
      name: "through variables",
      code: `${app}\napp.post("/webhook", (req, res) => {\n  const { body } = req;\n  const text = JSON.stringify(body);\n  const hmac = createHmac("sha256", key);\n  hmac.update(\`\${time}.\${text}\`, "utf8");\n  if (!timingSafeEqual(hmac.digest(), given)) return res.sendStatus(401);\n  pay(body);\n});`,
    },
    {
      name: "through a function that is given the text",
      code: `${app}\nconst isSigned = (text, signature) => createHmac("sha256", key).update(text).digest("hex") === signature;\n\napp.post("/webhook", (req, res) => {\n  if (isSigned(JSON.stringify(req.body), req.get("x-acme-signature"))) pay(req.body);\n});`,
    },
    {
      name: "through a function that is given the object",
      code: `${app}\nfunction isSigned(payload, signature) {\n  const mac = createHmac("sha256", key).update(Buffer.from(JSON.stringify(payload))).digest();\n  return timingSafeEqual(mac, Buffer.from(signature, "hex"));\n}\n\napp.post("/webhook", (req, res) => {\n  if (isSigned(req.body, req.get("x-acme-signature"))) pay(req.body);\n});`,
    },
    {
      name: "through a function that returns the text",
      code: `${app}\nconst textOf = (req) => JSON.stringify(req.body);\n\napp.post("/webhook", (req, res) => {\n  const event = stripe.webhooks.constructEvent(textOf(req), req.headers["stripe-signature"], secret);\n  pay(event);\n});`,
    },
    {
      name: "Svix",
      code: `import { Webhook } from "svix";\n\nexport default async function handler(req, res) {\n  const event = new Webhook(secret).verify(JSON.stringify(req.body), req.headers);\n  await save(event);\n}`,
    },
    {
      name: "the json() of a request",
      filename: route,
      code: `import { Webhook } from "svix";\n\nexport async function POST(request: Request) {\n  const payload = await request.json();\n  const body = JSON.stringify(payload);\n  new Webhook(secret).verify(body, headersOf(request));\n  await save(payload);\n}`,
    },
    {
      name: "the json() of a request with a type",
      filename: route,
      code: `${crypto}\nexport async function POST(request: Request) {\n  const event = (await request.json()) as Event;\n  const mac = createHmac("sha256", key).update(JSON.stringify(event)).digest("hex");\n  if (mac !== request.headers.get("x-acme-signature")) return new Response(null, { status: 401 });\n  await pay(event);\n}`,
    },
    {
      name: "an empty body",
      code: `${app}app.post("/webhook", (req, res) => {\n  const text = JSON.stringify(req.body || "");\n  const mac = createHmac("sha256", key).update(text).digest("hex");\n  if (mac === signature) pay(req.body);\n});`,
    },
    {
      name: "a function that checks the body it is given",
      code: `${crypto}class Deployments {\n  verifySignature(signature: string, body: unknown) {\n    const mac = createHmac("sha1", secret).update(JSON.stringify(body)).digest("hex");\n    if (mac !== signature) throw new Error();\n  }\n}`,
    },
    {
      name: "a function that checks a payload beside a header",
      code: `${crypto}class Bridge {\n  validateHmac(payload: unknown, hmacHeader: string) {\n    const [time, sent] = hmacHeader.split(",");\n    if (this.hmac(\`\${time}.\${JSON.stringify(payload)}\`) !== sent) throw new Error();\n  }\n  hmac(text: string) {\n    return createHmac("sha256", this.secretKey).update(text).digest("hex");\n  }\n}`,
    },
    {
      name: "NestJS: a guard",
      code: `${crypto}export class AcmeGuard {\n  canActivate(context) {\n    const request = context.switchToHttp().getRequest();\n    const mac = this.macOf(request);\n    return timingSafeEqual(Buffer.from(mac), Buffer.from(request.headers["x-acme"]));\n  }\n  macOf(args) {\n    return createHmac("sha256", key).update(JSON.stringify(args.body)).digest("hex");\n  }\n}`,
    },
    {
      name: "NestJS",
      code: `${crypto}\n@Controller("webhooks")\nexport class Hooks {\n  @Post("acme")\n  receive(@Body() event: Event, @Headers("x-acme-signature") signature: string) {\n    const mac = createHmac("sha256", key).update(JSON.stringify(event)).digest("hex");\n    if (mac !== signature) throw new UnauthorizedException();\n  }\n}`,
    },
    {
      name: "json() before raw()",
      code: `${app}\napp.use(express.json());\napp.post("/webhook", express.raw({ type: "application/json" }), verify);`,
    },
    {
      name: "json() among others before raw()",
      code: `${app}\napp.use(cors(), express.json({ limit: "1mb" }));\napp.use("/webhooks/stripe", express.raw({ type: "*/*" }));`,
    },
    {
      name: "body-parser",
      code: `const bodyParser = require("body-parser");\nconst app = require("express")();\n\napp.use(bodyParser.json());\napp.post("/stripe/:account", bodyParser.raw({ type: "application/json" }), (req) => stripe.webhooks.constructEvent(req.body, req.headers["stripe-signature"], secret));`,
      languageOptions: { sourceType: "commonjs" },
    },
  ],
});
