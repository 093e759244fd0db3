import { type Fact, known, unknownFact } from "../fact.ts";
import type { Interpretation, LibraryCall, LibraryDefinition, OptionWriter } from "../library.ts";
import type { RetryLayer, Timeout } from "../outbound-call.ts";
import { headersFact, methodFact, signalBound, timeoutFact, urlFact } from "../request-reading.ts";
import { ABSENT, firstPresent, originOf, propertyOf, textParts, type Value } from "../value.ts";
import { dispatchTimeout, globalDispatcher, readDispatcher } from "./undici-dispatcher.ts";

/**
 * The global `fetch`. No retries. Without a signal only undici's 300 s for headers and between chunks of the body end it
 * (undici@7 lib/dispatcher/client.js), which no objective survives; `init.timeout` is ignored (measured). Node's takes a `dispatcher` of the undici
 * package, and the one that `setGlobalDispatcher` is given (measured).
 */
export const fetch: LibraryDefinition = {
  name: "fetch",
  packages: [],
  globals: ["fetch"],
  defaultTimeout: "300 s",
  interpret(call) {
    if (call.path.length > 0 || call.form === "new") return undefined;
    return dispatchedFetch(call);
  },
  get write() {
    return fetchWriter;
  },
};

export const fetchWriter: OptionWriter = {
  timeout: (ms) => ({ path: ["signal"], code: `AbortSignal.timeout(${ms})` }),
  header: (name, value) => ({ path: ["headers", name], code: value }),
};

/** A call of undici's fetch, which is Node's too. */
export function dispatchedFetch(call: LibraryCall): Interpretation | undefined {
  return fetchRequest(call, (init) => {
    const dispatcher = readDispatcher(firstPresent(propertyOf(init, "dispatcher"), globalDispatcher(call.instance)));
    return { timeout: timeoutOf(init, dispatchTimeout(dispatcher)), retries: dispatcher.retries };
  });
}

/** A call of a function that is called as fetch is: a URL or a Request, then the init. */
export function fetchRequest(
  call: LibraryCall,
  settings: (init: Value) => { readonly timeout: Fact<Timeout>; readonly retries: readonly RetryLayer[] },
): Interpretation | undefined {
  const input = call.argument(0);
  // fetch(new Request(url, init)): the request's own init counts where the call has none.
  const request = input.kind === "result" && input.callee.path.join(".") === "Request" ? input : undefined;
  const url = request ? (request.arguments[0] ?? ABSENT) : input;
  const init = call.argument(1).kind === "absent" && request ? (request.arguments[1] ?? ABSENT) : call.argument(1);
  if (!request && mayBeRequest(call)) return undefined;
  return {
    kind: "request",
    request: {
      method: methodFact(propertyOf(init, "method"), "GET"),
      url: urlFact(url, ABSENT),
      headers: headersFact(propertyOf(init, "headers")),
      body: propertyOf(init, "body"),
      ...settings(init),
      options: { node: call.node, argument: 1 },
    },
  };
}

/** `fetch(request)`: a request made elsewhere brings its own method, headers and signal. Only its name tells it from a URL. */
function mayBeRequest({ node, argument }: LibraryCall): boolean {
  const [input] = node.arguments;
  const name = input?.type === "MemberExpression" ? input.property : input;
  return (
    textParts(argument(0))?.every((part) => part === undefined) !== false &&
    name?.type === "Identifier" &&
    /(?:req|request|input)$/iu.test(name.name)
  );
}

/** The signal, and where there is none what the client does without. */
export function signalOr(init: Value, otherwise: () => Fact<Timeout>): Fact<Timeout> {
  const bound = signalBound(propertyOf(init, "signal"));
  if (bound.kind === "unknown") return unknownFact(bound.why);
  return bound.kind === "known" && bound.value ? known(bound.value, bound.origin) : otherwise();
}

function timeoutOf(init: Value, dispatched: Fact<Timeout>): Fact<Timeout> {
  return signalOr(init, () => {
    const ignored = propertyOf(init, "timeout");
    const isBounded = dispatched.kind === "unknown" || dispatched.value.bounds !== "nothing" || dispatched.value.misread !== undefined;
    if (isBounded || ignored.kind !== "primitive") return dispatched;
    return known({ bounds: "nothing", misread: "fetch ignores `timeout`" }, originOf(ignored));
  });
}

/** Milliseconds of a `timeout` option, for the descendants of fetch that have one. */
export function optionTimeout(init: Value): Fact<Timeout> {
  return signalOr(init, () => timeoutFact(propertyOf(init, "timeout"), "attempt", known({ bounds: "nothing" })));
}
