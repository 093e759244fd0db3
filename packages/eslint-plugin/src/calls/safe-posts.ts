import type { TSESTree } from "@typescript-eslint/utils";

import { nameOfFunction } from "./function-name.ts";
import { mutatedFields } from "./graphql-document.ts";
import { takesNoKey } from "./hosts-without-keys.ts";
import { verbOfField } from "./operation-verb.ts";
import type { OutboundCall } from "./outbound-call.ts";
import { isFunction } from "./source-file.ts";
import { hostOf, pathOf, urlPattern } from "./upstream.ts";
import { ABSENT, propertyOf, textParts, type Value } from "./value.ts";

/**
 * POSTs that may be sent twice without harm, by the path they go to. Each is a convention that many APIs share: token and login end points
 * (RFC 6749), searches and queries, names that begin with a verb of reading or taking away, states that are set, logs and telemetry, validation and previews,
 * model inference.
 */
const safePaths = [
  /\/(?:oauth2?|oidc|connect|auth|identity|sts)(?:\/[^/]*)*\/(?:access_?)?tokens?(?:\/bearer)?\/?$/iu,
  /\/(?:(?:access[-_]?)?token|access[-_]?tokens|jwt)\/?$/iu,
  // Registering a client (RFC 7591) takes no key.
  /\/(?:oauth2?|oidc|connect)\/register\/?$/iu,
  /\/(?:introspect|revoke|logout|log-?in|sign-?in|sessions?\/refresh|refresh(?:[-_]?token)?|authenticate|authenticated)\/?$/iu,
  /\/_?(?:m?search|embeddings?|inference|completions)(?:[/:]|$)/iu,
  /\/_?(?:query|queries|queries\/run|lookup|filter|count|find|aggregate|suggest|autocomplete|graphql-query|sql)\/?$/iu,
  /[/:](?:list|get|search|query|find|fetch|lookup|read|compute|batchGet|runQuery|count|delete|remove|purge|invalidate|disconnect|unsubscribe|deregister|unregister)(?:[A-Z_-][\w-]*)?\/?$/u,
  // Connect and Twirp: `/vault.v1.VaultService/Encrypt`
  /\/[\w.]*\.[A-Z]\w*\/(?:Get|List|Search|Query|Find|Fetch|Lookup|Read|Compute|Count|Check|Verify|Validate|Delete|Remove|Encrypt|Decrypt|Batch(?:Get|Read))(?:[A-Z]\w*)?$/u,
  /\/(?:batch|bulk)[-_]?(?:get|read|check|lookup|query|search|validate|delete)\/?$/iu,
  // A page of the web, read for the caller.
  /\/(?:crawl|scrape|extract|map|research|screenshot|summari[sz]e)\/?$/iu,
  /\/(?:logs?|events?|track|metrics?|telemetry|traces?|spans?|collect|beacon|analytics|ingest|envelope|store|report|csp-report|heartbeat|ping|health)\/?$|\/(?:ping|health)\/\*$/iu,
  // A table of a tracker: `/track/actions`
  /\/(?:track|telemetry|collect|beacon)\/[^/]+\/?$/u,
  /\/(?:validate|validation|verify|verification|siteverify|check|preview|estimate|(?:\w+[-_])?quotes?|calculate|simulate|dry-?run|parse|convert|translate|detect|classify|analy[sz]e|moderations?|decode|decrypt|encrypt|sign|hash|render|format|compare|diff|transcri(?:be|ptions?)|rerank|speech|text-to-speech|speech-?to-?text)(?:\.(?:php|aspx?|json))?\/?$/iu,
  /\/(?:mask|redact|anonymi[sz]e)(?:[-_]?(?:batch|text|pii))?\/?$/iu,
  // `/parseDocument/financial`, `/scan_model`, `/evaluate/v1/boolean`
  /\/(?:parse|extract|recogni[sz]e|scan|classify|detect|analy[sz]e|translate|validate|evaluate)[A-Z_-][\w-]*(?:\/|$)|\/evaluate\//u,
  /\/(?:complete|responses|messages\/count_tokens|generate|generateContent|predict|infer|rerank|tokenize)\/?$/iu,
  // What sets a state: twice is the same as once.
  /\/(?:un)?(?:publish|archive|mute|pin|star|lock|follow|block)\/?$|\/(?:enable|disable|(?:de)?activate|set[_-][\w-]+|mark(?:[_-]|As)[\w-]+|leave(?:[_-]?call)?|acknowledge|close|cancel)\/?$/iu,
  /\/(?:refetch|reload|suspend|resume|pause|unpause)\/?$/u,
  /\/\w+_(?:get|read|search)\/?$|\/convert(?:\/|$)/iu,
  // What computes, and what an upstream takes once only: a code is used up by its exchange.
  /[/.](?:annotate|generate|render|exchange)(?:[-_A-Z][\w-]*)?\/?$/u,
  /:(?:generateContent|streamGenerateContent|predict|embedContent|countTokens)/u,
  // Shopify's Admin API at a shop whose host is not known; it takes no header.
  /\/admin\/api\/\d{4}-\d{2}\/graphql\.json$/u,
  // Nor do the API of Kubernetes, where a name is taken once (kubernetes.io/docs/reference/using-api/api-concepts), and Salesforce's records.
  /\/(?:api|apis\/[\w.-]+)\/v\d\w*\/namespaces\/[^/]+\/\w/u,
  /\/services\/data\/[^/]+\/sobjects\//u,
];

