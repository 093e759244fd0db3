import { exponential } from "../backoff.ts";
import { type ClientInstance, retryPlace } from "../client-instance.ts";
import { type Fact, known, numberFact, unknownFact } from "../fact.ts";
import { hooksNamed, keyOfHooks } from "../hook-key.ts";
import type { Interpretation, LibraryCall, LibraryDefinition } from "../library.ts";
import type { Backoff, Method, OptionsPlace, RetryLayer, Timeout } from "../outbound-call.ts";
import { codeMentions, headerMention, headersFact, methodFact, settingOf, signalBound, timeoutFact, urlFact } from "../request-reading.ts";
import { firstPresent, propertyAt, propertyOf, type Value } from "../value.ts";

const methods: Readonly<Record<string, Method>> = {
  get: "GET",
  post: "POST",
  put: "PUT",
  patch: "PATCH",
  head: "HEAD",
  delete: "DELETE",
  query: "QUERY",
};

/**
 * ky 1 and 2. `timeout` is 10 s and per attempt: until the headers in 1 (ky@1.14.3, measured), with the body in 2, which also has `totalTimeout`
 * (ky@2.1.0 distribution/core/Ky.js, measured). Two retries of idempotent methods, 300 ms doubled each time, no jitter unless `jitter`; Retry-After of
 * 413, 429 and 503 is heeded; a timed-out attempt is not repeated (ky@2.1.0 distribution/utils/normalize.js, measured).
 * `beforeRequest` hooks run before each attempt in 1 and once per call in 2, `beforeRetry` before each attempt but the first (measured).
 */
export const ky: LibraryDefinition = {
  name: "ky",
  packages: ["ky", "ky-universal"],
  types: ["KyInstance"],
  defaultTimeout: "10 s",
  interpret(call) {
    const path = call.path[0] === "ky" ? call.path.slice(1) : call.path; // import { ky } from "ky"
    const [member, ...others] = path;
    if (call.form === "new" || others.length > 0) return undefined;
    if (member === undefined) return request(call, undefined);
    if (member === "create" || member === "extend") return { kind: "instance", options: call.argument(0), argument: 0 };
    const method = methods[member];
    return method && request(call, method);
  },
  plainRequest: ["get"],
  write: {
    timeout: (ms) => ({ path: ["timeout"], code: String(ms) }),
    retries: (count) => ({ path: ["retry", "limit"], code: String(count) }),
    header: (name, value) => ({ path: ["headers", name], code: value }),
    jitter: () => ({ path: ["retry", "jitter"], code: "true" }),
    idempotentOnly: () => ({ path: ["retry", "methods"], code: `["get", "put", "head", "delete", "options", "trace"]` }),
  },
};

type Setting = (...path: readonly string[]) => Value;

function request(call: LibraryCall, method: Method | undefined): Interpretation {
  const options = call.argument(1);
  const place = { node: call.node, argument: 1 };
  const key = keyOfHooks([
    ...hooksNamed("beforeRetry", "once per attempt", options, call.instance),
    ...hooksNamed("beforeRequest", call.major === 1 ? "once per attempt" : "once per call", options, call.instance),
  ]);
  const setting: Setting = (...path) => settingOf((from) => propertyAt(from, path), options, call.instance);
  return {
    kind: "request",
    request: {
      method: method ? known(method) : methodFact(setting("method"), "GET"),
      url: urlFact(call.argument(0), firstPresent(setting("prefixUrl"), setting("prefix"), setting("baseUrl"))),
      headers: headersOf(options, call.instance, setting),
      body: firstPresent(setting("json"), setting("body")),
      timeout: timeoutOf(setting, call.major),
      retries: [retryLayer(call, options, place)],
      ...(key && { idempotencyKey: key }),
      options: place,
    },
  };
}

function headersOf(options: Value, instance: ClientInstance, setting: Setting): ReturnType<typeof headersFact> {
  const hooks = [setting("hooks", "init"), setting("hooks", "beforeRequest"), setting("hooks", "beforeRetry"), setting("fetch")];
  if (!hooks.every((hook) => codeMentions(hook, headerMention) === "no")) return unknownFact("a hook may set headers");
  const headers: Value[] = [propertyOf(options, "headers")];
  for (let current: ClientInstance | undefined = instance; current; current = current.parent)
    headers.unshift(propertyOf(current.options, "headers"));
  return headersFact(...headers);
}

function timeoutOf(setting: Setting, major: number | undefined): Fact<Timeout> {
  const bound = signalBound(setting("signal"));
  if (bound.kind === "unknown") return unknownFact(bound.why);
  if (bound.value) return { ...bound, value: bound.value };
  const bounds = major === 1 ? "headers" : "attempt";
  const attempt = timeoutFact(setting("timeout"), bounds, {
    kind: "default",
    value: { ms: 10_000, bounds },
    library: { library: "ky", says: "ky default: 10 s", source: "ky@2.1.0 readme.md:420" },
  });
  const total = timeoutFact(setting("totalTimeout"), "total", known({ bounds: "nothing" }));
  if (total.kind === "unknown" || total.value.bounds !== "nothing") return total;
  if (attempt.kind !== "known" || attempt.value.bounds !== "nothing") return attempt;
  return { ...attempt, value: { bounds: "nothing", misread: "ky's 10 s are turned off" } };
}

function retryLayer(call: LibraryCall, options: Value, place: OptionsPlace): RetryLayer {
  const retry = (name: string) => settingOf((from) => ofRetry(propertyOf(from, "retry"), name), options, call.instance);
  const limit = retry("limit");
  const decides = retry("shouldRetry").kind !== "absent";
  const repeated = retry("methods");
  return {
    by: ky,
    retries: numberFact(limit, {
      kind: "default",
      value: 2,
      library: { library: "ky", says: "ky default: 2 retries", source: "ky@2.1.0 distribution/utils/normalize.js:8" },
    }),
    repeats: decides ? "unknown" : methodsOf(repeated, call.major),
    backoff: backoffOf(retry("delay"), retry("backoffLimit"), retry("jitter")),
    ...retryPlace(call, place, limit),
    ...(retry("afterStatusCodes").kind === "absent" && { retryAfter: "honoured" }),
  };
}

/** `retry: 2` is `retry: { limit: 2 }`. */
function ofRetry(retry: Value, name: string): Value {
  if (retry.kind !== "primitive") return propertyOf(retry, name);
  return name === "limit" ? retry : { kind: "absent" };
}

function methodsOf(value: Value, major: number | undefined): RetryLayer["repeats"] {
  if (value.kind === "absent") return ["GET", "PUT", "HEAD", "DELETE", "OPTIONS", "TRACE", ...(major === 1 ? [] : ["QUERY"])];
  if (value.kind !== "array" || !value.complete) return "unknown";
  return value.elements.map((element) => (element.kind === "primitive" ? String(element.value).toUpperCase() : "UNKNOWN"));
}

function backoffOf(delay: Value, limit: Value, jitter: Value): Fact<Backoff> {
  const maximum = numberFact(limit, known(Infinity));
  if (delay.kind !== "absent" || maximum.kind === "unknown") return unknownFact("a delay of its own");
  const isRandom = jitter.kind === "primitive" ? Boolean(jitter.value) : jitter.kind !== "absent";
  return known(exponential({ firstMs: 300, factor: 2, maximumMs: maximum.value, jitter: isRandom }));
}
