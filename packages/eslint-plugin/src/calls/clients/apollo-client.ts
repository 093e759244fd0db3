import { exponential } from "../backoff.ts";
import type { ClientInstance } from "../client-instance.ts";
import { type Fact, known, numberFact, unknownFact } from "../fact.ts";
import type { Interpretation, LibraryCall, LibraryDefinition } from "../library.ts";
import type { Backoff, RequestReading, RetryLayer, Timeout } from "../outbound-call.ts";
import { headersFact, noTimeout, signalBound, urlFact } from "../request-reading.ts";
import { ABSENT, firstPresent, numberOf, originOf, propertyAt, propertyOf, unknown, type Value } from "../value.ts";

const operations: Readonly<Record<string, "reads" | "writes">> = { query: "reads", mutate: "writes" };
const httpLink = /^(?:HttpLink|createHttpLink|BatchHttpLink|BaseHttpLink)$/u;
const linkMakers = /^(?:HttpLink|createHttpLink|BatchHttpLink|BaseHttpLink|RetryLink|from|concat|ApolloLink\.from|ApolloLink\.concat)$/u;

/**
 * @apollo/client 3 and 4: `client.query` and `client.mutate` through the links of the client. An HttpLink sends a POST with fetch, without a timeout; a RetryLink repeats
 * every operation, mutations too, after an error of the network or an answer that is none: `attempts.max` counts attempts, 5 by default. Its delays are
 * random, up to 600 ms and doubled each time (@apollo/client@4.3.8 link/retry/retryFunction.js, delayFunction.js, link/http/BaseHttpLink.js:84, measured).
 * Which client a hook such as useMutation uses is not seen.
 */
export const apolloClient: LibraryDefinition = {
  name: "@apollo/client",
  packages: ["@apollo/client", "@apollo/client/*"],
  types: ["ApolloClient"],
  defaultTimeout: "300 s",
  timeoutPerCall: true,
  interpret(call) {
    const name = call.path.join(".");
    if (name === "ApolloClient" && call.form === "new") return { kind: "instance", options: call.argument(0), argument: 0 };
    if (linkMakers.test(name)) return { kind: "instance", options: call.argument(0), argument: 0 };
    const isClient = call.instance.passedIn !== undefined || call.instance.made?.path.join(".") === "ApolloClient";
    const effect = isClient && Object.hasOwn(operations, name) ? operations[name] : undefined;
    return effect && request(call, effect);
  },
  write: {
    timeout: (ms) => ({ path: ["context", "fetchOptions", "signal"], code: `AbortSignal.timeout(${ms})` }),
    retries: (count) => ({ path: ["attempts", "max"], code: String(count + 1) }),
    header: (name, value) => ({ path: ["context", "headers", name], code: value }),
  },
};

function request(call: LibraryCall, effect: "reads" | "writes"): Interpretation {
  const { instance, node } = call;
  const context = propertyOf(call.argument(0), "context");
  const links = linksOf(instance);
  const http = links.find((link) => link.kind === "link" && httpLink.test(link.name));
  const options = http?.kind === "link" ? http.instance.options : links.length === 0 ? instance.options : unknown("a link made elsewhere");
  return {
    kind: "request",
    request: {
      method: known("POST"),
      url: urlFact(firstPresent(propertyOf(context, "uri"), propertyOf(options, "uri")), ABSENT),
      headers: links.some(({ kind }) => kind === "other")
        ? unknownFact("a link may set headers")
        : headersFact(propertyOf(options, "headers"), propertyOf(context, "headers")),
      body: ABSENT,
      timeout: timeoutOf(context, options, links),
      retries: links.flatMap((link) => (link.kind === "link" && link.name === "RetryLink" ? [retryLayer(link.instance)] : [])),
      effect,
      options: { node, argument: 0 },
    } satisfies RequestReading,
  };
}

type Link = { readonly kind: "link"; readonly name: string; readonly instance: ClientInstance } | { readonly kind: "other" };

/** The links of a client, in the order an operation goes through them. */
function linksOf({ options, passedIn }: ClientInstance): readonly Link[] {
  return passedIn ? [{ kind: "other" }] : linksIn(propertyOf(options, "link"));
}

function linksIn(value: Value): readonly Link[] {
  if (value.kind === "absent") return [];
  if (value.kind === "array") return [...value.elements.flatMap(linksIn), ...(value.complete ? [] : [{ kind: "other" } as const])];
  if (value.kind !== "client" || value.path.length > 0 || !value.instance.made) return [{ kind: "other" }];
  const { path, arguments: given } = value.instance.made;
  const name = path.at(-1)!;
  if (name !== "from" && name !== "concat") return [{ kind: "link", name, instance: value.instance }];
  const before: Value[] = value.instance.parent?.made ? [{ ...value, instance: value.instance.parent }] : [];
  return [...before, ...given].flatMap(linksIn);
}

function timeoutOf(context: Value, options: Value, links: readonly Link[]): Fact<Timeout> {
  const path = ["fetchOptions", "signal"];
  const bound = signalBound(firstPresent(propertyAt(context, path), propertyAt(options, path)));
  if (bound.kind === "unknown") return unknownFact(bound.why);
  if (bound.kind === "known" && bound.value) return known(bound.value, bound.origin);
  const own = propertyOf(options, "fetch");
  const isGlobal = own.kind === "absent" || (own.kind === "reference" && own.module === "globalThis");
  return isGlobal && links.every(({ kind }) => kind === "link") ? noTimeout : unknownFact("a link or fetch of its own");
}

function retryLayer({ options, created, place }: ClientInstance): RetryLayer {
  const attempts = propertyOf(options, "attempts");
  const max = attempts.kind === "object" || attempts.kind === "absent" ? propertyOf(attempts, "max") : unknown("a function decides");
  const count = numberFact(max, {
    kind: "default",
    value: 5,
    library: {
      library: "@apollo/client",
      says: "RetryLink default: 5 attempts",
      source: "@apollo/client@4.3.8 link/retry/retryFunction.js:2",
    },
  });
  return {
    by: apolloClient,
    retries: count.kind === "unknown" ? count : { ...count, value: Math.max(1, count.value) - 1 },
    repeats: propertyOf(attempts, "retryIf").kind === "absent" ? "any" : "unknown",
    condition: "on errors of the network, mutations too",
    backoff: backoffOf(propertyOf(options, "delay")),
    origin: originOf(max) ?? created!,
    literalFor: (retries) => String(retries + 1),
    ...(place && { options: place }),
  };
}

function backoffOf(delay: Value): Fact<Backoff> {
  const [initial, max, jitter] = (["initial", "max", "jitter"] as const).map((name) => propertyOf(delay, name));
  if (![initial, max, jitter].every((value) => value?.kind === "absent" || value?.kind === "primitive"))
    return unknownFact("the backoff is not a literal");
  const isRandom = !(jitter?.kind === "primitive" && jitter.value === false);
  const firstMs = (numberOf(initial) ?? 300) * (isRandom ? 2 : 1);
  return known(exponential({ firstMs, factor: 2, maximumMs: numberOf(max) ?? Infinity, jitter: isRandom }));
}
