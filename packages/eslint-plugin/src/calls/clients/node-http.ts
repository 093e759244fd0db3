import type { TSESTree } from "@typescript-eslint/utils";

import { type Fact, known, unknownFact } from "../fact.ts";
import { isHandedOn } from "../handed-on.ts";
import type { Interpretation, LibraryCall, LibraryDefinition } from "../library.ts";
import type { OptionsPlace, Timeout, UrlPattern } from "../outbound-call.ts";
import { headersFact, methodFact, signalBound, timeoutFact, urlFact } from "../request-reading.ts";
import { ABSENT, firstPresent, type Mutation, originOf, propertyOf, textParts, unknown, type Value } from "../value.ts";

const noEndings: ReadonlySet<string> = new Set();

/**
 * `node:http` and `node:https`. No timeout, no retries. `timeout`, of the options or by `setTimeout`, is silence on the socket and only makes the request
 * emit "timeout": it ends nothing unless a listener destroys the request, and a drip never sets it off (node@24.21.0 lib/_http_client.js, measured). A signal is a
 * total.
 */
export const nodeHttp: LibraryDefinition = {
  name: "node:http",
  packages: ["http", "https", "node:http", "node:https"],
  defaultTimeout: "none",
  interpret(call) {
    const [member, ...others] = call.path;
    if (call.form === "new" || others.length > 0 || (member !== "request" && member !== "get")) return undefined;
    return request(call);
  },
  write: {
    timeout: (ms) => ({ path: ["signal"], code: `AbortSignal.timeout(${ms})` }),
    header: (name, value) => ({ path: ["headers", name], code: value }),
  },
};

function request(call: LibraryCall): Interpretation | undefined {
  const [first, second] = [call.argument(0), call.argument(1)];
  const hasUrl = first.kind !== "object";
  const isOptions = !hasUrl || second.kind === "object" || second.kind === "unknown" || second.kind === "parameter";
  // A parameter may be a URL or options, and a second one options or a callback.
  const options = hasUrl ? (isUrl(first, call.node.arguments[0]) ? (isOptions ? second : ABSENT) : unknown("a URL or options")) : first;
  const place: OptionsPlace = hasUrl
    ? { node: call.node, argument: 1, ...(second.kind !== "absent" && !isOptions && { before: "callback" }) }
    : { node: call.node, argument: 0 };
  const calls = call.followedBy;
  const method = methodFact(propertyOf(options, "method"), "GET");
  if (isTunnel(calls) || (method.kind === "known" && method.value === "CONNECT")) return undefined;
  return {
    kind: "request",
    request: {
      method,
      url:
        hasUrl && isUrl(first, call.node.arguments[0])
          ? urlFact(first, ABSENT)
          : hasUrl
            ? known({ parts: [undefined] })
            : urlOfOptions(options, call.module),
      headers: headersFact(propertyOf(options, "headers"), ...headersSet(calls)),
      body: calls.findLast(({ method }) => method === "write" || method === "end")?.arguments[0] ?? ABSENT,
      timeout: timeoutOf(call, options),
      retries: [],
      options: place,
    },
  };
}

/** The socket outlives the request that opens it: a proxy's tunnel, a WebSocket. Whatever bounds it is no timeout of a call. */
function isTunnel(calls: readonly Mutation[]): boolean {
  return calls.some(
    ({ method, arguments: [event] }) =>
      isListening(method) && event?.kind === "primitive" && /^(?:connect|upgrade)$/u.test(String(event.value)),
  );
}

/** A URL by its value, or where that is not known by its name: `get(file.href)`, `request(baseUrl)`. Other unknown arguments may be options. */
function isUrl(value: Value, node: TSESTree.Node | undefined): boolean {
  if (value.kind === "unknown" || value.kind === "parameter" || value.kind === "environment") {
    const name = node?.type === "MemberExpression" ? node.property : node;
    return name?.type === "Identifier" && /(?:url|uri|href)$/iu.test(name.name);
  }
  return value.kind === "text" || value.kind === "primitive" || (value.kind === "result" && value.callee.path.join(".") === "URL");
}

