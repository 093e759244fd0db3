import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import * as parser from "@typescript-eslint/parser";
import { Linter } from "eslint";
import { describe, expect, it, onTestFinished } from "vitest";

import { requireWebhookSignature } from "../../src/rules/require-webhook-signature.ts";

type Files = Readonly<Record<string, string>>;

const config: Linter.Config[] = [
  {
    files: ["**/*.ts", "**/*.js"],
    languageOptions: { parser: parser as unknown as Linter.Parser },
    plugins: { holdfast: { rules: { rule: requireWebhookSignature as never } } },
    rules: { "holdfast/rule": "error" },
  },
];

/** Lints the first file, in a package with the others. */
function verdict(files: Files): "checked" | "unverified" {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-webhooks-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries({ ...files, "package.json": "{}" })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const [[path, text]] = Object.entries(files) as [[string, string]];
  const messages = new Linter({ configType: "flat", cwd: folder }).verify(text, config, { filename: join(folder, path) });
  expect(messages.filter(({ fatal }) => fatal)).toEqual([]);
  return messages.length > 0 ? "unverified" : "checked";
}

const verify = `export function onlyAcme(req, res, next) { if (req.headers["x-acme-key"] !== key) return res.sendStatus(401); next(); }`;
const logs = `export function onlyAcme(req, res, next) { console.info(req.url); next(); }`;
const router = `import { Router } from "express";\nconst router = Router();\nrouter.post("/webhooks/acme", (req, res) => pay(req.body));\nexport default router;\n`;
const app = (body: string) =>
  `import express from "express";\nimport { onlyAcme } from "./only-acme";\nimport hooks from "./routes/hooks";\nconst app = express();\n${body}\n`;

describe("an Express router that another file mounts", () => {
  const inApp = (body: string, middleware = verify): Files => ({
    "src/routes/hooks.ts": router,
    "src/app.ts": app(body),
    "src/only-acme.ts": middleware,
  });
  it.each<[string, Files]>([
    ["behind app.use", inApp("app.use(onlyAcme);\napp.use(hooks);")],
    ["behind app.use of its path", inApp(`app.use("/api", onlyAcme);\napp.use("/api", hooks);`)],
    ["behind middleware of the mount", inApp(`app.use("/api", onlyAcme, hooks);`)],
    [
      "behind middleware that may throw",
      inApp(
        "app.use(onlyAcme);\napp.use(hooks);",
        `export function onlyAcme(req, res, next) { if (!req.user) throw new Error(); next(); }`,
      ),
    ],
    [
      "behind middleware that hands an error on",
      inApp(
        "app.use(onlyAcme);\napp.use(hooks);",
        `export function onlyAcme(req, res, next) { next(req.user ? undefined : new Error()); }`,
      ),
    ],
    ["behind middleware of a file that says so", inApp(`app.use("/api", require("./verify-sender"));\napp.use("/api", hooks);`)],
    ["behind middleware that is not seen", inApp(`app.use(onlyOurs());\napp.use("/api", hooks);`)],
    ["at a path that is not known", inApp(`app.use("/api", onlyAcme);\napp.use(prefix, hooks);`)],
    [
      "from a list",
      inApp(`app.use(onlyAcme);\nconst list = [{ path: "/", hooks }];\nlist.forEach((one) => app.use(one.path, one.hooks));`),
    ],
    ["by a function that is not seen", inApp(`app.use(onlyAcme);\nmount(app, hooks);`)],
    [
      "through another router",
      {
        "src/routes/hooks.ts": router,
        "src/routes/index.ts": `import { Router } from "express";\nimport hooks from "./hooks";\nexport const routes = Router();\nroutes.use("/acme", hooks);`,
        "src/server/app.ts": `import express from "express";\nimport { routes } from "../routes";\nconst app = express();\napp.use("/api", requireAcmeKey, routes);`,
      },
    ],
    [
      "through a file that passes it on",
      {
        "src/routes/hooks.ts": router,
        "src/routes/index.ts": `export { default as hooks } from "./hooks";`,
        "src/app.ts": `import express from "express";\nimport { hooks } from "./routes";\nconst app = express();\napp.use(checkSecret);\napp.use(hooks);`,
      },
    ],
    [
      "in CommonJS",
      {
        "routes/hooks.js": `const router = require("express").Router();\nrouter.post("/webhooks/acme", (req, res) => pay(req.body));\nmodule.exports = router;`,
        "app.js": `const app = require("express")();\napp.use(verifySender);\napp.use("/", require("./routes/hooks"));`,
      },
    ],
    [
      "as a function that is given the app",
      {
        "src/hooks.ts": `export function registerHooks(app) { app.post("/webhooks/acme", (req, res) => pay(req.body)); }`,
        "src/app.ts": `import express from "express";\nimport { registerHooks } from "./hooks";\nconst app = express();\napp.use(verifySender);\nregisterHooks(app);`,
      },
    ],
    [
      "as a function that makes it",
      {
        "src/hooks.ts": `import { Router } from "express";\nexport function makeHooks() { const router = Router(); router.post("/webhooks/acme", (req, res) => pay(req.body)); return router; }`,
        "src/app.ts": `import express from "express";\nimport { makeHooks } from "./hooks";\nconst app = express();\napp.use(verifySender);\nconst hooks = makeHooks();\napp.use(hooks);`,
      },
    ],
  ])("is checked %s", (_, files) => expect(verdict(files)).toBe("checked"));

  it.each<[string, Files]>([
    ["by nobody", inApp("app.use(hooks);")],
    ["behind middleware that looks at nothing", inApp("app.use(onlyAcme);\napp.use(hooks);", logs)],
    ["before the middleware", inApp("app.use(hooks);\napp.use(onlyAcme);")],
    ["beside the middleware's path", inApp(`app.use("/admin", onlyAcme);\napp.use("/api", hooks);`)],
    [
      "behind middleware that turns nobody away",
      inApp(
        "app.use(onlyAcme);\napp.use(hooks);",
        `export function onlyAcme(req, res, next) { if (req.user) { req.tenant = req.user.tenant; return next(); } next(); }`,
      ),
    ],
    ["behind other routers", inApp(`app.use("/api", require("./cart-routes"));\napp.use("/api", hooks);`)],
    ["behind parsers and a session", inApp(`app.use(express.json());\napp.use(session({ secret }));\napp.use("/api", hooks);`)],
    ["in a test", { "src/hooks.ts": router, "src/hooks.test.ts": `import hooks from "./hooks";\napp.use(verifySender);\napp.use(hooks);` }],
    [
      "by an import that is not found",
      { "src/hooks.ts": router, "src/app.ts": `import hooks from "./hoooks";\napp.use(verifySender, hooks);` },
    ],
    [
      "as an app that another file starts",
      { "src/app.ts": router, "src/index.ts": `import app from "./app";\napp.use(verifySender);\napp.listen(80);` },
    ],
  ])("is reported when mounted %s", (_, files) => expect(verdict(files)).toBe("unverified"));
});

