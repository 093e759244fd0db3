import { type Fact, known, unknownFact } from "../fact.ts";
import type { Interpretation, LibraryCall, LibraryDefinition } from "../library.ts";
import type { Method, OptionsPlace, Timeout } from "../outbound-call.ts";
import { headersFact, methodFact, signalBound, timeoutFact, urlFact } from "../request-reading.ts";
import { ABSENT, firstPresent, originOf, propertyOf, type Value } from "../value.ts";

const withoutBody: Readonly<Record<string, Method>> = { get: "GET", head: "HEAD" };
const withBody: Readonly<Record<string, Method>> = { post: "POST", put: "PUT", patch: "PATCH", delete: "DELETE" };

/**
 * needle 2 and 3. No retries. `timeout` is `open_timeout`, 10 s, and ends the connecting only; `response_timeout` ends the wait for the headers,
 * `read_timeout` the whole body after them, both off by default (needle@3.5.0 lib/needle.js:94-120, measured).
 */
export const needle: LibraryDefinition = {
  name: "needle",
  packages: ["needle"],
  defaultTimeout: "10 s to connect",
  interpret(call) {
    const [member, ...others] = call.path;
    if (call.form === "new" || others.length > 0) return undefined;
    if (member === undefined || member === "request") return general(call, member);
    if (withoutBody[member]) return request(call, { method: known(withoutBody[member]), url: 0, options: 1 });
    return withBody[member] && request(call, { method: known(withBody[member]), url: 0, body: 1, options: 2 });
  },
  write: {
    timeout: (ms) => ({ path: ["response_timeout"], code: String(ms) }),
    header: (name, value) => ({ path: ["headers", name], code: value }),
  },
};

/** `needle("get", url, options)`, `needle("post", url, data, options)`, `needle.request("get", url, data, options)` */
function general(call: LibraryCall, member: string | undefined): Interpretation {
  const method = methodFact(call.argument(0), "GET");
  const isBodyless = member === undefined && method.kind === "known" && (method.value === "GET" || method.value === "HEAD");
  return request(call, { method, url: 1, ...(isBodyless && call.node.arguments.length < 4 ? { options: 2 } : { body: 2, options: 3 }) });
}

interface Arguments {
  readonly method: Fact<Method>;
  readonly url: number;
  readonly body?: number;
  readonly options: number;
}

function request(call: LibraryCall, { method, url, body, options: argument }: Arguments): Interpretation {
  const given = call.argument(argument);
  const options = given.kind === "function" ? ABSENT : given;
  const place: OptionsPlace = { node: call.node, argument, ...(given.kind === "function" && { before: "callback" }) };
  const defaults = defaultsOf(call);
  const setting = (name: string) => firstPresent(propertyOf(options, name), ...defaults.map((of) => propertyOf(of, name)));
  return {
    kind: "request",
    request: {
      method,
      url: urlFact(call.argument(url), ABSENT),
      headers: headersFact(...defaults.map((of) => propertyOf(of, "headers")), propertyOf(options, "headers")),
      body: body === undefined ? ABSENT : call.argument(body),
      timeout: timeoutOf(setting),
      retries: [],
      options: place,
    },
  };
}

/** What `needle.defaults({ … })` was given in the file, the last first. */
function defaultsOf({ instance }: LibraryCall): Value[] {
  return instance.effects
    .flatMap((effect) => (effect.kind === "called" && effect.method === "defaults" ? [effect.arguments[0] ?? ABSENT] : []))
    .reverse();
}

function timeoutOf(setting: (name: string) => Value): Fact<Timeout> {
  const bound = signalBound(setting("signal"));
  if (bound.kind === "unknown") return unknownFact(bound.why);
  if (bound.value) return { ...bound, value: bound.value };
  const nothing = known<Timeout>({ bounds: "nothing" });
  const response = timeoutFact(setting("response_timeout"), "headers", nothing);
  const read = timeoutFact(setting("read_timeout"), "attempt", nothing);
  if (response.kind === "unknown" || read.kind === "unknown") return unknownFact("a timeout that is not a literal");
  if (response.value.bounds !== "nothing")
    return read.value.bounds === "nothing"
      ? response
      : { ...response, value: { ms: response.value.ms + read.value.ms, bounds: "attempt" } };
  return known({ bounds: "nothing", ...misread(setting, read.value) }, originOfMisread(setting));
}

function misread(setting: (name: string) => Value, read: Timeout): { misread?: string } {
  if (read.bounds !== "nothing") return { misread: "needle's `read_timeout` begins with the headers" };
  if (setting("timeout").kind === "primitive") return { misread: "needle's `timeout` ends the connecting only" };
  return setting("open_timeout").kind === "primitive" ? { misread: "needle's `open_timeout` ends the connecting only" } : {};
}

function originOfMisread(setting: (name: string) => Value): ReturnType<typeof originOf> {
  return originOf(firstPresent(setting("timeout"), setting("open_timeout")));
}
