import type { OutboundCall } from "./outbound-call.ts";
import { pathOf, urlPattern } from "./upstream.ts";
import { propertyOf, textParts, type Value } from "./value.ts";

/**
 * POSTs that may be sent twice without harm, by the path they go to. Each is a convention that many APIs share: token and login end points
 * (RFC 6749), searches and queries, names that begin with a verb of reading or taking away, logs and telemetry, validation and previews, model inference.
 */
const safePaths = [
  /\/(?:oauth2?|oidc|connect|auth|identity|sts)(?:\/[^/]*)*\/(?:access_?)?tokens?\/?$/iu,
  /\/(?:access_?)?token\/?$/iu,
  /\/(?:introspect|revoke|logout|log-?in|sign-?in|sessions?\/refresh|refresh(?:[-_]?token)?|authenticate|authenticated)\/?$/iu,
  /\/_?(?:m?search|embeddings?|inference|completions)(?:[/:]|$)/iu,
  /\/_?(?:query|queries|queries\/run|lookup|filter|count|find|aggregate|suggest|autocomplete|graphql-query|sql)\/?$/iu,
  /[/:](?:list|get|search|query|find|fetch|lookup|read|compute|batchGet|runQuery|count|delete|remove|purge|invalidate)(?:[A-Z_-][\w-]*)?$/u,
  /\/(?:logs?|events?|track|metrics?|telemetry|traces?|spans?|collect|beacon|analytics|ingest|envelope|store|report|csp-report|heartbeat|ping|health)\/?$/iu,
  /\/(?:validate|validation|verify|verification|siteverify|check|preview|estimate|quote|quotes|calculate|simulate|dry-?run|parse|convert|translate|detect|classify|analy[sz]e|moderations?|decode|decrypt|encrypt|sign|hash|render|format|compare|diff)\/?$/iu,
  /\/(?:complete|responses|messages\/count_tokens|generate|generateContent|predict|infer|rerank|tokenize)\/?$/iu,
  /:(?:generateContent|streamGenerateContent|predict|embedContent|countTokens)/u,
];

/** Hosts whose POSTs take no key at all: a header would do nothing, so asking for one helps nobody. */
const hostsWithoutKeys = [
  /^https:\/\/sts\./u,
  /^https:\/\/hooks\.slack\.com\//u,
  /^https:\/\/slack\.com\/api\//u,
  /^https:\/\/(?:ptb\.|canary\.)?discord(?:app)?\.com\/api\/webhooks\//u,
  /^https:\/\/api\.telegram\.org\//u,
  /^https:\/\/(?:[^/]+\.)?(?:ingest\.)?sentry\.io\//u,
  /^https:\/\/(?:[^/]+\.)?posthog\.com\//u,
  /^https:\/\/(?:www\.)?google-analytics\.com\//u,
  /^https:\/\/(?:www\.google\.com|www\.recaptcha\.net)\/recaptcha\//u,
  /^https:\/\/challenges\.cloudflare\.com\/turnstile\//u,
  /^https:\/\/api\.(?:openai|anthropic)\.com\//u,
  /^https:\/\/[^/]*\.?api\.github\.com\/graphql/u,
];

/**
 * Whether repeating the POST is harmless as far as its URL and body tell; "unknown" when a GraphQL or RPC body cannot be seen.
 * `declared` are the policy's: `/oauth/token`, `POST /v1/search`, `/v1/previews/*`.
 */
export function isSafePost(call: OutboundCall, declared: readonly string[]): "safe" | "unsafe" | "unknown" {
  if (call.effect !== undefined) return call.effect === "reads" ? "safe" : call.effect === "writes" ? "unsafe" : "unknown";
  const url = urlPattern(call.url) ?? "";
  if (hostsWithoutKeys.some((host) => host.test(url))) return "safe";
  const path = pathOf(call.url);
  // Neither host nor path is known: nothing tells what the POST is for.
  if (/^[^:]*:\/\/\*[/*]*$/u.test(url)) return "unknown";
  if (safePaths.some((safe) => safe.test(path)) || declared.some((entry) => isDeclared(entry, call, path))) return "safe";
  if (/\/graphql\/?$/iu.test(path)) return graphqlSafety(call.body);
  return rpcSafety(literalBody(call.body)) ?? "unsafe";
}

function isDeclared(entry: string, { method }: OutboundCall, path: string): boolean {
  const [first = "", second] = entry.split(" ");
  if (second !== undefined && (method.kind === "unknown" || method.value !== first)) return false;
  const pattern = (second ?? first)
    .split("*")
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/gu, "\\$&"))
    .join("[^/]*");
  return new RegExp(`${pattern}/?$`, "u").test(path);
}

/** JSON-RPC names what it does; undefined when the body is none. */
function rpcSafety(body: Value): "safe" | "unknown" | undefined {
  if (propertyOf(body, "jsonrpc").kind !== "primitive") return undefined;
  const method = textParts(propertyOf(body, "method"))?.join("") ?? "";
  return /(?:^|[_./])(?:get|list|query|read|eth_call|estimate)/iu.test(method) ? "safe" : "unknown";
}

function graphqlSafety(body: Value): "safe" | "unsafe" | "unknown" {
  const query = textParts(propertyOf(literalBody(body), "query"));
  const text = query?.[0];
  if (text === undefined) return "unknown";
  return /^\s*(?:#[^\n]*\n\s*)*mutation\b/u.test(text) ? "unsafe" : "safe";
}

/** `JSON.stringify({ … })` is its argument. */
function literalBody(body: Value): Value {
  return body.kind === "result" && body.callee.path.join(".") === "JSON.stringify" ? (body.arguments[0] ?? body) : body;
}