describe("a Fastify plugin that another file registers", () => {
  const plugin = `export default async function hooks(fastify) { fastify.post("/webhooks/acme", async (request) => pay(request.body)); }`;
  const guard = (body: string) => `import fp from "fastify-plugin";\nexport default fp(async (fastify) => { ${body} });`;
  const inApp = (body: string, guards = guard(`fastify.addHook("onRequest", verifySender);`)): Files => ({
    "src/hooks.ts": plugin,
    "src/guard.ts": guards,
    "src/app.ts": `import Fastify from "fastify";\nimport hooks from "./hooks";\nimport guard from "./guard";\nconst app = Fastify();\n${body}`,
  });
  it.each<[string, Files]>([
    ["a hook of the app", inApp(`app.addHook("onRequest", verifySender);\napp.register(hooks);`)],
    ["a hook that stands below", inApp(`app.register(hooks, { prefix: "/api" });\napp.addHook("preHandler", verifySender);`)],
    ["a plugin that leaves its scope", inApp(`app.register(guard);\napp.register(hooks);`)],
    ["a hook where it is imported at run time", inApp(`app.addHook("onRequest", verifySender);\napp.register(import("./hooks"));`)],
    [
      "a plugin of its own",
      {
        "src/hooks.ts": `import guard from "./guard";\nexport default async function hooks(fastify) { await fastify.register(guard); fastify.post("/webhooks/acme", async (request) => pay(request.body)); }`,
        "src/guard.ts": guard(`fastify.addHook("onRequest", verifySender);`),
      },
    ],
  ])("is checked by %s", (_, files) => expect(verdict(files)).toBe("checked"));

  it.each<[string, Files]>([
    ["no hook", inApp("app.register(hooks);")],
    ["a plugin without one", inApp("app.register(guard);\napp.register(hooks);", guard(`fastify.decorate("acme", 1);`))],
    [
      "a hook inside its own scope",
      inApp(
        "app.register(guard);\napp.register(hooks);",
        `export default async (fastify) => { fastify.addHook("onRequest", verifySender); };`,
      ),
    ],
  ])("is reported beside %s", (_, files) => expect(verdict(files)).toBe("unverified"));
});

