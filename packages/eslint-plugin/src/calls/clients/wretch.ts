import type { ClientInstance } from "../client-instance.ts";
import { type Fact, known, numberFact, unknownFact } from "../fact.ts";
import type { Interpretation, LibraryCall, LibraryDefinition } from "../library.ts";
import type { Backoff, Method, RetryLayer, Timeout } from "../outbound-call.ts";
import { headersFact, methodFact, noTimeout, signalBound, timeoutFact, urlFact } from "../request-reading.ts";
import type { CallLike } from "../source-file.ts";
import { ABSENT, originOf, propertyOf, textParts, type Value } from "../value.ts";

const withoutBody: Readonly<Record<string, Method>> = { get: "GET", delete: "DELETE", head: "HEAD", opts: "OPTIONS" };
const withBody: Readonly<Record<string, Method>> = { post: "POST", put: "PUT", patch: "PATCH" };

/**
 * wretch 2 and 3, a builder around fetch: each step gives a new one. No timeout but a signal, or `.setTimeout(ms)` of the abort addon, which runs until the
 * body is read. No retries but those of the retry middleware: ten, of every method, POST too, 500 ms more each time, without jitter or regard for
 * Retry-After; its `maxAttempts` counts retries and 0 is endless (wretch@3.0.9 dist/middlewares/retry.js, dist/addons/abort.js, measured).
 */
export const wretch: LibraryDefinition = {
  name: "wretch",
  packages: ["wretch", "wretch/*", "wretch-middlewares"],
  types: ["Wretch"],
  defaultTimeout: "none",
  interpret(call) {
    if (call.form === "new" || call.path.length > 1 || !/^wretch(?:\/all)?$/u.test(call.module)) return undefined;
    const [member] = call.path[0] === "default" ? [] : call.path;
    if (member === undefined) return { kind: "instance", options: call.argument(1), argument: 1 };
    if (!call.instance.made && !call.instance.passedIn) return undefined; // wretch.options({ … }) sets defaults
    const method = withBody[member];
    if (method) return request(call, known(method), { body: call.argument(0), url: call.argument(1) });
    if (member === "fetch") return request(call, methodFact(call.argument(0), "GET"), { url: call.argument(1), body: call.argument(2) });
    const bodyless = withoutBody[member];
    if (bodyless) return request(call, known(bodyless), { body: ABSENT, url: call.argument(0) });
    return { kind: "instance", options: member === "options" ? call.argument(0) : ABSENT, argument: 0 };
  },
  write: {
    timeout: (ms) => ({ chained: "before", code: `.options({ signal: AbortSignal.timeout(${ms}) })`, onClient: null }),
    header: (name, value) => ({ chained: "before", code: `.headers({ ${JSON.stringify(name)}: ${value} })` }),
    retries: (count) => ({ path: ["maxAttempts"], code: String(count) }),
  },
};

function request(call: LibraryCall, method: Fact<Method>, { url, body }: { url: Value; body: Value }): Interpretation {
  const built = call.instance.passedIn ? [] : stepsOf(call.instance);
  const isOpen = built.some(mayDoMore) || rootOf(call.instance).passedIn !== undefined;
  return {
    kind: "request",
    request: {
      method,
      url: urlOf([...built.flatMap(urlStep), url]),
      headers: isOpen ? unknownFact("another step may set headers") : headersFact(...built.flatMap(headersStep)),
      body,
      timeout: isOpen ? unknownFact("another step may set a timeout") : timeoutOf(call, built),
      retries: built.flatMap(retryLayers),
      options: { node: call.node, argument: 0 },
    },
  };
}

/** One step of the builder, `.headers({ … })`, or the making of it. */
interface Step {
  readonly name: string | undefined;
  readonly arguments: readonly Value[];
}

function stepsOf(instance: ClientInstance): Step[] {
  const own = instance.made ? [{ name: instance.made.path.at(-1), arguments: instance.made.arguments }] : [];
  const defaults = instance.effects.flatMap((effect) =>
    effect.kind === "called" && effect.method === "options" ? [{ name: "options", arguments: effect.arguments }] : [],
  );
  return [...(instance.parent ? stepsOf(instance.parent) : []), ...own, ...defaults];
}

function rootOf(instance: ClientInstance): ClientInstance {
  return instance.parent ? rootOf(instance.parent) : instance;
}

const plainSteps = new Set([
  undefined,
  "default",
  "url",
  "query",
  "options",
  "headers",
  "accept",
  "content",
  "auth",
  "catcher",
  "catcherFallback",
  "errorType",
  "customError",
  "json",
  "body",
  "formData",
  "formUrl",
]);

