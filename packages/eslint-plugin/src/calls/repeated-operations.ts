import type { TSESTree } from "@typescript-eslint/utils";

import { type Fact, unknownFact } from "./fact.ts";
import { nameOfFunction } from "./function-name.ts";
import type { LibraryDefinition } from "./library.ts";
import type { OutboundCall, RetryLayer } from "./outbound-call.ts";
import type { HandWritten } from "./retries/hand-written.ts";
import { loopLayer } from "./retries/loop.ts";
import { recursionLayer, selfCalls } from "./retries/recursion.ts";
import { asksForHttp } from "./retries/requests-told.ts";
import { type CallLike, isFunction } from "./source-file.ts";
import { type FunctionValue, unknown } from "./value.ts";

/**
 * What hand-written retries of a file repeat where the request itself is not seen, as in `withRetry(fn)`: retries whose own code says that it is a request.
 * `seen` are the loops and functions around a request that is.
 */
export function repeatedOperations(code: HandWritten, seen: ReadonlySet<TSESTree.Node>): OutboundCall[] {
  if (!maySayRequests(code.file.text)) return [];
  return [...inLoops(), ...inRecursions()];

  function inLoops(): OutboundCall[] {
    return code.file.loops.flatMap((loop) => {
      if (seen.has(loop) || isWait(functionAround(loop))) return [];
      return first(operationsIn(loop.body, code), (operation) => loopLayer(loop, operation, code), loop);
    });
  }

  function inRecursions(): OutboundCall[] {
    const owners = new Set(code.file.calls.flatMap((call) => callerByItself(call) ?? []));
    return [...owners].flatMap((owner) => {
      if (seen.has(owner) || isWait(owner)) return [];
      const again = selfCalls(owner, code.file);
      const operations = operationsIn(owner, code).filter((operation) => !again.includes(operation));
      return first(operations, (operation) => recursionLayer(owner, operation, again, code), owner);
    });
  }

  function first(operations: readonly CallLike[], layerOf: (operation: CallLike) => RetryLayer | undefined, around: TSESTree.Node) {
    for (const operation of operations) {
      const layer = layerOf(operation);
      if (layer && (layer.isOfRequests || isRequestShaped(operation) || isOnHttpClient(operation, code)))
        return [requestBehind(operation, { ...layer, wraps: { file: code.file, node: around } }, code)];
    }
    return [];
  }
}

/** A cheap test before loops are read. */
export function maySayRequests(text: string): boolean {
  return /retr|attempt|tries|backoff/iu.test(text) && (asksForHttp.test(text) || writesRequest.test(text) || makesHttpClient.test(text));
}

const writesRequest = /\bmethod\s*:\s*["'](?:GET|POST|PUT|PATCH|DELETE)["']|\bAuthorization\b\s*["']?\s*:/u;

/** `send(url, { method: "POST", body })`, `createBuild(input, { headers: { Authorization: token } })`: whatever sends it, this is how a request is written. */
function isRequestShaped({ arguments: given }: CallLike): boolean {
  return given.some((argument) => argument.type === "ObjectExpression" && isRequestInit(argument));
}