describe("a Hono app that another mounts", () => {
  const hooks = `import { Hono } from "hono";\nexport const hooks = new Hono();\nhooks.post("/webhooks/acme", async (c) => { pay(await c.req.json()); return c.json({}); });`;
  const inApp = (body: string): Files => ({
    "src/hooks.ts": hooks,
    "src/index.ts": `import { Hono } from "hono";\nimport { hooks } from "./hooks";\nconst app = new Hono();\n${body}\nexport default app;`,
  });
  it.each<[string, string]>([
    ["of all", `app.use(async (c, next) => { if (!known(c.req.header("x-acme-key"))) return c.text("", 401); await next(); });`],
    ["of its path", `app.use("/api/*", bearerAuth({ token }));`],
  ])("is checked by middleware %s", (_, use) => expect(verdict(inApp(`${use}\napp.route("/api", hooks);`))).toBe("checked"));

  it("is reported beside middleware of another path", () => {
    expect(verdict(inApp(`app.use("/admin/*", bearerAuth({ token }));\napp.route("/api", hooks);`))).toBe("unverified");
  });
});

describe("a controller of NestJS", () => {
  const controller = (decorators = "", heritage = "") =>
    `import { Body, Controller, Post } from "@nestjs/common";\nimport { Base, ApiHook } from "./base";\n@Controller("webhooks")\nexport class HooksController${heritage} {\n  ${decorators}\n  @Post("acme")\n  receive(@Body() event) { return this.payments.settle(event); }\n}`;
  const beside = (path: string, text: string, decorators?: string, heritage?: string, base = "export class Base {}"): Files => ({
    "src/hooks/hooks.controller.ts": controller(decorators, heritage),
    [path]: text,
    "src/hooks/base.ts": base,
  });
  const module = (guard: string) =>
    `import { Module } from "@nestjs/common";\nimport { APP_GUARD } from "@nestjs/core";\n@Module({ providers: [Db, { provide: APP_GUARD, useClass: ${guard} }] })\nexport class AppModule {}`;
  const consumer = (chain: string) =>
    `export class HooksModule { configure(consumer: MiddlewareConsumer) { consumer.apply(AcmeMiddleware)${chain}; } }`;
  it.each<[string, Files]>([
    ["APP_GUARD", beside("src/app.module.ts", module("KeyGuard"))],
    ["useGlobalGuards", beside("src/main.ts", "app.useGlobalGuards(new KeyGuard());")],
    ["middleware for its class", beside("src/hooks/hooks.module.ts", consumer(".forRoutes(HooksController)"))],
    ["middleware for its path", beside("src/app.module.ts", consumer(`.forRoutes({ path: "webhooks/*", method: RequestMethod.POST })`))],
    ["middleware for all routes", beside("src/app.module.ts", consumer(`.exclude("health").forRoutes("*")`))],
    ["a guard of the class it extends", beside("src/x.ts", "", "", " extends Base", "@UseGuards(KeyGuard)\nexport class Base {}")],
    [
      "a guard in a decorator of another file",
      beside(
        "src/x.ts",
        "",
        "@ApiHook()",
        "",
        `export class Base {}\nexport const ApiHook = () => applyDecorators(ApiTags("x"), UseGuards(KeyGuard));`,
      ),
    ],
  ])("is checked by %s", (_, files) => expect(verdict(files)).toBe("checked"));

  it.each<[string, Files]>([
    ["a guard that counts requests", beside("src/app.module.ts", module("ThrottlerGuard"))],
    ["a guard for all routes that lets it pass", beside("src/app.module.ts", module("KeyGuard"), "@Public()")],
    ["middleware for another class", beside("src/app.module.ts", consumer(".forRoutes(OrdersController)"))],
    ["middleware for another path", beside("src/app.module.ts", consumer(`.forRoutes("orders")`))],
    ["middleware that leaves it out", beside("src/app.module.ts", consumer(`.exclude("webhooks/*path").forRoutes("*")`))],
    ["a class without a guard that it extends", beside("src/x.ts", "", "", " extends Base")],
    ["a decorator that documents", beside("src/x.ts", "", "@ApiHook()", "", `export const ApiHook = () => applyDecorators(ApiTags("x"));`)],
  ])("is reported beside %s", (_, files) => expect(verdict(files)).toBe("unverified"));
});