/** A step that runs code on the request: a middleware, `defer`, `resolve`, an addon of the project's own, a signal made elsewhere. */
function mayDoMore({ name, arguments: given }: Step): boolean {
  if (plainSteps.has(name)) return false;
  if (name === "addon") return !given.every((addon) => addon.kind === "result" && addon.callee.module.startsWith("wretch/"));
  if (name === "middlewares") return !middlewaresIn(given).every(isOwnMiddleware);
  return true;
}

function middlewaresIn([list]: readonly Value[]): readonly Value[] {
  return list?.kind === "array" && list.complete ? list.elements : [list ?? ABSENT];
}

function isOwnMiddleware(middleware: Value): boolean {
  return middleware.kind === "result" && middleware.callee.module.startsWith("wretch");
}

/** `wretch("https://x.example").url("/a")`: each part follows the one before as it is. */
function urlStep({ name, arguments: [first] }: Step): Value[] {
  return (name === undefined || name === "url") && first ? [first] : [];
}

function urlOf(parts: readonly Value[]): ReturnType<typeof urlFact> {
  const texts = parts.filter(({ kind }) => kind !== "absent").map((part) => textParts(part) ?? [undefined]);
  const joined = texts.flat();
  const origin = parts.map(originOf).find(Boolean);
  if (!origin) return known({ parts: joined });
  return urlFact({ kind: "text", parts: squeezed(joined), origin }, ABSENT);
}

function squeezed(parts: readonly (string | undefined)[]): (string | undefined)[] {
  return parts.reduce<(string | undefined)[]>((result, part) => {
    const last = result.at(-1);
    return part !== undefined && last !== undefined ? [...result.slice(0, -1), last + part] : [...result, part];
  }, []);
}

function headersStep({ name, arguments: given }: Step): Value[] {
  const [first = ABSENT, second = ABSENT] = given;
  if (name === undefined) return [propertyOf(second, "headers")];
  if (name === "options") return [propertyOf(first, "headers")];
  return name === "headers" ? [first] : [];
}

function timeoutOf({ followedBy }: LibraryCall, built: readonly Step[]): Fact<Timeout> {
  const set = followedBy.findLast(({ method }) => method === "setTimeout");
  if (set) return timeoutFact(set.arguments[0] ?? ABSENT, "total", noTimeout);
  const signals = built.map(({ name, arguments: [first = ABSENT, second = ABSENT] }) =>
    propertyOf(name === "options" ? first : name === undefined ? second : ABSENT, "signal"),
  );
  const bound = signalBound(signals.findLast(({ kind }) => kind !== "absent") ?? ABSENT);
  if (bound.kind === "unknown") return unknownFact(bound.why);
  return bound.value ? { ...bound, value: bound.value } : noTimeout;
}

function retryLayers({ name, arguments: given }: Step): RetryLayer[] {
  if (name !== "middlewares") return [];
  return middlewaresIn(given).flatMap((middleware) => {
    if (middleware.kind !== "result" || middleware.callee.path.at(-1) !== "retry") return [];
    const options = middleware.arguments[0] ?? ABSENT;
    const attempts = propertyOf(options, "maxAttempts");
    return [
      {
        by: wretch,
        retries: orEndless(
          numberFact(attempts, {
            kind: "default",
            value: 10,
            library: { library: "wretch", says: "wretch default: 10 retries", source: "wretch@3.0.9 dist/middlewares/retry.js:4" },
          }),
        ),
        repeats: propertyOf(options, "skip").kind === "absent" ? ("any" as const) : ("unknown" as const),
        condition: "whatever the method",
        backoff: backoffOf(options),
        origin: originOf(attempts) ?? middleware.origin,
        options: { node: middleware.origin.node as CallLike, argument: 0 },
        // Each of these is given the response, and may read the header of it, wait, or stop.
        ...(["delayRamp", "until", "onRetry"].every((name) => propertyOf(options, name).kind === "absent") && {
          retryAfter: "ignored" as const,
        }),
      },
    ];
  });
}

function orEndless(count: Fact<number>): Fact<number> {
  return count.kind === "known" && count.value === 0 ? { ...count, value: Infinity } : count;
}

function backoffOf(options: Value): Fact<Backoff> {
  const step = numberFact(propertyOf(options, "delayTimer"), known(500));
  if (step.kind === "unknown" || propertyOf(options, "delayRamp").kind !== "absent") return unknownFact("a delay of its own");
  return known({ delayMs: (retry) => step.value * retry, jitter: false });
}