/**
 * Whether repeating the POST is harmless as far as its URL and body tell; "unknown" when a GraphQL or RPC body cannot be seen.
 * `declared` are the policy's: `/oauth/token`, `POST /v1/search`, `/v1/previews/*`.
 */
export function isSafePost(call: OutboundCall, declared: readonly string[]): "safe" | "unsafe" | "unknown" {
  if (call.effect !== undefined) return call.effect === "reads" ? "safe" : call.effect === "writes" ? "unsafe" : "unknown";
  const url = urlPattern(call.url) ?? "";
  const host = hostOf(call.url);
  if (host !== undefined && (takesNoKey(host) || telemetryHost.test(host))) return "safe";
  const path = pathOf(call.url);
  // Neither host nor path is known: nothing tells what the POST is for.
  if (/^[^:]*:\/\/\*[/*]*$/u.test(url)) return "unknown";
  if (safePaths.some((safe) => safe.test(path)) || declared.some((entry) => isDeclared(entry, call, path))) return "safe";
  if (asksModel(call) || speaksGitea(call, path)) return "safe";
  if (/\/graphql(?:\/v\d+)?\/?$/iu.test(path) || isGraphql(call.body)) return graphqlSafety(call.body);
  // `${base}/v1${route}`: nothing tells what the POST is for.
  if (path.endsWith("*") && path.replace(/\/(?:api|rest|v\d+(?:\.\d+)*)(?=[/*])/giu, "").replace(/[/*]/gu, "") === "") return "unknown";
  if (isSafeByName(call)) return "safe";
  return rpcSafety(literalBody(call.body)) ?? "unsafe";
}

/** Anthropic's API, whoever serves it, asks for its version in a header. */
function asksModel({ headers }: OutboundCall): boolean {
  return headers.kind === "known" && headers.value.has("anthropic-version");
}

/** Gitea's API and that of its fork Forgejo, at any host: they take no key, and a name of a repository or an organization once. */
function speaksGitea({ headers }: OutboundCall, path: string): boolean {
  const scheme = headers.kind === "known" ? textParts(headers.value.get("authorization") ?? ABSENT)?.[0] : undefined;
  return /\/api\/v1\/repos\/[^/]+\/[^/]+\//u.test(path) || (/\/api\/v1\//u.test(path) && /^token /u.test(scheme ?? ""));
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

const telemetryHost = /^(?:telemetry|analytics|metrics|stats)\./iu;

/**
 * The function that sends the request is named for reading, trying out, computing or taking away: `getQuote`, `testTcp`, `encryptAll`, `purgeCache`. Many
 * APIs take the filter of a read in a POST, and only whoever called it so knows.
 */
function isSafeByName({ origin, through }: OutboundCall): boolean {
  const names = [origin, ...through.toReversed()].map(({ node }) => nameOfFunctionAround(node));
  // A function that sends what it is given says nothing of it; whoever calls it does.
  const name = names.find((each) => each === undefined || !senderName.test(each));
  return name !== undefined && ((safeName.test(name) && !/Or(?:Create|Insert)|And[A-Z]/u.test(name)) || telemetryName.test(name));
}

/** `post`, `apiRequest`, `sendToExchange`, `requestDataAndThrowParsedError` */
const senderName =
  /^_?(?:post|patch|send|sendTo[A-Z]\w*|call|execute|(?:make|do|send)?[rR]equest(?:[A-Z]\w*)?|(?:api|http|client)[A-Z]\w*|call[aA]pi|callAPI)$/u;

const safeName =
  /^_?(?:get|fetch|list|search|find|query|load|read|check|count|lookup|poll|is|has|can|validate|verify|test|probe|ping|preview|estimate|calculate|compute|encrypt|decrypt|translate|summari[sz]e|classify|delete|remove|purge|invalidate|clear|revoke|unsubscribe|disconnect|unregister|deregister)(?:[A-Z\d_]|$)/u;
const telemetryName = /(?:^|[a-z_])(?:[Tt]elemetry|[Aa]nalytics|[Mm]etrics?|[Hh]eartbeat)(?:[A-Z_]|$)/u;

function nameOfFunctionAround(node: TSESTree.Node): string | undefined {
  for (let current = node.parent; current; current = current.parent) {
    const name = isFunction(current) ? nameOfFunction(current) : undefined;
    if (name !== undefined) return name;
  }
  return undefined;
}

/** JSON-RPC names what it does; undefined when the body is none. */
function rpcSafety(body: Value): "safe" | "unknown" | undefined {
  if (propertyOf(body, "jsonrpc").kind !== "primitive") return undefined;
  const method = textParts(propertyOf(body, "method"))?.join("") ?? "";
  return /(?:^|[_./])(?:get|list|query|read|eth_call|estimate)/iu.test(method) ? "safe" : "unknown";
}

/** `{ query, variables }` and nothing else. */
function isGraphql(body: Value): boolean {
  const literal = literalBody(body);
  return (
    literal.kind === "object" &&
    literal.properties.has("query") &&
    [...literal.properties.keys()].every((key) => /^(?:query|variables|operationName|extensions)$/u.test(key))
  );
}

/** A mutation whose fields all take something away or set it may come twice, as the operations of an SDK that are named so. */
function graphqlSafety(body: Value): "safe" | "unsafe" | "unknown" {
  const query = textParts(propertyOf(literalBody(body), "query"));
  if (query?.[0] === undefined) return "unknown";
  // What is written into a document stands for a word there: a field if it stands among the fields, which then says nothing.
  const text = query.map((part) => part ?? "written").join("");
  if (!/^\s*(?:#[^\n]*\n\s*)*mutation\b/u.test(text)) return "safe";
  const methods = mutatedFields(text).map((field) => verbOfField(field.replace(/^_+/u, "")).method);
  return methods.length > 0 && methods.every((method) => method !== undefined && method !== "POST") ? "safe" : "unsafe";
}

/** `JSON.stringify({ … })` is its argument. */
function literalBody(body: Value): Value {
  return body.kind === "result" && body.callee.path.join(".") === "JSON.stringify" ? (body.arguments[0] ?? body) : body;
}
