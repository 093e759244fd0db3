import { exponential } from "../backoff.ts";
import { retryPlace } from "../client-instance.ts";
import { type Fact, known, numberFact, unknownFact } from "../fact.ts";
import { hooksNamed, keyOfHooks } from "../hook-key.ts";
import type { Interpretation, LibraryCall, LibraryDefinition } from "../library.ts";
import type { Method, OptionsPlace, RetryLayer, Timeout } from "../outbound-call.ts";
import {
  codeMentions,
  headerMention,
  headersFact,
  methodFact,
  noTimeout,
  settingOf,
  signalBound,
  timeoutFact,
  urlFact,
} from "../request-reading.ts";
import { firstPresent, propertyAt, propertyOf, type Value } from "../value.ts";

const methods: Readonly<Record<string, Method>> = { get: "GET", post: "POST", put: "PUT", patch: "PATCH", head: "HEAD", delete: "DELETE" };

/**
 * got 11 to 16. Two retries by default, of GET PUT HEAD DELETE OPTIONS TRACE only; a set `limit` does not add POST, only `methods` does.
 * `init` hooks run once per call, `beforeRequest` before each attempt and `beforeRetry` before all but the first (got@16.1.0 dist/source/core/index.js, measured).
 * A longer Retry-After than `maxRetryAfter`, or than `timeout.request`, ends the retries. No timeout; `timeout.request` is per attempt with its body, `timeout.response` until the headers (got@16.1.0 dist/source/core/options.js, measured).
 */
export const got: LibraryDefinition = {
  name: "got",
  packages: ["got"],
  defaultTimeout: "none",
  interpret(call) {
    const path = call.path[0] === "got" ? call.path.slice(1) : call.path; // import { got } from "got"
    const [member, streamMethod] = path;
    if (call.form === "new") return undefined;
    if (member === "extend") return { kind: "instance", options: call.argument(0), argument: 0 };
    if (member === "stream") return request(call, streamMethod === undefined ? undefined : methods[streamMethod]);
    if (path.length > 1) return undefined;
    if (member === undefined) return request(call, undefined);
    const method = methods[member];
    return method && request(call, method);
  },
  plainRequest: ["get"],
  write: {
    timeout: (ms) => ({ path: ["timeout", "request"], code: String(ms) }),
    retries: (count) => ({ path: ["retry", "limit"], code: String(count) }),
    header: (name, value) => ({ path: ["headers", name], code: value }),
  },
};

function request(call: LibraryCall, method: Method | undefined): Interpretation {
  const optionsFirst = call.argument(0).kind === "object";
  const options = call.argument(optionsFirst ? 0 : 1);
  const place = { node: call.node, argument: optionsFirst ? 0 : 1 };
  const setting = (...path: string[]) => settingOf((from) => propertyAt(from, path), options, call.instance);
  const url = optionsFirst ? propertyOf(options, "url") : call.argument(0);
  const headers: Value[] = [propertyOf(options, "headers")];
  for (let current: typeof call.instance | undefined = call.instance; current; current = current.parent)
    headers.unshift(propertyOf(current.options, "headers"));
  const key = keyOfHooks([
    ...["beforeRequest", "beforeRetry"].flatMap((name) => hooksNamed(name, "once per attempt", options, call.instance)),
    ...hooksNamed("init", "once per call", options, call.instance),
  ]);
  const changed = [setting("hooks", "init"), setting("hooks", "beforeRequest"), setting("hooks", "beforeRetry"), setting("handlers")];
  return {
    kind: "request",
    request: {
      method: method ? known(method) : methodFact(setting("method"), "GET"),
      url: urlFact(url, setting("prefixUrl")),
      headers: changed.every((hooks) => codeMentions(hooks, headerMention) === "no")
        ? headersFact(...headers)
        : unknownFact("a hook may set headers"),
      body: firstPresent(setting("json"), setting("form"), setting("body")),
      timeout: timeoutOf(setting),
      retries: [retryLayer(setting, call, place)],
      ...(key && { idempotencyKey: key }),
      options: place,
    },
  };
}

function timeoutOf(setting: (...path: string[]) => Value): Fact<Timeout> {
  const bound = signalBound(setting("signal"));
  if (bound.kind !== "known") return unknownFact("a signal made elsewhere");
  if (bound.value) return known(bound.value, bound.origin);
  const whole = setting("timeout");
  if (whole.kind === "primitive") return timeoutFact(whole, "attempt", noTimeout); // got 11: a number is `request`
  if (whole.kind !== "object" && whole.kind !== "absent") return unknownFact("the timeout is not an object literal");
  const total = timeoutFact(setting("timeout", "request"), "attempt", noTimeout);
  if (total.kind === "unknown" || (total.kind === "known" && total.value.bounds !== "nothing")) return total;
  return timeoutFact(setting("timeout", "response"), "headers", noTimeout);
}

const defaultRetries = {
  kind: "default",
  value: 2,
  library: { library: "got", says: "got default: 2 retries", source: "got@16.1.0 dist/source/core/options.js:349" },
} as const;

function retryLayer(setting: (...path: string[]) => Value, call: LibraryCall, place: OptionsPlace): RetryLayer {
  const whole = setting("retry");
  const limit = whole.kind === "primitive" ? whole : setting("retry", "limit");
  const repeated = setting("retry", "methods");
  return {
    by: got,
    retries: numberFact(limit, defaultRetries),
    repeats:
      repeated.kind === "absent" || whole.kind === "primitive"
        ? ["GET", "PUT", "HEAD", "DELETE", "OPTIONS", "TRACE", ...((call.major ?? 0) >= 16 ? ["QUERY"] : [])]
        : methodList(repeated),
    backoff:
      firstPresent(setting("retry", "calculateDelay"), setting("retry", "backoffLimit")).kind === "absent"
        ? known(exponential({ firstMs: 1000, factor: 2, jitter: true }))
        : unknownFact("a backoff of its own"),
    retryAfter: "honoured",
    ...retryPlace(call, place, limit),
  };
}

function methodList(value: Value): RetryLayer["repeats"] {
  if (value.kind !== "array" || !value.complete) return "unknown";
  return value.elements.map((element) => (element.kind === "primitive" ? String(element.value).toUpperCase() : "UNKNOWN"));
}
