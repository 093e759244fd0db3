import { exponential } from "../backoff.ts";
import type { ClientInstance } from "../client-instance.ts";
import { type Fact, known, numberFact, unknownFact } from "../fact.ts";
import type { LibraryDefinition } from "../library.ts";
import type { Backoff, Method, OptionsPlace, RetryLayer, Timeout } from "../outbound-call.ts";
import { timeoutFact } from "../request-reading.ts";
import type { CallLike } from "../source-file.ts";
import { ABSENT, firstPresent, type Origin, originOf, propertyOf, unknown, type Value } from "../value.ts";

/** What a dispatcher of undici (Agent, Pool, Client, RetryAgent) does to the requests it sends. */
export interface Dispatcher {
  /** Where its requests go, for those that are made for one origin. */
  readonly origin: Value;
  readonly headersTimeout: Value;
  readonly bodyTimeout: Value;
  /** Inner to outer. */
  readonly retries: readonly RetryLayer[];
}

const plain: Dispatcher = { origin: ABSENT, headersTimeout: ABSENT, bodyTimeout: ABSENT, retries: [] };
const unseen = unknown("a dispatcher made elsewhere");
const elsewhere: Dispatcher = { origin: unseen, headersTimeout: unseen, bodyTimeout: unseen, retries: [] };

/** A dispatcher, or what undici does without one. */
export function readDispatcher(value: Value): Dispatcher {
  if (value.kind === "absent") return plain;
  return value.kind === "client" && value.path.length === 0 ? dispatcherOf(value.instance) : elsewhere;
}

/** The dispatcher that an instance is; the library itself is none. */
export function dispatcherOf(instance: ClientInstance): Dispatcher {
  const { made, options, library, created, parent } = instance;
  if (instance.passedIn) return elsewhere;
  if (!made || !created) return plain;
  const [first = ABSENT] = made.arguments;
  switch (made.path.at(-1)) {
    case "compose": {
      const inner = parent ? dispatcherOf(parent) : plain;
      const interceptors = made.arguments.flatMap((argument) => (argument.kind === "array" ? argument.elements : [argument]));
      return { ...inner, retries: [...inner.retries, ...interceptors.flatMap((interceptor) => layerOfInterceptor(interceptor, library))] };
    }
    case "RetryAgent": {
      const inner = readDispatcher(first);
      const place: OptionsPlace = { node: created.node as CallLike, argument: 1 };
      return { ...inner, retries: [...inner.retries, retryLayer(options, { library, origin: created, place })] };
    }
    case "Agent":
    case "EnvHttpProxyAgent":
      return { ...plain, ...timeouts(options) };
    case "ProxyAgent":
      return { ...plain, ...(options.kind === "object" ? timeouts(options) : {}) };
    default:
      return { ...plain, ...timeouts(options), origin: first };
  }
}

/** The dispatcher that `setGlobalDispatcher` was given for the library. */
export function globalDispatcher({ effects }: ClientInstance): Value {
  const effect = effects.findLast((candidate) => candidate.kind === "plugged" && candidate.library.name === "undici");
  return effect?.kind === "plugged" ? effect.options : ABSENT;
}

/** What ends a request by the options of the call over those of its dispatcher. */
export function dispatchTimeout({ headersTimeout, bodyTimeout }: Dispatcher, options: Value = ABSENT): Fact<Timeout> {
  const nothing = known<Timeout>({ bounds: "nothing" });
  const headers = timeoutFact(firstPresent(propertyOf(options, "headersTimeout"), headersTimeout), "headers", nothing);
  const body = timeoutFact(firstPresent(propertyOf(options, "bodyTimeout"), bodyTimeout), "idle", nothing);
  if (headers.kind === "unknown") return headers;
  if (body.kind === "unknown" || body.value.bounds === "nothing") return headers;
  if (headers.value.bounds === "nothing")
    return known(
      { bounds: "nothing", misread: "undici's `bodyTimeout` begins with the headers" },
      body.kind === "known" ? body.origin : undefined,
    );
  return headers.value.ms >= body.value.ms ? { ...headers, value: { ms: headers.value.ms, bounds: "idle" } } : body;
}

/**
 * The retries of `RetryAgent`, `RetryHandler` and `interceptors.retry`: five, of idempotent methods; Retry-After is heeded, up to `maxTimeout`
 * (undici@8.12.4 lib/handler/retry-handler.js, measured).
 */
export function retryLayer(
  options: Value,
  { library, origin, place }: { library: LibraryDefinition; origin: Origin; place: OptionsPlace },
): RetryLayer {
  const retries = propertyOf(options, "maxRetries");
  const methods = propertyOf(options, "methods");
  const decides = propertyOf(options, "retry").kind !== "absent";
  const heeded = propertyOf(options, "retryAfter");
  return {
    by: library,
    retries: numberFact(retries, {
      kind: "default",
      value: 5,
      library: { library: "undici", says: "undici default: 5 retries", source: "undici@8.12.4 lib/handler/retry-handler.js" },
    }),
    repeats: decides ? "unknown" : methodsOf(methods),
    backoff: decides ? unknownFact("a condition of its own") : backoffOf(options),
    origin: originOf(retries) ?? origin,
    options: place,
    ...(heeded.kind === "absent" && { retryAfter: "honoured" }),
    ...(heeded.kind === "primitive" && { retryAfter: heeded.value === false ? "ignored" : "honoured" }),
  };
}

function timeouts(options: Value): Pick<Dispatcher, "headersTimeout" | "bodyTimeout"> {
  return { headersTimeout: propertyOf(options, "headersTimeout"), bodyTimeout: propertyOf(options, "bodyTimeout") };
}

/** `interceptors.retry({ … })` */
function layerOfInterceptor(interceptor: Value, library: LibraryDefinition): RetryLayer[] {
  if (interceptor.kind !== "result" || interceptor.callee.path.join(".") !== "interceptors.retry") return [];
  const { origin } = interceptor;
  return [retryLayer(interceptor.arguments[0] ?? ABSENT, { library, origin, place: { node: origin.node as CallLike, argument: 0 } })];
}

function methodsOf(methods: Value): RetryLayer["repeats"] {
  if (methods.kind === "absent") return ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "QUERY"];
  if (methods.kind !== "array" || !methods.complete) return "unknown";
  return methods.elements.map((method): Method => (method.kind === "primitive" ? String(method.value).toUpperCase() : "UNKNOWN"));
}

function backoffOf(options: Value): Fact<Backoff> {
  const number = (name: string, fallback: number) => numberFact(propertyOf(options, name), known(fallback));
  const [first, factor, maximum] = [number("minTimeout", 500), number("timeoutFactor", 2), number("maxTimeout", 30_000)];
  if (first.kind === "unknown" || factor.kind === "unknown" || maximum.kind === "unknown")
    return unknownFact("the backoff is not a literal");
  return known(exponential({ firstMs: first.value, factor: factor.value, maximumMs: maximum.value, jitter: false }));
}
