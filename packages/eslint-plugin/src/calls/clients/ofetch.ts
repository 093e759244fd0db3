import { exponential } from "../backoff.ts";
import { type ClientInstance, retryPlace } from "../client-instance.ts";
import { type Fact, known, numberFact, unknownFact } from "../fact.ts";
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
import { originOf, propertyOf, type Value } from "../value.ts";

/**
 * ofetch 1, which is Nuxt's and Nitro's global `$fetch` too. No timeout; `timeout` is per attempt until the headers, and not looked at beside a `signal`.
 * One retry of GET and HEAD by default, none of POST, PUT, PATCH and DELETE; a number that is set counts for every method. No delay unless `retryDelay`,
 * no regard for Retry-After (ofetch@1.5.1 dist/shared/ofetch.CWycOUEr.mjs:145-187,261, measured).
 */
export const ofetch: LibraryDefinition = {
  name: "ofetch",
  packages: ["ofetch", "ohmyfetch"],
  globals: ["$fetch"],
  types: ["$Fetch"],
  defaultTimeout: "none",
  interpret(call) {
    const isNamed = call.path[0] === "ofetch" || call.path[0] === "$fetch";
    const [member, ...others] = isNamed ? call.path.slice(1) : call.path;
    if (call.form === "new" || others.length > 0) return undefined;
    if (member === "createFetch") return { kind: "instance", options: propertyOf(call.argument(0), "defaults"), argument: 0 };
    if (member === "create") return { kind: "instance", options: call.argument(0), argument: 0 };
    return member === undefined || member === "raw" ? request(call) : undefined;
  },
  plainRequest: ["raw"],
  write: {
    timeout: (ms) => ({ path: ["timeout"], code: String(ms) }),
    retries: (count) => ({ path: ["retry"], code: String(count) }),
    header: (name, value) => ({ path: ["headers", name], code: value }),
    jitter: () => ({ path: ["retryDelay"], code: "() => 100 + Math.random() * 100" }),
  },
};

function request(call: LibraryCall): Interpretation {
  const { instance } = call;
  const options = call.argument(1);
  const place = { node: call.node, argument: 1 };
  const setting = (name: string) => settingOf((from) => propertyOf(from, name), options, instance);
  return {
    kind: "request",
    request: {
      method: methodFact(setting("method"), "GET"),
      url: urlFact(call.argument(0), setting("baseURL")),
      headers:
        codeMentions(setting("onRequest"), headerMention) === "no" ? headersOf(options, instance) : unknownFact("a hook may set headers"),
      body: setting("body"),
      timeout: timeoutOf(setting),
      retries: [retryLayer(setting, call, place)],
      options: place,
    },
  };
}

function headersOf(options: Value, instance: ClientInstance): ReturnType<typeof headersFact> {
  const headers: Value[] = [propertyOf(options, "headers")];
  for (let current: ClientInstance | undefined = instance; current; current = current.parent)
    headers.unshift(propertyOf(current.options, "headers"));
  return headersFact(...headers);
}

function timeoutOf(setting: (name: string) => Value): Fact<Timeout> {
  const bound = signalBound(setting("signal"));
  if (bound.kind === "unknown") return unknownFact(bound.why);
  if (bound.value) return { ...bound, value: bound.value };
  const timeout = timeoutFact(setting("timeout"), "headers", noTimeout);
  const isHooked = codeMentions(setting("onRequest"), /timeout|signal/u) !== "no";
  return timeout.kind === "known" && timeout.value.bounds === "nothing" && isHooked ? unknownFact("a hook may set it") : timeout;
}

const unlessPayload: readonly Method[] = ["GET", "HEAD", "OPTIONS", "TRACE"];

function retryLayer(setting: (name: string) => Value, call: LibraryCall, place: OptionsPlace): RetryLayer {
  const retry = setting("retry");
  const isOff = retry.kind === "primitive" && retry.value === false;
  const delay = numberFact(setting("retryDelay"), known(0));
  return {
    by: ofetch,
    retries: isOff
      ? known(0, originOf(retry))
      : numberFact(retry, {
          kind: "default",
          value: 1,
          library: { library: "ofetch", says: "ofetch default: 1 retry", source: "ofetch@1.5.1 dist/shared/ofetch.CWycOUEr.mjs:152" },
        }),
    repeats: retry.kind === "absent" ? unlessPayload : "any",
    backoff:
      delay.kind === "unknown" ? unknownFact("a delay of its own") : known(exponential({ firstMs: delay.value, factor: 1, jitter: false })),
    ...retryPlace(call, place, retry),
    ...(setting("retryDelay").kind !== "function" && { retryAfter: "ignored" }),
  };
}
