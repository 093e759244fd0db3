import { assignedTo, type ClientInstance, type InstanceEffect, pluggedLayers } from "../client-instance.ts";
import { type Fact, known, unknownFact } from "../fact.ts";
import { keyOfHooks } from "../hook-key.ts";
import type { Interpretation, LibraryCall, LibraryDefinition } from "../library.ts";
import type { Method, RequestReading, Timeout } from "../outbound-call.ts";
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

const withoutBody: Readonly<Record<string, Method>> = { get: "GET", delete: "DELETE", head: "HEAD", options: "OPTIONS" };
const withBody: Readonly<Record<string, Method>> = {
  post: "POST",
  put: "PUT",
  patch: "PATCH",
  postForm: "POST",
  putForm: "PUT",
  patchForm: "PATCH",
};

/**
 * axios 1. No timeout and no retries of its own. `timeout` is per attempt; with the http adapter it is a bound until the headers and on silence after
 * them, with the fetch adapter a total (axios@1.21.1 lib/adapters/http.js, measured). Instances inherit the library's defaults.
 */
export const axios: LibraryDefinition = {
  name: "axios",
  packages: ["axios"],
  types: ["AxiosInstance", "AxiosStatic", "Axios"],
  defaultTimeout: "none",
  interpret(call) {
    const [first, second] = call.path;
    if (first === "create" || (first === "Axios" && call.form === "new"))
      return { kind: "instance", options: call.argument(0), argument: 0 };
    if ((call.form === "new" && !call.instance.made) || second !== undefined) return undefined;
    return request(call, first);
  },
  plainRequest: ["get"],
  write: {
    timeout: (ms) => ({ path: ["timeout"], code: String(ms) }),
    header: (name, value) => ({ path: ["headers", name], code: value }),
  },
};

/** What reading a request needs of its call; a client that holds an axios instance reads its own calls so too. */
export type RequestCall = Pick<LibraryCall, "node" | "instance" | "argument">;

/** The request that a member of an instance sends: `post`, or undefined for a call of the instance itself. */
export function request(call: RequestCall, member: string | undefined): Interpretation | undefined {
  if (member === undefined || member === "request") {
    const named = call.argument(0).kind === "primitive" || call.argument(0).kind === "text" || call.argument(1).kind !== "absent";
    const config = call.argument(named ? 1 : 0);
    const url = named ? call.argument(0) : propertyOf(config, "url");
    return reading(call, {
      method: methodFact(
        settingOf((options) => propertyOf(options, "method"), config, call.instance),
        "GET",
      ),
      url,
      body: propertyOf(config, "data"),
      config,
      argument: named ? 1 : 0,
    });
  }
  const bodyless = withoutBody[member];
  if (bodyless)
    return reading(call, { method: known(bodyless), url: call.argument(0), body: ABSENT, config: call.argument(1), argument: 1 });
  const method = withBody[member];
  return (
    method && reading(call, { method: known(method), url: call.argument(0), body: call.argument(1), config: call.argument(2), argument: 2 })
  );
}

interface Parts {
  readonly method: Fact<Method>;
  readonly url: Value;
  readonly body: Value;
  readonly config: Value;
  readonly argument: number;
}

function reading(call: RequestCall, { method, url, body, config, argument }: Parts): Interpretation {
  const { instance } = call;
  const key = keyOfHooks(interceptorsOf(instance).map((functions) => ({ functions, run: "once per attempt" })));
  const setting = (name: string) => settingOf((options) => propertyOf(options, name), config, instance, ["defaults", name]);
  return {
    kind: "request",
    request: {
      method,
      url: urlFact(url, setting("baseURL")),
      headers: headersOf(config, instance, method),
      body,
      timeout: timeoutOf(setting("timeout"), setting("signal"), setting("adapter"), instance),
      retries: pluggedLayers(instance),
      ...(key && { idempotencyKey: key }),
      options: { node: call.node, argument },
    },
  };
}

function timeoutOf(timeout: Value, signal: Value, adapter: Value, instance: ClientInstance): Fact<Timeout> {
  const bound = signalBound(signal);
  if (bound.kind === "unknown") return unknownFact(bound.why);
  if (bound.kind === "known" && bound.value) return { ...bound, value: bound.value };
  if (timeout.kind === "absent" && interceptorMentions(instance, /timeout|signal/u) !== "no")
    return unknownFact("an interceptor may set it");
  return timeoutFact(timeout, adapter.kind === "primitive" && adapter.value === "fetch" ? "total" : "idle", noTimeout);
}

/** Call over instance over assigned defaults; an interceptor that touches headers by a name of its own is read by that name. */
function headersOf(config: Value, instance: ClientInstance, method: Fact<Method>): RequestReading["headers"] {
  const sources: Value[] = [];
  for (let current: ClientInstance | undefined = instance; current; current = current.parent) {
    if (interceptorMentions(current, headerMention) !== "no") return unknownFact("an interceptor may set headers");
    const group = method.kind === "known" ? method.value.toLowerCase() : "common";
    sources.unshift(commonHeaders(propertyOf(current.options, "headers"), group), ...assignedHeaders(current));
  }
  return headersFact(...sources, propertyOf(config, "headers"));
}

/** `headers: { common: { … }, post: { … } }` of older configurations beside plain names. */
function commonHeaders(headers: Value, group: string): Value {
  return firstPresent(propertyAt(headers, ["common"]), propertyAt(headers, [group])).kind === "object" ? unknownHeaders : headers;
}

const unknownHeaders: Value = { kind: "unknown", why: "grouped headers" };

/** `client.defaults.headers.common["Idempotency-Key"] = key` */
function assignedHeaders(instance: ClientInstance): Value[] {
  const whole = assignedTo(instance, "defaults", "headers");
  const single = instance.effects.flatMap((effect) => {
    if (effect.kind !== "assigned" || effect.path[0] !== "defaults" || effect.path[1] !== "headers" || effect.path.length < 3) return [];
    const object: Value = {
      kind: "object",
      properties: new Map([[effect.path.at(-1)!, effect.value]]),
      complete: true,
      origin: effect.origin,
    };
    return [object];
  });
  return [whole, ...single];
}

/** Whether a request interceptor of the instance touches something: "no", "yes", or "unknown" when its code is elsewhere. */
function interceptorMentions(instance: ClientInstance, what: RegExp): "yes" | "no" | "unknown" {
  return (
    instance.effects
      .flatMap(interceptorIn)
      .map((interceptor) => codeMentions(interceptor, what))
      .find((mentions) => mentions !== "no") ?? "no"
  );
}

function interceptorIn(effect: InstanceEffect): Value[] {
  if (effect.kind !== "called" || effect.path.join(".") !== "interceptors.request" || effect.method !== "use") return [];
  return [effect.arguments[0] ?? ABSENT];
}

/** The request interceptors of a client and of those it was made from. */
function interceptorsOf(instance: ClientInstance | undefined): Value[] {
  return instance ? [...instance.effects.flatMap(interceptorIn), ...interceptorsOf(instance.parent)] : [];
}
