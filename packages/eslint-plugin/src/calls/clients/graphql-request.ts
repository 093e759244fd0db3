import type { ClientInstance } from "../client-instance.ts";
import { type Fact, known, unknownFact } from "../fact.ts";
import { effectOf } from "../graphql-document.ts";
import type { LibraryCall, LibraryDefinition } from "../library.ts";
import type { RequestReading, Timeout } from "../outbound-call.ts";
import { codeMentions, headerMention, headersFact, methodFact, noTimeout, signalBound, urlFact } from "../request-reading.ts";
import { ABSENT, firstPresent, propertyOf, type Value } from "../value.ts";

const requests = /^(?:request|rawRequest|batchRequests)$/u;

/**
 * graphql-request 3 to 7: `request(url, document, variables, headers)`, the same as one object, and `new GraphQLClient(url, options).request(…)`. Sends a POST with fetch,
 * without a timeout or retries of its own; whether it changes anything, the document says (graphql-request@7.4.0 build/legacy/functions/request.js,
 * build/legacy/classes/GraphQLClient.js, measured).
 */
export const graphqlRequest: LibraryDefinition = {
  name: "graphql-request",
  packages: ["graphql-request"],
  types: ["GraphQLClient"],
  defaultTimeout: "300 s",
  timeoutPerCall: true,
  interpret(call) {
    const [member = "request", ...rest] = call.path;
    if (rest.length > 0) return undefined;
    if (call.form === "new") return member === "GraphQLClient" ? { kind: "instance", options: call.argument(1), argument: 1 } : undefined;
    return requests.test(member) ? { kind: "request", request: reading(call, member, partsOf(call, member)) } : undefined;
  },
};

interface Parts {
  readonly url: Value;
  readonly document: Value;
  readonly headers: Value;
  readonly signal: Value;
  readonly argument: number;
}

/** A request is one object, or its parts in order; for the function without client the URL comes first. */
function partsOf({ instance, argument }: LibraryCall, member: string): Parts {
  const isClient = instance.made !== undefined || instance.passedIn !== undefined;
  const url = isClient ? (instance.made?.arguments[0] ?? { kind: "unknown", why: "the client is passed in" }) : argument(0);
  const first = argument(0);
  const name = member === "rawRequest" ? "query" : "document";
  if (first.kind === "object")
    return {
      url: isClient ? url : propertyOf(first, "url"),
      document: propertyOf(first, name),
      headers: propertyOf(first, "requestHeaders"),
      signal: propertyOf(first, "signal"),
      argument: 0,
    };
  const at = isClient ? 0 : 1;
  const headersAt = member === "batchRequests" ? at + 1 : at + 2;
  return { url, document: argument(at), headers: argument(headersAt), signal: ABSENT, argument: headersAt };
}

function reading({ instance, node }: LibraryCall, member: string, { url, document, headers, signal, argument }: Parts): RequestReading {
  const { options } = instance;
  return {
    method: methodFact(propertyOf(options, "method"), "POST"),
    url: urlFact(url, ABSENT),
    headers: headersOf(instance, headers),
    body: ABSENT,
    timeout: timeoutOf(firstPresent(signal, propertyOf(options, "signal")), options),
    retries: [],
    effect: member === "batchRequests" ? "unknown" : effectOf(document),
    options: { node, argument },
  };
}

function headersOf({ options, effects }: ClientInstance, headers: Value): RequestReading["headers"] {
  const middleware = codeMentions(propertyOf(options, "requestMiddleware"), headerMention);
  if (middleware !== "no") return unknownFact("middleware may set headers");
  const isSet = effects.some((effect) => effect.kind === "called" && /^setHeaders?$/u.test(effect.method));
  return isSet ? unknownFact("headers are set later") : headersFact(propertyOf(options, "headers"), headers);
}

function timeoutOf(signal: Value, options: Value): Fact<Timeout> {
  const bound = signalBound(signal);
  if (bound.kind === "unknown") return unknownFact(bound.why);
  if (bound.kind === "known" && bound.value) return known(bound.value, bound.origin);
  const own = firstPresent(propertyOf(options, "fetch"), propertyOf(options, "requestMiddleware"));
  return own.kind === "absent" ? noTimeout : unknownFact("a fetch or middleware of its own");
}
