import type { Holding } from "./request-flow.ts";

/** What reading a part of the request says: it is followed on, it is the body, or it may tell who sent the request. */
export type Part = { readonly holds: Holding } | "nothing" | "may tell the sender";

const body = { holds: "body" } as const;
const raw = { holds: "raw body" } as const;

const requestParts: Readonly<Record<string, Part>> = {
  body,
  rawBody: raw,
  json: body,
  formData: body,
  parseBody: body,
  payload: body,
  valid: body,
  text: raw,
  arrayBuffer: raw,
  blob: raw,
  bytes: raw,
  on: raw,
  once: raw,
  pipe: raw,
  [Symbol.asyncIterator.toString()]: raw,
  raw: { holds: "request" },
  req: { holds: "request" },
  request: { holds: "request" },
  clone: { holds: "request" },
  // Beside the request of React Router and SvelteKit: what the host gives, and what middleware has put there.
  context: { holds: "surroundings" },
  platform: { holds: "surroundings" },
  headers: { holds: "headers" },
  multiValueHeaders: { holds: "headers" },
  get: { holds: "headers" },
  header: { holds: "headers" },
};

const contextParts: Readonly<Record<string, Part>> = {
  req: { holds: "request" },
  request: { holds: "request" },
  // Nest's context.switchToHttp().getRequest()
  switchToHttp: { holds: "context" },
  getRequest: { holds: "request" },
  event: { holds: "request" },
  headers: { holds: "headers" },
  header: { holds: "headers" },
  rawBody: raw,
  // Hono's c.get("user") and koa's ctx.get("X-Header") both may say who it is.
  get: { holds: "headers" },
};

/** Of the rest, what cannot carry a proof of the sender: routing, logging, the answer. */
const harmless = new Set(
  [
    "method url originalUrl baseUrl host hostname path nextUrl params param route routePath protocol log logger app server res response set status statusCode send",
    "query queries queryStringParameters searchParams rawPath version httpVersion isBase64Encoded setEncoding aborted destroyed complete signal",
    "executionCtx waitUntil env var html redirect type length next resolve throw assert respond event detail timeout setTimeout requestId id t i18n",
  ].flatMap((line) => line.split(" ")),
);
const answering = new Set(["body", "json", "text", "newResponse"]);

export function partOfRequest(key: string): Part {
  return requestParts[key] ?? (harmless.has(key) ? "nothing" : "may tell the sender");
}

/** A context (`c` of Hono, `ctx` of koa) holds the request and the answer; `ctx.body` is the answer. */
export function partOfContext(key: string): Part {
  return contextParts[key] ?? (harmless.has(key) || answering.has(key) ? "nothing" : "may tell the sender");
}

/** Bindings of the host, not what middleware found out: `context.cloudflare.env`, `platform.env`. */
export function partOfSurroundings(key: string): Part {
  return /^(?:cloudflare|env|db|database|ctx|cf|caches|storage|waitUntil|executionCtx|queue|kv|logger|log)$/u.test(key)
    ? "nothing"
    : "may tell the sender";
}

/** Headers that say what a delivery is about, or how it is encoded, but not who sent it. */
export function partOfHeaders(name: string): Part {
  return harmlessHeader.test(name) ? "nothing" : "may tell the sender";
}

const harmlessHeader =
  /^(?:content-.+|user-agent|(?:.+-)?host(?:name)?|origin|referer|accept.*|x-request-id|x-forwarded-(?:proto|host|port)|x-correlation-id|traceparent|.*(?:-|^)(?:event|events|topic|type|delivery|delivery-id|timestamp|version|resource|action|hook-id|api-version|shop-domain|test|kind|name|attempt|id))$/iu;