const makesHttpClient = /\bnew\s+\w+\(\s*\{[^{}]*\b(?:token|api_?key|access_?token|base_?url)\b/iu;

/** `queue.publish(job)` of `const queue = new Client({ token })`: what is given a token of an API and no password of a store. */
function isOnHttpClient({ callee }: CallLike, code: HandWritten): boolean {
  let root: TSESTree.Node = callee;
  while (root.type === "MemberExpression") root = root.object;
  const made = root !== callee && root.type === "Identifier" ? code.constantOf(root) : undefined;
  if (made?.type !== "NewExpression" || made.callee.type !== "Identifier" || /redis|\bkv\b|pool|sql|mongo/iu.test(made.callee.name))
    return false;
  const [options] = made.arguments;
  return (
    options?.type === "ObjectExpression" &&
    options.properties.some(
      (property) =>
        property.type === "Property" &&
        property.key.type === "Identifier" &&
        /^(?:token|api_?key|access_?token|base_?url)$/iu.test(property.key.name),
    )
  );
}

function isRequestInit({ properties }: TSESTree.ObjectExpression): boolean {
  return properties.some((property) => {
    if (property.type !== "Property") return false;
    const { value } = property;
    const name = property.key.type === "Identifier" ? property.key.name : property.key.type === "Literal" ? String(property.key.value) : "";
    if (name === "method") return value.type === "Literal" && /^(?:GET|POST|PUT|PATCH|DELETE)$/u.test(String(value.value));
    if (name === "headers") return value.type === "ObjectExpression" && isRequestInit(value);
    return name.toLowerCase() === "authorization";
  });
}

/** The function around a call that the call runs again. */
function callerByItself({ callee, parent }: CallLike): TSESTree.FunctionLike | undefined {
  const named = callee.type === "MemberExpression" && callee.object.type === "ThisExpression" ? callee.property : callee;
  if (named.type !== "Identifier") return undefined;
  for (let current: TSESTree.Node | undefined = parent; current; current = current.parent)
    if (isFunction(current) && nameOfFunction(current) === named.name) return current;
  return undefined;
}

/** Calls that the code waits for, in the function that holds `body` itself, leaving out pauses, logs and the reading of answers. */
function operationsIn(body: TSESTree.Node, { callsIn, file }: HandWritten): CallLike[] {
  const owner = isFunction(body) ? body : functionAround(body);
  return callsIn(body).filter((call) => {
    const name = /[\w$]+(?=\W*$)/u.exec(file.text.slice(...call.callee.range))?.[0] ?? "";
    return functionAround(call) === owner && isAwaited(call) && !beside.test(name);
  });
}

const beside =
  /^(?:log|warn|info|error|debug|trace|_?sleep|_?delay|_?wait\w*|_?pause|setTimeout|emit|json|text|cancel|on[A-Z]\w*|set[A-Z]?\w*|\w*(?:Token|Headers|Delay|Limiter|Canceled|Aborted)|limiter|acquire|refresh\w*|then|catch)$/u;

/** `await load()`, `return load()`, `await Promise.resolve(load())` */
function isAwaited({ parent }: CallLike): boolean {
  if (parent.type === "CallExpression") return isAwaited(parent);
  return parent.type === "AwaitExpression" || parent.type === "ReturnStatement" || (parent.type === "MemberExpression" && isCaught(parent));
}

function isCaught({ property, parent }: TSESTree.MemberExpression): boolean {
  return property.type === "Identifier" && property.name === "catch" && parent.type === "CallExpression";
}

/** Code that waits until something is there asks for it at its own pace. */
function isWait(owner: TSESTree.FunctionLike | undefined): boolean {
  return owner !== undefined && /(?:wait|subscribe)(?!.*retr)|poll|ready|health|ping\b|connect|lock/iu.test(nameOfFunction(owner) ?? "");
}

function functionAround(node: TSESTree.Node): TSESTree.FunctionLike | undefined {
  for (let current = node.parent; current; current = current.parent) if (isFunction(current)) return current;
  return undefined;
}

const something: LibraryDefinition = { name: "an upstream", packages: [], interpret: () => undefined };

/** Of the request nothing is known but that it is repeated. */
function requestBehind(operation: CallLike, layer: RetryLayer, { file }: HandWritten): OutboundCall {
  const untold = <T>(): Fact<T> => unknownFact("the request is not seen");
  const call: OutboundCall = {
    origin: { file, node: operation },
    library: something,
    instance: undefined,
    method: untold(),
    url: untold(),
    headers: untold(),
    body: unknown("the request is not seen"),
    timeout: untold(),
    retries: [layer],
    around: [{ retries: layer }],
    idempotencyKey: untold(),
    effect: "unknown",
    label: `${file.text.slice(...operation.callee.range).replace(/\s+/gu, "")}()`,
    options: { node: operation, argument: 0 },
    through: [],
    narrowed: () => call,
  };
  return call;
}

/** The same for an operation that a retry library runs: the request is written in it, and sent by something that is not known. */
export function operationRun(operation: FunctionValue, layer: RetryLayer, code: HandWritten): OutboundCall[] {
  const request = code.callsIn(operation.node).find(isRequestShaped);
  return request ? [requestBehind(request, layer, code)] : [];
}

/** What a plugin makes of a client whose making is not seen. */
export function callThrough(layer: RetryLayer, node: CallLike, code: HandWritten): OutboundCall {
  return { ...requestBehind(node, layer, code), label: "Any call through this client" };
}

/** The loops and functions that a request is seen in. */
export function retriesSeen(calls: readonly OutboundCall[]): ReadonlySet<TSESTree.Node> {
  return new Set(calls.flatMap(({ retries }) => retries.flatMap(({ wraps }) => wraps?.node ?? [])));
}
