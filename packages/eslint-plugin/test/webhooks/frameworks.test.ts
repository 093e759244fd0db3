import { requireWebhookSignature } from "../../src/rules/require-webhook-signature.ts";
import { runRule } from "../rules/run-rule.ts";

const nest = `import { Body, Controller, Headers, Post, Req, UseGuards } from "@nestjs/common";\n`;
const next = "app/api/webhooks/stripe/route.ts";
const pages = "src/pages/api/webhooks/stripe.ts";
const lambda = "src/webhooks/stripe.ts";

runRule("require-webhook-signature", requireWebhookSignature, {
  silent: [
    {
      name: "Fastify: a hook on the route",
      code: `fastify.post("/webhooks/stripe", { preHandler: verify }, async (request) => pay(request.body));`,
    },
    {
      name: "Fastify: options that are spread",
      code: `fastify.post("/webhooks/stripe", { ...guarded }, async (request) => pay(request.body));`,
    },
    {
      name: "Fastify: a hook of the plugin",
      code: `export default async (fastify) => { fastify.addHook("onRequest", fastify.authenticate); fastify.post("/webhooks/stripe", async (request) => pay(request.body)); };`,
    },
    {
      name: "Fastify: route() with a check in the handler",
      code: `fastify.route({ method: "POST", url: "/webhooks/stripe", handler: async (request) => { verifySignature(request); pay(request.body); } });`,
    },
    {
      name: "Fastify: route() for GET",
      code: `fastify.route({ method: "GET", url: "/webhooks/stripe", handler: async (request) => pay(request.body) });`,
    },
    {
      name: "React Router: what middleware put into the context",
      filename: "app/routes/webhooks.acme.ts",
      code: `export async function action({ request, context }) { if (!context.get(senderContext)) throw new Response(null, { status: 401 }); pay(await request.json()); }`,
    },
    {
      name: "Hono: an OpenAPI route with a check",
      code: `import { createRoute, OpenAPIHono } from "@hono/zod-openapi";\nconst app = new OpenAPIHono();\napp.openapi(createRoute({ method: "post", path: "/webhooks/acme", responses: {} }), async (c) => { verifySignature(c.req.header("x-acme"), await c.req.text()); });`,
    },
    {
      name: "Hono: an OpenAPI route for GET",
      code: `import { createRoute, OpenAPIHono } from "@hono/zod-openapi";\nconst app = new OpenAPIHono();\napp.openapi(createRoute({ method: "get", path: "/webhooks/acme", responses: {} }), async (c) => pay(await c.req.json()));`,
    },
    {
      name: "NestJS: a guard on the method",
      code: `${nest}@Controller("webhooks") export class Hooks { @Post("stripe") @UseGuards(StripeGuard) receive(@Body() event) { pay(event); } }`,
    },
    {
      name: "NestJS: a guard on the controller",
      code: `${nest}@UseGuards(StripeGuard) @Controller("webhooks") export class Hooks { @Post("stripe") receive(@Body() event) { pay(event); } }`,
    },
    {
      name: "NestJS: an interceptor that may check",
      code: `${nest}@UseInterceptors(SenderInterceptor) @Controller("webhooks") export class Hooks { @Post("stripe") receive(@Body() event) { pay(event); } }`,
    },
    {
      name: "NestJS: webhooks of an organization, which may be managed",
      code: `${nest}@Controller("webhooks") export class Hooks { @Post(":organizationId") add(@Body() webhook) { save(webhook); } }`,
    },
    {
      name: "NestJS: a handler named after webhooks that asks the provider back",
      code: `${nest}@Controller("payments") export class Payments { @Post("mollie/:channel") async webhook(@Body() body) { settle(await this.mollie.payments.get(body.id)); } }`,
    },
    {
      name: "Express: a handler that sends a webhook",
      code: `import express from "express";\nconst router = express.Router();\nrouter.post("/orders/:id/notify", function sendWebhook(req, res) { deliver(req.body.event.type); });`,
    },
    {
      name: "OvernightJS: a message of SNS that is validated",
      code: `import { Controller, Post } from "@overnightjs/core";\n@Controller("sns") export class SnsWebhook { @Post() async receiveWebhook(req, res) { const message = await validator.validate(req.body); record(message); } }`,
    },
    {
      name: "OvernightJS: middleware",
      code: `import { Controller, Middleware, Post } from "@overnightjs/core";\n@Controller("webhooks") export class Hooks { @Post("ses") @Middleware([fromAmazon]) receive(req, res) { record(req.body); } }`,
    },
    {
      name: "NestJS: a decorator of the project's own",
      code: `${nest}@Controller("webhooks") export class Hooks { @Post("stripe") @FromStripe() receive(@Body() event) { pay(event); } }`,
    },
    {
      name: "NestJS: the signature's header as a parameter",
      code: `${nest}@Controller("webhooks") export class Hooks { @Post("stripe") receive(@Headers("stripe-signature") signature, @Body() event) { this.pay(signature, event); } }`,
    },
    {
      name: "NestJS: a service that is not seen is given the request",
      code: `${nest}import { Payments } from "@acme/payments"; @Controller("webhooks") export class Hooks { constructor(private readonly payments: Payments) {} @Post("stripe") receive(@Req() request) { return this.payments.receive(request); } }`,
    },
    {
      name: "NestJS: a service of the file verifies",
      code: `${nest}class Payments { receive(body, headers) { this.stripe.webhooks.constructEvent(body, headers["stripe-signature"], secret); } }\n@Controller("webhooks") export class Hooks { constructor(private readonly payments: Payments) {} @Post("stripe") receive(@Req() request) { return this.payments.receive(request.rawBody, request.headers); } }`,
    },
    {
      name: "Next.js: constructEvent",
      filename: next,
      code: `export async function POST(request: Request) { const event = stripe.webhooks.constructEvent(await request.text(), request.headers.get("stripe-signature"), secret); pay(event); }`,
    },
    {
      name: "Next.js: headers()",
      filename: next,
      code: `import { headers } from "next/headers"; export async function POST(request: Request) { const given = (await headers()).get("x-acme"); check(given); pay(await request.json()); }`,
    },
    {
      name: "Next.js: a wrapper that is not seen",
      filename: next,
      code: `export const POST = withStripe(async (request: Request) => pay(await request.json()));`,
    },
    { name: "Next.js: a handler that is not seen", filename: next, code: `export { POST } from "@acme/stripe";` },
    { name: "Next.js: GET", filename: next, code: `export async function GET(request: Request) { pay(await request.json()); }` },
    {
      name: "Next.js: a page of webhooks",
      filename: "app/api/webhooks/[id]/route.ts",
      code: `export async function POST(request: Request) { save(await request.json()); }`,
    },
    {
      name: "Next.js pages: a session",
      filename: pages,
      code: `export default async function handler(req, res) { const session = await getServerSession(req, res, options); if (!session) return; pay(req.body); }`,
    },
    {
      name: "Hono: middleware",
      code: `import { Hono } from "hono"; const app = new Hono(); app.use("/webhooks/*", verifySender); app.post("/webhooks/stripe", async (c) => pay(await c.req.json()));`,
    },
    {
      name: "Hono: a header",
      code: `import { Hono } from "hono"; const app = new Hono(); app.post("/webhooks/stripe", async (c) => { if (c.req.header("x-key") !== key) return c.json({}, 401); pay(await c.req.json()); });`,
    },
    {
      name: "koa: a header",
      code: `import Router from "@koa/router"; const router = new Router(); router.post("/webhooks/stripe", async (ctx) => { if (!known(ctx.get("x-key"))) return; pay(ctx.request.body); });`,
    },
    {
      name: "SvelteKit: a header",
      filename: "src/routes/webhooks/stripe/+server.ts",
      code: `export const POST = async ({ request }) => { check(request.headers.get("x-key")); pay(await request.json()); };`,
    },
    {
      name: "React Router: Shopify's authenticate.webhook",
      filename: "app/routes/webhooks.app.uninstalled.tsx",
      code: `import { authenticate } from "../shopify.server"; export const action = async ({ request }) => { const { payload } = await authenticate.webhook(request); drop(payload); };`,
    },
    {
      name: "AWS Lambda: a header",
      filename: lambda,
      code: `export const handler = async (event) => { check(event.headers["x-key"]); pay(JSON.parse(event.body)); return { statusCode: 200 }; };`,
    },
    {
      name: "a handler that is not Lambda's",
      filename: lambda,
      code: `export const handler = async ({ body }) => { await pay(JSON.parse(body)); };`,
    },
    {
      name: "node:http: a MAC",
      code: `import { createServer } from "node:http"; createServer(async (req, res) => { if (req.url === "/webhook") { const body = await buffer(req); if (createHmac("sha256", key).update(body).digest("hex") === req.headers["x-sig"]) pay(JSON.parse(body)); } });`,
    },
  ],
  reported: [
    {
      name: "React Router: with the environment beside the request",
      filename: "app/routes/webhooks.acme.ts",
      code: `export async function action({ request, context }) { const { notes } = await request.json(); await context.db.insert(notes); context.cloudflare.ctx.waitUntil(tell(context.cloudflare.env.URL)); return null; }`,
    },
    {
      name: "Hono: an OpenAPI route",
      code: `import { createRoute, OpenAPIHono } from "@hono/zod-openapi";\nconst app = new OpenAPIHono();\nconst route = createRoute({ method: "post", path: "/webhooks/acme", responses: {} });\napp.openapi(route, async (c) => c.json(pay(await c.req.json())));`,
    },
    {
      name: "a function of the file that reads what a webhook says",
      code: `app.post("/webhooks/acme", (req, res) => { const parsed = parseAcmeWebhook(req.body); pay(parsed); });\nfunction parseAcmeWebhook(body) { return { id: body.entry[0].id }; }`,
    },
    {
      name: "Fastify",
      code: `import Fastify from "fastify";\nconst app = Fastify();\napp.post("/webhooks/stripe", async (request, reply) => {\n  await pay(request.body);\n});`,
    },
    {
      name: "Fastify: route()",
      code: `export default async (fastify) => {\n  fastify.route({\n    method: "POST",\n    url: "/webhooks/paddle",\n    schema: { body: event },\n    handler: async (request) => pay(request.body),\n  });\n};`,
    },
    {
      name: "NestJS",
      code: `${nest}\n@Controller("webhooks")\nexport class Hooks {\n  @Public()\n  @Post("stripe")\n  receive(@Body() event: Event) {\n    return this.payments.settle(event);\n  }\n}`,
    },
    {
      name: "NestJS: for each organization, with an interceptor that shapes the answer",
      code: `${nest}\n@Controller("/webhooks")\n@UseInterceptors(ClassSerializerInterceptor)\nexport class Hooks {\n  @Post("/organizations/:organizationId/email/:provider")\n  receive(@Param("provider") provider: string, @Body() body: Event) {\n    return this.deliveries.record(provider, body);\n  }\n}`,
    },
    {
      name: "OvernightJS: by the handler's name",
      code: `import { Controller, Post } from "@overnightjs/core";\n\n@Controller("sns")\nexport class Bounces {\n  @Post()\n  async receiveWebhook(req: Request, res: Response) {\n    await record(JSON.parse(req.body.Message));\n  }\n}`,
    },
    {
      name: "Express: by the handler's name",
      code: `import express from "express";\nconst router = express.Router();\n\nfunction handlePaddleWebhook(req, res) {\n  pay(req.body);\n}\nrouter.post("/paddle", handlePaddleWebhook);`,
    },
    {
      name: "OvernightJS",
      code: `import { Controller, Post } from "@overnightjs/core";\n\n@Controller("webhooks")\nexport class Hooks {\n  @Post("ses")\n  async receive(req: Request, res: Response) {\n    await record(JSON.parse(req.body.Message));\n    return res.json({});\n  }\n}`,
    },
    {
      name: "NestJS: through a service",
      code: `${nest}class Payments {\n  settle(event) {\n    this.orders.pay(event.data.id);\n  }\n}\n\n@Controller()\nexport class Hooks {\n  constructor(private readonly payments: Payments) {}\n\n  @Post("webhooks/github")\n  receive(@Req() request: Request) {\n    return this.payments.settle(request.body);\n  }\n}`,
    },
    {
      name: "Next.js",
      filename: next,
      code: `export async function POST(request: Request) {\n  const event = await request.json();\n  await pay(event);\n}`,
    },
    {
      name: "Next.js: a constant",
      filename: next,
      code: `const POST = async (request: Request) => {\n  await pay(await request.json());\n};\nexport { POST };`,
    },
    {
      name: "Next.js pages",
      filename: pages,
      code: `export default async function handler(req, res) {\n  if (req.method !== "POST") return res.status(405).end();\n  await pay(req.body);\n  res.json({ received: true });\n}`,
    },
    {
      name: "Hono",
      code: `import { Hono } from "hono";\nconst app = new Hono();\napp.post("/webhooks/clerk", async (c) => {\n  await save(await c.req.json());\n  return c.json({});\n});`,
    },
    {
      name: "koa",
      code: `import Router from "@koa/router";\nconst router = new Router();\nrouter.post("/webhooks/github", async (ctx) => {\n  deploy(ctx.request.body);\n  ctx.body = "ok";\n});`,
    },
    {
      name: "SvelteKit",
      filename: "src/routes/webhooks/stripe/+server.ts",
      code: `export const POST = async ({ request }) => {\n  pay(await request.json());\n};`,
    },
    {
      name: "React Router",
      filename: "app/routes/webhooks.stripe.tsx",
      code: `export async function action({ request }) {\n  await pay(await request.json());\n}`,
    },
    {
      name: "AWS Lambda",
      filename: lambda,
      code: `export const handler = async (event) => {\n  await pay(JSON.parse(event.body));\n  return { statusCode: 200 };\n};`,
    },
    {
      name: "node:http",
      code: `import { createServer } from "node:http";\n\ncreateServer(async (req, res) => {\n  if (req.url === "/webhook") {\n    const body = await buffer(req);\n    pay(JSON.parse(body));\n  }\n  res.end();\n});`,
    },
  ],
});
