import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

import fastifyCors from "@fastify/cors";
import koaCors from "@koa/cors";
import cors from "cors";
import fastify from "fastify";
import helmet from "helmet";
import { Hono } from "hono";
import { cors as honoCors } from "hono/cors";
import Koa from "koa";
import { expect, it } from "vitest";

import { yearSeconds } from "../../src/transport/hsts.ts";

/** A fact that no longer holds is to be changed in src/transport/cors/cors-options.ts and src/transport/hsts.ts. */
const origin = "https://attacker.example";

interface Answer {
  readonly origin: string | null;
  readonly credentials: string | null;
}

const allowed = (headers: Headers): Answer => ({
  origin: headers.get("access-control-allow-origin"),
  credentials: headers.get("access-control-allow-credentials"),
});

async function headersFrom(listener: RequestListener): Promise<Headers> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const { headers } = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { headers: { origin } });
    return headers;
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

const byExpressCors = async (options: cors.CorsOptions) =>
  allowed(await headersFrom((request, response) => cors(options)(request as never, response as never, () => response.end())));

it("cors echoes any origin for true, and for a function or pattern that accepts all", async () => {
  const echoed = { origin, credentials: "true" };
  expect(await byExpressCors({ origin: true, credentials: true })).toEqual(echoed);
  expect(await byExpressCors({ origin: (_origin, callback) => callback(null, true), credentials: true })).toEqual(echoed);
  expect(await byExpressCors({ origin: /.*/u, credentials: true })).toEqual(echoed);
});

it("cors sends the wildcard together with credentials, by default too", async () => {
  expect(await byExpressCors({ credentials: true })).toEqual({ origin: "*", credentials: "true" });
  expect(await byExpressCors({ origin: "*", credentials: true })).toEqual({ origin: "*", credentials: "true" });
});

it("@fastify/cors echoes for true and sends the wildcard by default", async () => {
  const answers: Answer[] = [];
  for (const options of [{ origin: true, credentials: true }, { credentials: true }]) {
    const app = fastify();
    await app.register(fastifyCors, options);
    app.get("/", () => "ok");
    const { headers } = await app.inject({ url: "/", headers: { origin } });
    answers.push(allowed(new Headers(headers as Record<string, string>)));
    await app.close();
  }
  expect(answers).toEqual([
    { origin, credentials: "true" },
    { origin: "*", credentials: "true" },
  ]);
});

it("hono/cors sends what the function gives, and the wildcard by default", async () => {
  const answer = async (options: Parameters<typeof honoCors>[0]) => {
    const app = new Hono().use(honoCors(options)).get("/", (context) => context.text("ok"));
    return allowed((await app.request("/", { headers: { origin } })).headers);
  };
  expect(await answer({ origin: (given) => given, credentials: true })).toEqual({ origin, credentials: "true" });
  expect(await answer({ credentials: true } as never)).toEqual({ origin: "*", credentials: "true" });
});

it("@koa/cors echoes the origin when credentials are on and none is named", async () => {
  const app = new Koa().use(koaCors({ credentials: true })).use((context) => {
    context.body = "ok";
  });
  expect(allowed(await headersFrom(app.callback()))).toEqual({ origin, credentials: "true" });
});

it("helmet asks for a year, and for nothing when hsts is false", async () => {
  const header = async (options?: Parameters<typeof helmet>[0]) =>
    (await headersFrom((request, response) => helmet(options)(request, response, () => response.end()))).get("strict-transport-security");
  expect(await header()).toBe(`max-age=${yearSeconds}; includeSubDomains`);
  expect(await header({ hsts: false })).toBeNull();
});
