import { assignedTo, type ClientInstance } from "./client-instance.ts";
import { type Fact, known, unknownFact } from "./fact.ts";
import type { HeaderMap, Method, TimeBound, Timeout, UrlPattern } from "./outbound-call.ts";
import { firstPresent, originOf, textParts, type Value } from "./value.ts";

/** Readings that many libraries share. */

/** The method option, upper case, or what the library sends without one. */
export function methodFact(value: Value, whenAbsent: Method): Fact<Method> {
  if (value.kind === "absent") return known(whenAbsent);
  return value.kind === "primitive" && typeof value.value === "string"
    ? known(value.value.toUpperCase(), originOf(value))
    : unknownFact("the method is not a literal");
}

/** A URL, with the base it is resolved against where the library has one. */
export function urlFact(url: Value, base: Value): Fact<UrlPattern> {
  const parts = partsOf(url);
  if (isAbsolute(parts) || base.kind === "absent") return known({ parts }, originOf(url));
  const baseParts = partsOf(base);
  const joined = baseParts.at(-1)?.endsWith("/") || parts[0]?.startsWith("/") || parts.length === 0 ? [] : ["/"];
  return known({ parts: squeezed([...baseParts, ...joined, ...parts]) }, originOf(url) ?? originOf(base));
}

function partsOf(value: Value): readonly (string | undefined)[] {
  if (value.kind === "absent") return [];
  return textParts(value) ?? [undefined];
}

function isAbsolute(parts: readonly (string | undefined)[]): boolean {
  return /^[a-z][a-z\d+.-]*:/iu.test(parts[0] ?? "");
}

function squeezed(parts: readonly (string | undefined)[]): (string | undefined)[] {
  const result: (string | undefined)[] = [];
  for (const part of parts) {
    if (part !== undefined && result.length > 0 && result.at(-1) !== undefined) result[result.length - 1] = `${result.at(-1)}${part}`;
    else result.push(part);
  }
  return result;
}

/** Headers of several sources, later ones over earlier ones; unknown as soon as one of them is. */
export function headersFact(...sources: readonly Value[]): Fact<HeaderMap> {
  const headers = new Map<string, Value>();
  for (const source of sources) {
    const entries = headerEntries(source);
    if (!entries) return unknownFact("the headers are not an object literal");
    for (const [name, value] of entries) headers.set(name.toLowerCase(), value);
  }
  return known(headers);
}

/** undefined when a part of the headers cannot be seen. */
function headerEntries(source: Value): readonly (readonly [string, Value])[] | undefined {
  switch (source.kind) {
    case "absent":
      return [];
    case "object":
      return source.complete ? [...source.properties] : undefined;
    case "array":
      return source.complete ? source.elements.map(pairOf).filter((pair) => pair !== undefined) : undefined;
    case "result": {
      if (source.callee.path.join(".") !== "Headers") return undefined;
      const initial = source.arguments[0] ? headerEntries(source.arguments[0]) : [];
      if (!initial) return undefined;
      const set = source.mutations.filter(({ method }) => method === "set" || method === "append");
      return [
        ...initial,
        ...set
          .map((mutation) => pairOf({ kind: "array", elements: mutation.arguments, complete: true, origin: source.origin }))
          .filter((pair) => pair !== undefined),
      ];
    }
    default:
      return undefined;
  }
}

function pairOf(element: Value): readonly [string, Value] | undefined {
  if (element.kind !== "array") return undefined;
  const [name, value] = element.elements;
  return name?.kind === "primitive" && value ? [String(name.value), value] : undefined;
}

/** An option as the call, the instance, its assigned defaults or a parent says; the nearest wins. */
export function settingOf(
  option: (options: Value) => Value,
  callOptions: Value,
  instance: ClientInstance,
  assigned: readonly string[] = [],
): Value {
  const values = [option(callOptions)];
  for (let current: ClientInstance | undefined = instance; current; current = current.parent) {
    values.push(option(current.options));
    if (assigned.length > 0) values.push(assignedTo(current, ...assigned));
  }
  return firstPresent(...values);
}

/** Whether the code of a hook, or of one of several, touches something: "unknown" when it stands elsewhere. */
export function codeMentions(hooks: Value, what: RegExp): "yes" | "no" | "unknown" {
  switch (hooks.kind) {
    case "absent":
      return "no";
    case "function":
      return what.test(hooks.origin.file.text.slice(...hooks.node.range)) ? "yes" : "no";
    case "array": {
      const answers = hooks.elements.map((hook) => codeMentions(hook, what));
      return answers.find((answer) => answer !== "no") ?? (hooks.complete ? "no" : "unknown");
    }
    default:
      return "unknown";
  }
}

/** What a hook does that may set a header. */
export const headerMention = /idempoten|request-id|headers?\b/iu;

/**
 * What an abort signal bounds: `AbortSignal.timeout(ms)`, alone or inside `AbortSignal.any([…])`, is a total.
 * Any other signal may come from a timer that is not visible, so it is unknown.
 */
export function signalBound(signal: Value): Fact<TimeBound | undefined> {
  if (signal.kind === "absent" || (signal.kind === "primitive" && signal.value === null)) return known(undefined);
  if (signal.kind !== "result") return unknownFact("a signal made elsewhere");
  const name = signal.callee.path.join(".");
  const [first] = signal.arguments;
  if (name === "AbortSignal.timeout" && first?.kind === "primitive" && typeof first.value === "number")
    return known({ ms: first.value, bounds: "total" }, originOf(first));
  if (name === "AbortSignal.any" && first?.kind === "array")
    return first.elements.map(signalBound).find((bound) => bound.kind === "known" && bound.value) ?? unknownFact("signals made elsewhere");
  return unknownFact("a signal made elsewhere");
}

/** Milliseconds of an option where 0, false and absence mean no limit. */
export function timeoutFact(value: Value, bounds: TimeBound["bounds"], whenAbsent: Fact<Timeout>): Fact<Timeout> {
  if (value.kind === "absent") return whenAbsent;
  if (value.kind !== "primitive") return unknownFact("the timeout is not a literal");
  const ms = Number(value.value === false || value.value === null ? 0 : value.value);
  if (Number.isNaN(ms)) return unknownFact("the timeout is not a number");
  return known(ms > 0 && ms !== Infinity ? { ms, bounds } : { bounds: "nothing" }, originOf(value));
}

export const noTimeout: Fact<Timeout> = known({ bounds: "nothing" });
