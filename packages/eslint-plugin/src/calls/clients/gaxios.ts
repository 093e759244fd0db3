import { type Fact, known, numberFact, unknownFact } from "../fact.ts";
import { type ClientInstance, retryPlace } from "../client-instance.ts";
import type { Interpretation, LibraryCall, LibraryDefinition } from "../library.ts";
import type { Backoff, OptionsPlace, RetryLayer, Timeout } from "../outbound-call.ts";
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
import { ABSENT, firstPresent, propertyAt, propertyOf, type Value } from "../value.ts";

/**
 * gaxios 5 to 8. No timeout; `timeout` is a total of one attempt with its body. No retries unless `retry: true` or a `retryConfig`, then three, two of them at
 * most where there was no answer, of GET HEAD PUT OPTIONS DELETE; Retry-After is not read (gaxios@8.3.3 build/esm/src/retry.js, measured).
 */
export const gaxios: LibraryDefinition = {
  name: "gaxios",
  packages: ["gaxios"],
  types: ["Gaxios"],
  defaultTimeout: "none",
  interpret(call) {
    const path = call.path[0] === "instance" ? call.path.slice(1) : call.path;
    const [member, ...others] = path;
    if (others.length > 0) return undefined;
    if (member === "Gaxios") return call.form === "new" ? { kind: "instance", options: call.argument(0), argument: 0 } : undefined;
    return member === "request" ? request(call) : undefined;
  },
  plainRequest: ["request"],
  write: {
    timeout: (ms) => ({ path: ["timeout"], code: String(ms) }),
    retries: (count) => ({ path: ["retryConfig", "retry"], code: String(count) }),
    header: (name, value) => ({ path: ["headers", name], code: value }),
    idempotentOnly: () => ({ path: ["retryConfig", "httpMethodsToRetry"], code: `["GET", "HEAD", "PUT", "OPTIONS", "DELETE"]` }),
  },
};

function request(call: LibraryCall): Interpretation {
  const { instance } = call;
  const options = call.argument(0);
  const place = { node: call.node, argument: 0 };
  const setting = (...path: readonly string[]) => settingOf((from) => propertyAt(from, path), options, instance, ["defaults", ...path]);
  return {
    kind: "request",
    request: {
      method: methodFact(setting("method"), "GET"),
      url: urlFact(setting("url"), setting("baseURL")),
      headers: headersOf(options, instance),
      body: firstPresent(setting("data"), setting("body")),
      timeout: timeoutOf(setting),
      retries: retryLayers(setting, call, place),
      options: place,
    },
  };
}

function headersOf(options: Value, instance: ClientInstance): ReturnType<typeof headersFact> {
  const headers: Value[] = [propertyOf(options, "headers")];
  for (let current: ClientInstance | undefined = instance; current; current = current.parent) {
    headers.unshift(propertyOf(current.options, "headers"));
    if (current.effects.some(mayAddHeader)) return unknownFact("an interceptor may set headers");
  }
  return headersFact(...headers);
}

/** `client.interceptors.request.add({ resolved: (options) => … })` */
function mayAddHeader(effect: ClientInstance["effects"][number]): boolean {
  if (effect.kind !== "called" || effect.path.join(".") !== "interceptors.request") return false;
  return codeMentions(propertyOf(effect.arguments[0] ?? ABSENT, "resolved"), headerMention) !== "no";
}

function timeoutOf(setting: (name: string) => Value): Fact<Timeout> {
  const bound = signalBound(setting("signal"));
  if (bound.kind === "unknown") return unknownFact(bound.why);
  if (bound.value) return { ...bound, value: bound.value };
  return timeoutFact(setting("timeout"), "attempt", noTimeout);
}

function retryLayers(setting: (...path: readonly string[]) => Value, call: LibraryCall, place: OptionsPlace): RetryLayer[] {
  const isOn = setting("retry");
  const config = setting("retryConfig");
  if (config.kind === "absent" && (isOn.kind === "absent" || (isOn.kind === "primitive" && !isOn.value))) return [];
  const retries = setting("retryConfig", "retry");
  const methods = setting("retryConfig", "httpMethodsToRetry");
  const decides = setting("retryConfig", "shouldRetry").kind !== "absent";
  return [
    {
      by: gaxios,
      retries: numberFact(retries, {
        kind: "default",
        value: 3,
        library: { library: "gaxios", says: "gaxios default: 3 retries", source: "gaxios@8.3.3 build/esm/src/retry.js" },
      }),
      repeats: decides ? "unknown" : methodsOf(methods),
      backoff: backoffOf(setting),
      ...retryPlace(call, place, firstPresent(retries, isOn)),
      ...(setting("retryConfig", "retryBackoff").kind === "absent" && { retryAfter: "ignored" }),
    },
  ];
}

function methodsOf(value: Value): RetryLayer["repeats"] {
  if (value.kind === "absent") return ["GET", "HEAD", "PUT", "OPTIONS", "DELETE"];
  if (value.kind !== "array" || !value.complete) return "unknown";
  return value.elements.map((element) => (element.kind === "primitive" ? String(element.value).toUpperCase() : "UNKNOWN"));
}

/** retryDelay before the first retry, then (multiplier^n − 1) / 2 seconds. */
function backoffOf(setting: (...path: readonly string[]) => Value): Fact<Backoff> {
  const number = (name: string, fallback: number) => numberFact(setting("retryConfig", name), known(fallback));
  const [first, factor, maximum] = [number("retryDelay", 100), number("retryDelayMultiplier", 2), number("maxRetryDelay", Infinity)];
  if (setting("retryConfig", "retryBackoff").kind !== "absent") return unknownFact("a backoff of its own");
  if (first.kind === "unknown" || factor.kind === "unknown" || maximum.kind === "unknown")
    return unknownFact("the backoff is not a literal");
  return known({
    delayMs: (retry) => Math.min(maximum.value, retry === 1 ? first.value : ((factor.value ** (retry - 1) - 1) / 2) * 1000),
    jitter: false,
  });
}
