import { exponential } from "../backoff.ts";
import type { ClientInstance } from "../client-instance.ts";
import { type Fact, known, numberFact, unknownFact } from "../fact.ts";
import type { LibraryCall, LibraryDefinition } from "../library.ts";
import type { OptionsPlace, RequestReading, RetryLayer, Timeout, UrlPattern } from "../outbound-call.ts";
import { noTimeout } from "../request-reading.ts";
import { originOf, propertyAt, propertyOf, textParts, unknown, type Value } from "../value.ts";

const makers = /^(?:loadPackageDefinition|makeClientConstructor|makeGenericClientConstructor)$/u;
/** What every client has besides the methods of its service. */
const own = /^(?:close|getChannel|waitForReady|make(?:Unary|ClientStream|ServerStream|BidiStream)Request)$/u;

/**
 * @grpc/grpc-js 1: clients of `loadPackageDefinition(…)` and of generated code, called as `client.method(message, metadata?, { deadline }?, callback)`. A call has no
 * deadline unless it is given one, a Date or a time in milliseconds since 1970; `deadline: 300` has passed already. Retries are those of a service config,
 * whose `maxAttempts` counts attempts, five at most (@grpc/grpc-js@1.14.7 build/src/client-interceptors.js:252, retrying-call.js:94,320, measured).
 */
export const grpcJs: LibraryDefinition = {
  name: "@grpc/grpc-js",
  packages: ["@grpc/grpc-js"],
  defaultTimeout: "none",
  timeoutPerCall: true,
  interpret(call) {
    const { path, form, instance } = call;
    if (form === "call" && !instance.made)
      return makers.test(path.join(".")) ? { kind: "instance", options: { kind: "absent" }, argument: 3 } : undefined;
    if (form === "new") return instance.made ? { kind: "instance", options: call.argument(2), argument: 2 } : undefined;
    const [method, ...rest] = path;
    const isService = instance.parent?.made !== undefined;
    if (!isService || method === undefined || rest.length > 0 || own.test(method)) return undefined;
    return { kind: "request", request: reading(call, method) };
  },
  write: {
    timeout: (ms) => ({ path: ["deadline"], code: `Date.now() + ${ms}` }),
  },
};

function reading(call: LibraryCall, method: string): RequestReading {
  const { instance } = call;
  const options = optionsOf(call);
  const service = instance.made?.path.at(-1);
  return {
    method: known("POST"),
    url: addressOf(instance),
    headers: unknownFact("metadata"),
    body: call.argument(0),
    timeout: timeoutOf(options.value, instance),
    retries: retriesOf(instance),
    effect: "unknown",
    label: service === undefined ? method : `${service}.${method}`,
    options: options.place,
  };
}

/** `payments.example:443` and `dns:///payments.example:443` are of one host. */
function addressOf({ made }: ClientInstance): Fact<UrlPattern> {
  const [first, ...others] = textParts(made?.arguments[0] ?? unknown("no address")) ?? [undefined];
  if (first?.startsWith("unix:")) return known({ parts: ["file:"] });
  return known({
    parts: first === undefined ? [undefined, ...others] : [`grpc://${first.replace(/^dns:(?:\/\/[^/]*\/)?/u, "")}`, ...others],
  });
}

/** The options stand before the callback, with or without metadata before them. */
function optionsOf({ node, arguments: given }: LibraryCall): { readonly value: Value; readonly place: OptionsPlace } {
  const last = node.arguments.at(-1);
  const hasCallback =
    given.at(-1)?.kind === "function" || (last?.type === "Identifier" && /^(?:cb|callback|done|next|resolve)$/u.test(last.name));
  const between = given.slice(1, hasCallback ? -1 : undefined);
  const index = between.findIndex(({ kind }) => kind === "object");
  const hidden = between.some(({ kind }) => kind !== "object" && kind !== "result" && kind !== "absent");
  const argument = index === -1 ? between.length + 1 : index + 1;
  const place: OptionsPlace = { node, argument, ...(index === -1 && hasCallback && { before: "callback" as const }) };
  const value = index === -1 ? (hidden ? unknown("an argument that may be the options") : { kind: "absent" as const }) : between[index]!;
  return { value, place };
}

