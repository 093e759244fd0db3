import { type Fact, known, unknownFact } from "../fact.ts";
import type { LibraryCall, LibraryDefinition } from "../library.ts";
import type { Timeout } from "../outbound-call.ts";
import { headersFact, methodFact, signalBound, urlFact } from "../request-reading.ts";
import { ABSENT, originOf, propertyOf, textParts, type Value } from "../value.ts";

/**
 * The global `fetch`. No retries. Without a signal only undici's 300 s for headers and between chunks of the body end it
 * (undici@7 lib/dispatcher/client.js), which no objective survives; `init.timeout` is ignored (measured).
 */
export const fetch: LibraryDefinition = {
  name: "fetch",
  packages: [],
  globals: ["fetch"],
  defaultTimeout: "300 s",
  interpret(call) {
    if (call.path.length > 0 || call.form === "new") return undefined;
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
        timeout: timeoutOf(init),
        retries: [],
        options: { node: call.node, argument: 1 },
      },
    };
  },
  write: {
    timeout: (ms) => ({ path: ["signal"], code: `AbortSignal.timeout(${ms})` }),
    header: (name, value) => ({ path: ["headers", name], code: value }),
  },
};

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

function timeoutOf(init: Value): Fact<Timeout> {
  const bound = signalBound(propertyOf(init, "signal"));
  if (bound.kind === "unknown") return unknownFact(bound.why);
  if (bound.kind === "known" && bound.value) return known(bound.value, bound.origin);
  const ignored = propertyOf(init, "timeout");
  return known({ bounds: "nothing", ...(ignored.kind === "primitive" && { misread: "fetch ignores `timeout`" }) }, originOf(ignored));
}
