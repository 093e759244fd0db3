import { known, unknownFact } from "../fact.ts";
import type { Interpretation, LibraryCall, LibraryDefinition } from "../library.ts";
import type { RetryLayer } from "../outbound-call.ts";
import { headersFact, methodFact, urlFact } from "../request-reading.ts";
import type { CallLike } from "../source-file.ts";
import { ABSENT, firstPresent, propertyOf, type ReferenceValue, unknown, type Value } from "../value.ts";
import { dispatchedFetch, signalOr } from "./fetch.ts";
import { type Dispatcher, dispatcherOf, dispatchTimeout, globalDispatcher, readDispatcher, retryLayer } from "./undici-dispatcher.ts";

const dispatchers = new Set(["Agent", "Client", "Pool", "BalancedPool", "RoundRobinPool", "RetryAgent", "ProxyAgent", "EnvHttpProxyAgent"]);

/**
 * undici 6 to 8. 300 s until the headers and as long between two chunks of the body: `headersTimeout` and `bodyTimeout` in milliseconds, of a request or of
 * its dispatcher; their timers are coarse, 300 fires near 500 (undici@8.12.4 lib/dispatcher/client.js, measured). No retries but those of `RetryAgent`,
 * `RetryHandler` and `interceptors.retry`. `setGlobalDispatcher` is for Node's own fetch too (measured).
 */
export const undici: LibraryDefinition = {
  name: "undici",
  packages: ["undici"],
  types: ["Dispatcher", ...dispatchers],
  defaultTimeout: "300 s",
  interpret(call) {
    const [member, ...others] = call.path;
    if (member === undefined || others.length > 0) return undefined;
    if (call.form === "new") return newDispatcher(call, member);
    switch (member) {
      case "fetch":
        return call.instance.made ? undefined : dispatchedFetch(call);
      case "compose":
        return { kind: "instance", options: ABSENT, argument: 0 };
      case "setGlobalDispatcher":
        return { kind: "plug", client: reached(call), options: call.argument(0), argument: 0 };
      case "request":
      case "stream":
      case "pipeline":
      case "dispatch":
        return request(call, member);
      default:
        return undefined;
    }
  },
  layerOf(dispatcher, origin, place) {
    return readDispatcher(dispatcher).retries.at(-1) ?? noRetries({ origin, options: place });
  },
  write: {
    timeout: (ms) => ({
      path: ["signal"],
      code: `AbortSignal.timeout(${ms})`,
      onClient: { path: ["headersTimeout"], code: String(ms) },
    }),
    retries: (count) => ({ path: ["maxRetries"], code: String(count) }),
    header: (name, value) => ({ path: ["headers", name], code: value }),
    idempotentOnly: () => ({ path: ["methods"], code: `["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"]` }),
  },
};

function newDispatcher(call: LibraryCall, name: string): Interpretation | undefined {
  if (!dispatchers.has(name)) return undefined;
  const argument = /^(?:Agent|ProxyAgent|EnvHttpProxyAgent)$/u.test(name) ? 0 : 1;
  return { kind: "instance", options: call.argument(argument), argument };
}

/** Whom a global dispatcher serves: the functions of the package, and Node's own fetch. */
function reached({ module, origin }: LibraryCall): Value {
  const reference = (of: string, path: readonly string[]): ReferenceValue => ({ kind: "reference", module: of, path, origin });
  return { kind: "array", elements: [reference(module, []), reference("globalThis", ["fetch"])], complete: true, origin };
}

/** `request(url, options)` of the package; `client.request(options)`, `client.dispatch(options, handler)` of a dispatcher. */
function request(call: LibraryCall, member: string): Interpretation | undefined {
  const isOwn = call.instance.made !== undefined || call.instance.passedIn !== undefined;
  if (member === "dispatch" && !isOwn) return undefined;
  const argument = isOwn ? 0 : 1;
  const options = call.argument(argument);
  const dispatcher = isOwn
    ? dispatcherOf(call.instance)
    : readDispatcher(firstPresent(propertyOf(options, "dispatcher"), globalDispatcher(call.instance)));
  const body = propertyOf(options, "body");
  const isCallback = options.kind === "function";
  return {
    kind: "request",
    request: {
      method: isCallback ? known("GET") : methodFact(propertyOf(options, "method"), body.kind === "absent" ? "GET" : "PUT"),
      url: isOwn ? ownUrl(options, dispatcher) : urlFact(call.argument(0), ABSENT),
      headers: isCallback ? headersFact() : headersFact(inPairs(propertyOf(options, "headers"))),
      body: isCallback ? ABSENT : body,
      timeout: isCallback ? dispatchTimeout(dispatcher) : signalOr(options, () => dispatchTimeout(dispatcher, options)),
      retries: [...dispatcher.retries, ...handlerLayer(call, member)],
      options: { node: call.node, argument, ...(isCallback && { before: "callback" }) },
    },
  };
}

function ownUrl(options: Value, { origin }: Dispatcher): ReturnType<typeof urlFact> {
  if (options.kind !== "object") return unknownFact("options made elsewhere");
  const from = propertyOf(options, "origin");
  const base = firstPresent(from, origin);
  return urlFact(propertyOf(options, "path"), base.kind === "absent" ? unknown("an origin made elsewhere") : base);
}

/** Headers may be a flat list: `["a", "1", "b", "2"]`. */
function inPairs(headers: Value): Value {
  if (headers.kind !== "array" || headers.elements.every(({ kind }) => kind === "array")) return headers;
  return unknown("a flat list of headers");
}

/** `client.dispatch(options, new RetryHandler({ ...options, retryOptions }, { … }))` */
function handlerLayer(call: LibraryCall, member: string): RetryLayer[] {
  const handler = call.argument(1);
  if (member !== "dispatch" || handler.kind !== "result" || handler.callee.path.at(-1) !== "RetryHandler") return [];
  const options = propertyOf(handler.arguments[0] ?? ABSENT, "retryOptions");
  const place = { node: handler.origin.node as CallLike, argument: 0 };
  return [retryLayer(options, { library: undici, origin: handler.origin, place })];
}

function noRetries(where: Pick<RetryLayer, "origin"> & { readonly options: NonNullable<RetryLayer["options"]> }): RetryLayer {
  return { by: undici, retries: known(0), repeats: [], backoff: unknownFact("no retries"), ...where };
}