function timeoutOf(options: Value, instance: ClientInstance): Fact<Timeout> {
  const deadline = propertyOf(options, "deadline");
  if (deadline.kind === "absent") {
    const intercepted = [options, instance.options].some((from) =>
      ["interceptors", "interceptor_providers", "parent"].some((name) => propertyOf(from, name).kind !== "absent"),
    );
    return intercepted ? unknownFact("an interceptor may set a deadline") : noTimeout;
  }
  if (deadline.kind === "primitive" && typeof deadline.value === "number") return absoluteTime(deadline.value, deadline);
  const ms = millisecondsAhead(deadline);
  return ms === undefined ? unknownFact("a deadline that is computed") : known({ ms, bounds: "total" }, originOf(deadline));
}

/** A number is a moment; a small one was meant as a span. */
function absoluteTime(ms: number, deadline: Value): Fact<Timeout> {
  if (ms === Infinity) return noTimeout;
  if (ms > 100_000_000_000) return unknownFact("a moment");
  return known({ bounds: "nothing", misread: `\`deadline: ${ms}\` is a moment in 1970, so the call fails at once` }, originOf(deadline));
}

/** `Date.now() + 300`, `new Date(Date.now() + 300)` */
function millisecondsAhead(value: Value): number | undefined {
  if (value.kind !== "result" || value.callee.module !== "globalThis" || value.mutations.length > 0) return undefined;
  const [first] = value.arguments;
  const name = value.callee.path.join(".");
  if (name === "Date") return first && millisecondsAhead(first);
  return name === "Date.now" && first?.kind === "primitive" && typeof first.value === "number" ? first.value : undefined;
}

/** The first retry policy of a service config that is written out as JSON. */
function retriesOf({ options, created, place }: ClientInstance): readonly RetryLayer[] {
  const config = propertyOf(options, "grpc.service_config");
  if (config.kind !== "result" || config.callee.path.join(".") !== "JSON.stringify") return [];
  const methods = propertyOf(config.arguments[0] ?? unknown("no config"), "methodConfig");
  const policy = methods.kind === "array" ? propertyOf(methods.elements[0] ?? unknown("no method"), "retryPolicy") : unknown("no methods");
  const attempts = propertyOf(policy, "maxAttempts");
  const count = numberFact(attempts, unknownFact("no number"));
  if (policy.kind !== "object" || attempts.kind === "absent") return [];
  return [
    {
      by: grpcJs,
      retries: count.kind === "unknown" ? count : { ...count, value: Math.min(5, count.value) - 1 },
      repeats: "any",
      backoff: backoffOf(policy),
      origin: originOf(attempts) ?? created!,
      literalFor: (retries) => String(retries + 1),
      ...(place && { options: place }),
    },
  ];
}

function backoffOf(policy: Value): RetryLayer["backoff"] {
  const [first, maximum] = [propertyAt(policy, ["initialBackoff"]), propertyAt(policy, ["maxBackoff"])].map(secondsOf);
  const factor = propertyOf(policy, "backoffMultiplier");
  if (first === undefined || maximum === undefined || factor.kind !== "primitive") return unknownFact("the backoff is not a literal");
  return known(exponential({ firstMs: first * 1000, factor: Number(factor.value), maximumMs: maximum * 1000, jitter: true }));
}

/** "0.1s" */
function secondsOf(value: Value): number | undefined {
  const text = value.kind === "primitive" && typeof value.value === "string" ? /^(?<seconds>\d+(?:\.\d+)?)s$/u.exec(value.value) : null;
  return text ? Number(text.groups!["seconds"]) : undefined;
}