/** `{ protocol, hostname, port, path }` as a URL; a socket's path is nobody's upstream. */
function urlOfOptions(options: Value, module: string): Fact<UrlPattern> {
  if (options.kind !== "object" || !options.complete) return known({ parts: [undefined] });
  const part = (name: string) => propertyOf(options, name);
  const path = textParts(part("path")) ?? (part("path").kind === "absent" ? ["/"] : [undefined]);
  if (part("socketPath").kind !== "absent") return known({ parts: path });
  const host = firstPresent(part("hostname"), part("host"));
  const hostParts = host.kind === "absent" ? ["localhost"] : (textParts(host) ?? [undefined]);
  const port = part("port").kind === "absent" ? [] : [":", ...(textParts(part("port")) ?? [undefined])];
  const protocol = textParts(part("protocol")) ?? [module.endsWith("https") ? "https:" : "http:"];
  const origin = originOf(host) ?? options.origin;
  return urlFact({ kind: "text", parts: squeezed([...protocol, "//", ...hostParts, ...port, ...path]), origin }, ABSENT);
}

function squeezed(parts: readonly (string | undefined)[]): (string | undefined)[] {
  return parts.reduce<(string | undefined)[]>((result, part) => {
    const last = result.at(-1);
    return part !== undefined && last !== undefined ? [...result.slice(0, -1), last + part] : [...result, part];
  }, []);
}

/** `request.setHeader("a", "b")` */
function headersSet(calls: readonly Mutation[]): Value[] {
  return calls.flatMap(({ method, arguments: [name, value], node }): Value[] => {
    if (method !== "setHeader") return [];
    const origin = name && originOf(name);
    if (name?.kind !== "primitive" || !origin) return [unknown(`a header of a ${node.type}`)];
    return [{ kind: "object", properties: new Map([[String(name.value), value ?? ABSENT]]), complete: true, origin }];
  });
}

function timeoutOf(call: LibraryCall, options: Value): Fact<Timeout> {
  const bound = signalBound(propertyOf(options, "signal"));
  if (bound.kind === "unknown") return unknownFact(bound.why);
  if (bound.value) return { ...bound, value: bound.value };
  const calls = call.followedBy;
  const set = calls.findLast(({ method }) => method === "setTimeout");
  const ms = firstPresent(set?.arguments[0] ?? ABSENT, propertyOf(options, "timeout"), timeoutOfAgent(options));
  const listeners = calls.flatMap((one) => timeoutListener(one) ?? []);
  const isEndedOtherwise = calls.some(({ method, node }) => /^(?:destroy|abort)$/u.test(method) && !isInListener(node, calls));
  const watchesSocket = calls.some(
    ({ method, arguments: [event] }) => isListening(method) && event?.kind === "primitive" && event.value === "socket",
  );
  if (isEndedOtherwise || watchesSocket || isHandedOn(call, noEndings)) return unknownFact("other code may end the request");
  if (ms.kind === "absent") return known({ bounds: "nothing" });
  if (listeners.some((listener) => endsRequest(listener) !== "no"))
    return listeners.some((listener) => endsRequest(listener) === "yes")
      ? timeoutFact(ms, "idle", known({ bounds: "nothing" }))
      : unknownFact("a listener made elsewhere");
  if (ms.kind !== "primitive") return unknownFact("the timeout is not a literal");
  return known({ bounds: "nothing", misread: 'node:http only emits "timeout", and no listener destroys the request' }, originOf(ms));
}

/** `new https.Agent({ timeout: 300 })` */
function timeoutOfAgent(options: Value): Value {
  const agent = propertyOf(options, "agent");
  if (agent.kind === "absent" || agent.kind === "primitive") return ABSENT;
  return agent.kind === "result" && agent.callee.path.at(-1) === "Agent" ? propertyOf(agent.arguments[0] ?? ABSENT, "timeout") : ABSENT;
}

/** What runs when the request emits "timeout": the second argument of `on("timeout", …)` and of `setTimeout(ms, …)`. */
function timeoutListener({ method, arguments: given }: Mutation): Value | undefined {
  const [first, second] = given;
  if (method === "setTimeout") return second;
  return isListening(method) && first?.kind === "primitive" && first.value === "timeout" ? second : undefined;
}

function isListening(method: string): boolean {
  return /^(?:on|once|addListener|prependListener)$/u.test(method);
}

function endsRequest(listener: Value): "yes" | "no" | "unknown" {
  if (listener.kind !== "function") return "unknown";
  const { origin, node } = listener;
  return /\b(?:destroy|abort|end)\b/u.test(origin.file.text.slice(...node.range)) ? "yes" : "unknown";
}

function isInListener(node: Mutation["node"], calls: readonly Mutation[]): boolean {
  return calls.some(
    ({ method, node: call }) =>
      /^(?:on|once|addListener|prependListener|setTimeout)$/u.test(method) &&
      call !== node &&
      call.arguments.some(({ range }) => node.range[0] >= range[0] && node.range[1] <= range[1]),
  );
}