describe("a route of Next.js", () => {
  const beside = (middleware: string, path = "src/middleware.ts"): Files => ({
    "src/app/api/webhooks/acme/route.ts": `export async function POST(request: Request) { await pay(await request.json()); }`,
    [path]: middleware,
  });
  const checking = `export function middleware(request) { if (request.headers.get("x-acme-key") !== key) return new Response("", { status: 401 }); }`;
  it.each<[string, Files]>([
    ["middleware", beside(checking)],
    ["middleware above src", beside(checking, "middleware.ts")],
    ["a proxy", beside(checking.replace("middleware", "proxy"), "src/proxy.ts")],
    ["middleware whose matcher covers it", beside(`${checking}\nexport const config = { matcher: ["/admin", "/api/:path*"] };`)],
    ["middleware whose matcher is a group", beside(`${checking}\nexport const config = { matcher: "/((?!_next|favicon.ico).*)" };`)],
    ["middleware that is not seen", beside(`import { guard } from "@acme/guard";\nexport default guard({ all: true });`)],
    ["middleware that checks webhooks alone", beside(`${checking}\nconst path = "/api/webhooks";\nverifySignature(path);`)],
  ])("is checked by %s", (_, files) => expect(verdict(files)).toBe("checked"));

  it.each<[string, Files]>([
    ["middleware whose matcher leaves it out", beside(`${checking}\nexport const config = { matcher: ["/((?!api|_next/static).*)"] };`)],
    ["middleware for other paths", beside(`${checking}\nexport const config = { matcher: ["/admin/:path*", { source: "/api/users" }] };`)],
    ["middleware that lets webhooks pass", beside(`${checking}\nexport const open = ["/api/webhooks(.*)"];`)],
    ["middleware that looks at nothing", beside(`export function middleware(request) { return NextResponse.next(); }`)],
    [
      "Clerk's middleware that protects nothing",
      beside(`import { clerkMiddleware } from "@clerk/nextjs/server";\nexport default clerkMiddleware();`),
    ],
  ])("is reported beside %s", (_, files) => expect(verdict(files)).toBe("unverified"));
});

describe("a Fastify plugin that @fastify/autoload finds", () => {
  const plugin = `export default async function hooks(fastify) { fastify.post("/webhooks/acme", async (request) => pay(request.body)); }`;
  const app = `import autoload from "@fastify/autoload";\napp.register(autoload, { dir: "plugins" });\napp.register(autoload, { dir: "routes" });`;
  const guards = (hook: string) =>
    `import fp from "fastify-plugin";\nexport default fp(async (fastify) => { fastify.addHook("onRequest", ${hook}); });`;

  it.each<[string, Files]>([
    ["by a plugin", { "src/routes/hooks.ts": plugin, "src/app.ts": app, "src/plugins/guards.ts": guards("verifySender") }],
    ["by a hook of the app", { "src/routes/hooks.ts": plugin, "src/app.ts": `${app}\napp.addHook("onRequest", verifySender);` }],
  ])("is checked %s", (_, files) => expect(verdict(files)).toBe("checked"));

  it.each<[string, Files]>([
    ["without hooks", { "src/routes/hooks.ts": plugin, "src/app.ts": app }],
    ["beside a hook that logs", { "src/routes/hooks.ts": plugin, "src/app.ts": app, "src/plugins/log.ts": guards("logRequest") }],
    ["in a program that registers it by hand", { "src/routes/hooks.ts": plugin, "src/plugins/guards.ts": guards("verifySender") }],
  ])("is reported %s", (_, files) => expect(verdict(files)).toBe("unverified"));
});

describe("a route of SvelteKit behind hooks.server.ts", () => {
  const route = `export async function POST({ request }) { pay(await request.json()); return new Response(); }`;
  const behind = (hooks: string): Files => ({ "src/routes/webhooks/acme/+server.ts": route, "src/hooks.server.ts": hooks });

  it.each<[string, Files]>([
    [
      "by its handle",
      behind(
        `export const handle = async ({ event, resolve }) => { if (event.request.headers.get("x-acme-key") !== key) return new Response(null, { status: 401 }); return resolve(event); };`,
      ),
    ],
    [
      "by a cookie",
      behind(
        `export async function handle({ event, resolve }) { if (!event.cookies.get("session")) throw redirect(302, "/"); return resolve(event); }`,
      ),
    ],
    [
      "by one of several",
      behind(
        `import { sequence } from "@sveltejs/kit/hooks";\nimport { handle as login } from "./auth";\nexport const handle = sequence(log, login);`,
      ),
    ],
  ])("is checked %s", (_, files) => expect(verdict(files)).toBe("checked"));

  it.each<[string, Files]>([
    [
      "that look at nothing",
      behind(`export const handle = async ({ event, resolve }) => { console.info(event.url.pathname); return resolve(event); };`),
    ],
    ["without a handle", behind(`export const handleError = ({ error }) => console.error(error);`)],
  ])("is reported %s", (_, files) => expect(verdict(files)).toBe("unverified"));
});
