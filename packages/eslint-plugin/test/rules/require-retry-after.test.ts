import { requireRetryAfter } from "../../src/rules/require-retry-after.ts";
import { runRule } from "./run-rule.ts";

const loop = (body: string) =>
  `export async function load() {\n  for (let attempt = 0; attempt < 3; attempt++) {\n    const response = await fetch("https://api.psp.example/v1", { signal: AbortSignal.timeout(300) });\n    ${body}\n  }\n}`;

runRule("require-retry-after", requireRetryAfter, {
  silent: [
    {
      name: "a loop that reads it",
      code: loop(`if (response.status !== 429) return response;\n    await sleep(Number(response.headers.get("Retry-After")) * 1000);`),
    },
    {
      name: "a loop that does not repeat 429",
      code: loop("if (response.ok) return response;\n    if (response.status === 429) throw new Error();\n    await sleep(500);"),
    },
    {
      name: "a loop whose wait is made elsewhere",
      code: loop("if (response.status !== 429) return response;\n    await waitFor(response);"),
    },
    {
      name: "stripe, which repeats no 429",
      code: `import Stripe from "stripe"; new Stripe(key, { maxNetworkRetries: 4 }).customers.list();`,
    },
    {
      name: "wretch with a hook that is given the response",
      code: `import wretch from "wretch"; import { retry } from "wretch/middlewares"; wretch("https://api.psp.example").middlewares([retry({ maxAttempts: 2, onRetry: ({ response }) => waitAsTold(response) })]).get("/v1").json();`,
    },
    { name: "got, which heeds it", code: `import got from "got"; got("https://api.psp.example/v1");` },
    {
      name: "a loop over the program's own back end",
      code: loop("if (response.status !== 429) return response;\n    await sleep(500);").replace(
        "https://api.psp.example",
        "http://localhost:3000",
      ),
    },
    { name: "an answer that sends it", code: `app.get("/", (req, res) => { res.set("Retry-After", "30"); res.status(429).json({}); });` },
    { name: "an answer that sends it in a chain", code: `app.get("/", (req, res) => res.status(429).set("Retry-After", "30").json({}));` },
    {
      name: "a Response with the header",
      code: `export const GET = () => new Response("", { status: 429, headers: { "retry-after": "30" } });`,
    },
    { name: "a Response whose headers come from elsewhere", code: `export const GET = () => Response.json({}, { status: 429, headers });` },
    { name: "another status", code: `app.get("/", (req, res) => res.status(404).json({}));` },
    { name: "a limiter that has set it", code: `app.use(rateLimit({ windowMs: 1000, handler: (req, res) => res.status(429).json({}) }));` },
    {
      name: "a limiter whose options are in a variable",
      code: `const options = { lookup: "ip", onRateLimited: (req, res) => { res.status(429).send({}); } }; app.use(expressLimiter(client)(options));`,
    },
    {
      name: "a limiter whose options are in a variable of a function that sets up the routes",
      code: `export default async function routes(app) { const options = { onRateLimited: function (req, res) { res.status(429).send({}); } }; app.use(expressLimiter(client)(options)); }`,
    },
    {
      name: "a handler by its name that a limiter is given",
      code: `const tooMany = (req, res) => res.status(429).json({}); app.use(rateLimit({ windowMs: 1000, handler: tooMany }));`,
    },
    {
      name: "a 503 of a failure that is told by its reason",
      code: `app.post("/", (req, res) => { switch (outcome.reason) { case "unknown": res.status(404).end(); return; default: res.status(503).send({ error: { code: "failed_to_deploy" } }); } });`,
    },
    {
      name: "a 503 that hands on the error of a result",
      code: `app.get("/", async (req, res) => { const result = await load(); if (result.error) return res.status(503).json({ ok: false, error: result.error }); res.json(result); });`,
    },
    {
      name: "the retries of a health check",
      filename: "src/healthCheck.ts",
      code: `import superagent from "superagent"; export const check = () => superagent.get("https://api.psp.example/v1").retry(2);`,
    },
    { name: "a health check", code: `app.get("/health", (req, res) => { res.status(503).json({ ok: false }); });` },
    { name: "a readiness probe", filename: "src/readiness.ts", code: `export function probe(req, res) { res.status(503).end(); }` },
    {
      name: "a part that is not configured",
      code: `app.get("/", (req, res) => { if (!pylonApiKey) return res.status(503).json({}); res.json(load(pylonApiKey)); });\napp.get("/b", (c) => c.json({ error: "Slack is not configured" }, 503));`,
    },
    { name: "a 503 that promises nothing", code: `export const GET = () => new Response("Network error occurred", { status: 503 });` },
    {
      name: "a json() that makes no answer",
      code: `import { json } from "./text"; export const load = () => json({ error: "too many" }, { status: 429 });`,
    },
    {
      name: "an exception of NestJS that no wait mends",
      code: `import { HttpException } from "@nestjs/common"; export class Users { check(user) { if (hasRole(user, "INACTIVE")) throw new HttpException(reason(), 429); } }`,
    },
    {
      name: "an exception of NestJS, after the header was set",
      code: `import { HttpException } from "@nestjs/common"; export class Limit { check(response) { response.setHeader("Retry-After", "30"); throw new HttpException("Rate limit reached", 429); } }`,
    },
    {
      name: "an answer to a form of the same route",
      filename: "app/routes/invite.tsx",
      code: `import { json } from "@remix-run/node"; export const action = () => json({ error: "too many" }, { status: 429 });`,
    },
    {
      name: "headers that are filled after they were declared",
      code: `export function GET() { const headers = { "cache-control": "no-store" }; fill(headers); return Response.json({}, { status: 429, headers }); }`,
    },
    {
      name: "a loop that waits by a function of the answer",
      code: loop("if (response.status !== 429) return response;\n    await sleep(delayOf(response, attempt));"),
    },
    {
      name: "a loop that waits as long as a header says",
      code: loop(
        'if (response.status !== 429) return response;\n    const reset = Number(response.headers.get("x-reset"));\n    await sleep(reset);',
      ),
    },
    {
      name: "what a plan includes is used up, which no wait mends",
      code: `export async function POST() { const usage = await checkUsage(); if (!usage.allowed) return NextResponse.json({ error: usage.reason, limitReached: true, upgrade: usage.upgrade }, { status: 429 }); }`,
    },
    {
      name: "a monthly allowance that a larger plan raises",
      code: "export async function POST() { if (cap.exceeded) return NextResponse.json({ error: `You've used all ${cap.limit} designs on your plan this period.` }, { status: 429 }); }",
    },
    {
      name: "attempts at a code that is thrown away then",
      code: `export async function POST() { if (attempts >= 5) return NextResponse.json({ error: "Too many failed attempts. Please request a new code." }, { status: 429 }); }`,
    },
    { name: "an answer that is read", code: `if (response.status === 429) throw new Error();` },
    { name: "a mock of a server in a test", filename: "test/server.ts", code: `app.get("/", (req, res) => res.status(429).json({}));` },
    { name: "an object that is no answer", code: `const client = builder(); client.status(429);` },
  ],
  reported: [
    { name: "a loop on 429", code: loop("if (response.status !== 429) return response;\n    await sleep(500);") },
    {
      name: "a loop on 429 and errors of the server",
      code: loop(
        "if (response.status === 429 || response.status >= 500) {\n      await sleep(500 * 2 ** attempt);\n      continue;\n    }\n    if (response.ok) return response;\n    throw new Error();",
      ),
    },
    {
      name: "a wait that is longer after a 429",
      code: loop(
        "if (response.ok) return response;\n    const base = response.status === 429 ? 30_000 : 2_000;\n    await sleep(base * 2 ** attempt);",
      ),
    },
    {
      name: "a recursion on 503",
      code: `export async function load(attempt = 0) {\n  const response = await fetch("https://api.psp.example/v1", { signal: AbortSignal.timeout(300) });\n  if (response.status === 503 && attempt < 2) {\n    await sleep(500);\n    return load(attempt + 1);\n  }\n  return response;\n}`,
    },
    { name: "Express", code: `app.get("/", (req, res) => {\n  res.status(429).json({ error: "too many" });\n});` },
    { name: "Express with the status alone", code: `app.get("/", (req, res) => res.sendStatus(503));` },
    {
      name: "Express with a status by name",
      code: `app.get("/", (req, res) => res.status(StatusCodes.TOO_MANY_REQUESTS).send("slow down"));`,
    },
    { name: "Fastify", code: `fastify.get("/", async (request, reply) => {\n  return reply.code(429).send({ error: "too many" });\n});` },
    {
      name: "a daily allowance that tomorrow begins anew",
      code: `export async function POST() {\n  if (count >= 5) return NextResponse.json({ error: "Upgrade for more, or come back tomorrow." }, { status: 429 });\n}`,
    },
    {
      name: "Hono with the seconds in the body alone",
      code: `app.post("/", async (c) => {\n  if (hits > 9) return c.json({ error: "rate_limited", retry_after: 3600 }, 429);\n  return c.json({ retry_after: 0 });\n});`,
    },
    {
      name: "the response of a page of Next",
      code: `export const getServerSideProps = async (context) => {\n  if (!isAllowed(context.req)) context.res.statusCode = 429;\n  return { props: {} };\n};`,
    },
    { name: "Koa", code: `app.use(async (ctx) => {\n  ctx.status = 429;\n});` },
    { name: "Hono", code: `app.get("/", (c) => c.json({ error: "too many" }, 429));` },
    { name: "a Response", code: `export function GET() {\n  return new Response("slow down", { status: 429 });\n}` },
    {
      name: "Next",
      code: `export async function POST(request) {\n  if (await isOverLimit(request)) return NextResponse.json({ error: "too many" }, { status: 429 });\n}`,
    },
    {
      name: "a 503 that says to come back",
      code: `app.get("/", (req, res) => {\n  res.status(503).json({ error: { code: "try_again_later" } });\n});`,
    },
    {
      name: "a limiter of its own",
      code: `function rateLimit(max) {\n  return (req, res, next) => {\n    if (isAbove(max)) return res.status(429).json({});\n    next();\n  };\n}\napp.post("/", rateLimit(5), save);`,
    },
    {
      name: "retries of superagent",
      code: `import superagent from "superagent";\nexport const load = () => superagent.get("https://api.psp.example/v1").retry(2);`,
    },
    {
      name: "json() of Remix",
      code: `import { json } from "@remix-run/server-runtime";\n\nexport const loader = () => json({ error: "too many" }, { status: 429 });`,
    },
    {
      name: "a 503 that asks for a retry",
      code: `app.get("/", (req, res) => res.status(503).json({ error: "Run materialising, retry shortly" }));`,
    },
    {
      name: "a loop that waits by a function of the counter",
      code: loop("if (response.status !== 429) return response;\n    await this._sleep(this.delayOf(attempt));"),
    },
    {
      name: "a loop that else returns",
      code: loop("if (response.status === 429) {\n      await sleep(500);\n    } else return response;"),
    },
    {
      name: "a loop that keeps its question in a constant",
      code: loop(
        "const isLimited = response.status === 429;\n    if (isLimited) {\n      await sleep(500);\n      continue;\n    }\n    return response;",
      ),
    },
    {
      name: "a loop that waits as long as it is told, or else by a constant",
      code: `export async function load(url, { retries = 3, baseMs = 300 } = {}) {\n  for (let attempt = 0; attempt <= retries; attempt++) {\n    try {\n      const response = await fetch(url, { signal: AbortSignal.timeout(300) });\n      if (response.status < 500 && response.status !== 429) return response;\n    } catch {}\n    const delay = baseMs * 2 ** attempt;\n    await sleep(delay);\n  }\n}`,
    },
    {
      name: "an exception of NestJS",
      code: `import { HttpException, HttpStatus } from "@nestjs/common";\n\nexport class Limit {\n  check(count) {\n    if (count > 5) throw new HttpException("Rate limit reached", HttpStatus.TOO_MANY_REQUESTS);\n  }\n}`,
    },
    {
      name: "json() of SvelteKit",
      code: `import { json } from "@sveltejs/kit";\n\nexport const GET = () => json({ error: "too many" }, { status: 429 });`,
    },
    {
      name: "headers in a constant",
      code: `const cors = { "Access-Control-Allow-Origin": "https://shop.example" };\n\nexport function tooMany(isOpen, cache) {\n  const headers = { ...(isOpen && cors), "Cache-Control": cache };\n  return Response.json({ code: "too_many_requests" }, { status: 429, headers });\n}`,
    },
    { name: "node:http", code: `http.createServer((req, res) => {\n  res.statusCode = 503;\n  res.end();\n});` },
  ],
});
