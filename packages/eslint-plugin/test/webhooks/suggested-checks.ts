/** A handler that checks nothing, as people write it for each framework; `route` is the part of the path that names the provider. */
export const handlers: Readonly<Record<string, (route: string) => { readonly path: string; readonly code: string }>> = {
  Express: (route) => ({
    path: "server.ts",
    code: `import express from "express";

export const app = express();
app.use(express.json());
export const paid: unknown[] = [];

app.post("/${route}/webhook", async (req, res) => {
  paid.push(req.body);
  res.json({ received: true });
});
`,
  }),
  "Express, with a parser of the route": (route) => ({
    path: "server.ts",
    code: `import express, { type Request, type Response } from "express";

export const app = express();
export const paid: unknown[] = [];

app.post("/${route}/webhook", express.json({ limit: "1mb" }), async function receive(req: Request, res: Response): Promise<void> {
  paid.push(req.body);
  res.json({ received: true });
});
`,
  }),
  Fastify: (route) => ({
    path: "server.ts",
    code: `import Fastify from "fastify";

export const app = Fastify();
export const paid: unknown[] = [];

app.post("/${route}/webhook", async (request) => {
  paid.push(request.body);
  return { received: true };
});
`,
  }),
  NestJS: (route) => ({
    path: "hooks.controller.ts",
    code: `import { Body, Controller, Module, Post } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";

export const paid: unknown[] = [];

@Controller("${route}")
export class HooksController {
  @Post("webhook")
  async receive(@Body() event: unknown) {
    paid.push(event);
    return { received: true };
  }
}

@Module({ controllers: [HooksController] })
class AppModule {}

export const start = () => NestFactory.create(AppModule, { rawBody: true });
`,
  }),
  "Next.js": (route) => ({
    path: `app/api/${route}/webhook/route.ts`,
    code: `export const paid: unknown[] = [];

export async function POST(request: Request) {
  const event = await request.json();
  paid.push(event);
  return Response.json({ received: true });
}
`,
  }),
  "Next.js pages": (route) => ({
    path: `pages/api/${route}/webhook.ts`,
    code: `import type { NextApiRequest, NextApiResponse } from "next";

export const paid: unknown[] = [];

export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  if (req.method !== "POST") return res.status(405).end();
  paid.push(req.body);
  return res.json({ received: true });
}
`,
  }),
  Hono: (route) => ({
    path: "server.ts",
    code: `import { Hono } from "hono";

export const app = new Hono();
export const paid: unknown[] = [];

app.post("/${route}/webhook", async (c) => {
  paid.push(await c.req.json());
  return c.json({ received: true });
});
`,
  }),
  koa: (route) => ({
    path: "server.ts",
    code: `import Router from "@koa/router";
import Koa from "koa";
import bodyParser from "koa-bodyparser";

export const app = new Koa();
const router = new Router();
export const paid: unknown[] = [];

router.post("/${route}/webhook", async (ctx) => {
  paid.push(ctx.request.body);
  ctx.body = { received: true };
});

app.use(bodyParser());
app.use(router.routes());
`,
  }),
  "node:http": (route) => ({
    path: "server.ts",
    code: `import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";

export const paid: unknown[] = [];

export const server = createServer(async (req, res) => {
  if (req.url === "/${route}/webhook") {
    const body = await buffer(req);
    paid.push(JSON.parse(body.toString()));
  }
  res.end("{}");
});
`,
  }),
  "AWS Lambda": (route) => ({
    path: `${route}/webhook.ts`,
    code: `import type { APIGatewayProxyEventV2, APIGatewayProxyResult } from "aws-lambda";

export const paid: unknown[] = [];

export const handler = async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyResult> => {
  paid.push(JSON.parse(event.body ?? "{}"));
  return { statusCode: 200, body: "{}" };
};
`,
  }),
};
