import { noPermissiveCors } from "../../src/rules/no-permissive-cors.ts";
import { runRule } from "./run-rule.ts";

runRule("no-permissive-cors", noPermissiveCors, {
  silent: [
    {
      name: "Socket.IO that asks a policy of its own before each connection",
      code: `import { Server } from "socket.io";\nexport const options = { allowRequest: (request, done) => policy(request, done), cors: { credentials: true, origin: true } };\nnew Server(http, { allowRequest: policy, cors: { credentials: true, origin: true } });`,
    },
    {
      name: "a public API",
      code: `import cors from "cors";\napp.use(cors());\napp.use(cors({ origin: "*" }));\napp.use(cors({ origin: true }));`,
    },
    {
      name: "a setting without an origin, or with a list",
      code: `export const server = { cors: { credentials: true } };\nexport const shop = { cors: { origin: ["https://shop.example"], credentials: true } };`,
    },
    { name: "a list", code: `import cors from "cors";\napp.use(cors({ origin: ["https://shop.example"], credentials: true }));` },
    { name: "one origin", code: `import cors from "cors";\napp.use(cors({ origin: "https://shop.example", credentials: true }));` },
    {
      name: "a list from the environment",
      code: `import cors from "cors";\napp.use(cors({ origin: process.env.ORIGINS?.split(","), credentials: true }));`,
    },
    { name: "a fallback", code: `import cors from "cors";\napp.use(cors({ origin: process.env.ORIGIN ?? "*", credentials: true }));` },
    {
      name: "in development only",
      code: `import cors from "cors";\nif (process.env.NODE_ENV === "development") app.use(cors({ origin: true, credentials: true }));`,
    },
    {
      name: "told by a condition",
      code: `import cors from "cors";\napp.use(cors({ origin: isDev ? true : origins, credentials: true }));`,
    },
    {
      name: "a function that decides",
      code: `import cors from "cors";\napp.use(cors({ origin: (origin, callback) => callback(null, allowed.has(origin)), credentials: true }));`,
    },
    {
      name: "a function that decides by a condition",
      code: `import { cors } from "hono/cors";\napp.use(cors({ origin: (origin) => { if (origin.endsWith(".shop.example")) return origin; return null; }, credentials: true }));`,
    },
    { name: "a pattern", code: `import cors from "cors";\napp.use(cors({ origin: /\\.shop\\.example$/, credentials: true }));` },
    {
      name: "options that are not seen",
      code: `import cors from "cors";\napp.use(cors(options));\napp.use(cors({ ...options, credentials: true }));`,
    },
    { name: "something else of that name", code: `const cors = (options) => options;\ncors({ origin: true, credentials: true });` },
    { name: "headers without credentials", code: `res.setHeader("Access-Control-Allow-Origin", req.headers.origin);` },
    {
      name: "an origin that is looked up",
      code: `function handle(req, res) { if (origins.includes(req.headers.origin)) { res.setHeader("Access-Control-Allow-Origin", req.headers.origin); res.setHeader("Access-Control-Allow-Credentials", "true"); } }`,
    },
    {
      name: "another function's header",
      code: `const a = (req, res) => res.setHeader("Access-Control-Allow-Origin", req.headers.origin);\nconst b = (req, res) => res.setHeader("Access-Control-Allow-Credentials", "true");`,
    },
    {
      name: "a route without users",
      code: `export default createRoute().GET({ auth: false }).handler(async ({ req, res }) => {\n  res.setHeader("Access-Control-Allow-Origin", req.headers.origin || "*");\n  res.setHeader("Access-Control-Allow-Credentials", "true");\n});\nserver.route({ options: { auth: false }, handler: (req, h) => {\n  const response = h.response(list);\n  response.header("Access-Control-Allow-Origin", req.headers.origin);\n  response.header("Access-Control-Allow-Credentials", "true");\n  return response;\n} });`,
    },
    {
      name: "lines of headers for one origin",
      code: `server.on("headers", (headers, request) => {\n  headers.push(\`Access-Control-Allow-Origin: \${shopOrigin}\`);\n  headers.push("Access-Control-Allow-Credentials: true");\n});`,
    },
    { name: "a test", code: `import cors from "cors";\napp.use(cors({ origin: true, credentials: true }));`, filename: "test/app.test.ts" },
  ],
  reported: [
    { name: "cors", code: `import cors from "cors";\napp.use(cors({ origin: true, credentials: true }));` },
    {
      name: "options in a constant",
      code: `const cors = require("cors");\nconst options = {\n  credentials: true,\n  origin: (origin, callback) => {\n    callback(null, true);\n  },\n};\napp.use(cors(options));`,
    },
    { name: "the default with credentials", code: `import cors from "cors";\napp.use(cors({ credentials: true }));` },
    { name: "the wildcard", code: `import cors from "cors";\napp.use(cors({ origin: "*", credentials: true }));` },
    { name: "any pattern", code: `import cors from "cors";\napp.use(cors({ origin: /.*/, credentials: true }));` },
    {
      name: "fastify",
      code: `import fastifyCors from "@fastify/cors";\nawait app.register(fastifyCors, { origin: true, credentials: true });`,
    },
    { name: "hono", code: `import { cors } from "hono/cors";\napp.use("*", cors({ origin: (origin) => origin, credentials: true }));` },
    {
      name: "koa",
      code: `import cors from "@koa/cors";\napp.use(cors({ credentials: true }));\napp.use(cors({ origin: (ctx) => ctx.get("Origin"), credentials: true }));`,
    },
    {
      name: "Nest",
      code: `const app = await NestFactory.create(AppModule, { cors: { origin: true, credentials: true } });\napp.enableCors({ origin: true, credentials: true });`,
    },
    {
      name: "socket.io",
      code: `import { Server } from "socket.io";\nconst io = new Server(server, { cors: { origin: "*", credentials: true } });`,
    },
    {
      name: "a framework's setting",
      code: `export const defaults = {\n  apiOptions: {\n    cors: {\n      origin: true,\n      credentials: true,\n    },\n  },\n};`,
    },
    {
      name: "headers by hand",
      code: `export function allowCors(req, res, next) {\n  res.header("Access-Control-Allow-Origin", req.headers.origin || "*");\n  res.header("Access-Control-Allow-Credentials", "true");\n  next();\n}`,
    },
    {
      name: "a header through a variable",
      code: `export async function GET(request) {\n  const origin = request.headers.get("origin");\n  const response = new Response();\n  response.headers.set("Access-Control-Allow-Origin", origin);\n  response.headers.set("Access-Control-Allow-Credentials", "true");\n  return response;\n}`,
    },
    {
      name: "lines of headers",
      code: `server.on("headers", (headers, request) => {\n  const origin = request.headers.origin ?? request.headers.host ?? "*";\n  headers.push(\`Access-Control-Allow-Origin: \${origin}\`);\n  headers.push("Access-Control-Allow-Credentials: true");\n});`,
    },
    {
      name: "a route whose users are told",
      code: `export default createRoute().GET({ auth: true }).handler(async ({ req, res }) => {\n  res.setHeader("Access-Control-Allow-Origin", req.headers.origin || "*");\n  res.setHeader("Access-Control-Allow-Credentials", "true");\n});`,
    },
    {
      name: "an object of headers",
      code: `const headers = { "Access-Control-Allow-Origin": "*", "Access-Control-Allow-Credentials": "true" };\nexport const handler = async (event) => ({ headers: { "access-control-allow-origin": event.headers.origin, "access-control-allow-credentials": true } });`,
    },
    {
      name: "a Next configuration",
      filename: "next.config.mjs",
      code: `export default { headers: () => [{ source: "/api/:path*", headers: [{ key: "Access-Control-Allow-Credentials", value: "true" }, { key: "Access-Control-Allow-Origin", value: "*" }] }] };`,
    },
  ],
});
