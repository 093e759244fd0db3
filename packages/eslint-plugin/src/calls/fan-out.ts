import type { TSESTree } from "@typescript-eslint/utils";

import type { OutboundCall } from "./outbound-call.ts";
import { isFunction, isWithin, type SourceFile } from "./source-file.ts";
import type { Origin } from "./value.ts";

/** A call made for each item of a list, all of them at once. */
export interface FanOut {
  /** `Promise.all(items.map(load))`, or `items.forEach(async …)`. */
  readonly origin: Origin & { readonly node: TSESTree.CallExpression };
  readonly by: "Promise.all" | "Promise.allSettled" | "forEach";
  readonly items: TSESTree.Expression;
  /** What is run for each item. */
  readonly run: TSESTree.CallExpressionArgument;
}

/** The fan-out that a call runs in, as far as its length is not plainly small and no code around it speaks of a limit. */
export function fanOutOf({ origin, through, retries }: OutboundCall): FanOut | undefined {
  const known = retries.flatMap(({ wraps }) => wraps?.node ?? []);
  for (const place of [origin, ...through.toReversed()]) {
    if (isDropped(place.node)) return undefined;
    const each = eachAround(place, known);
    if (each === "not told") return undefined;
    const fanOut = each && collected(each, place.file);
    if (fanOut) return isPlainlyShort(fanOut.items, place.file, fanOut.origin.node) ? undefined : fanOut;
  }
  return undefined;
}

/**
 * `items.map(…)` around a place: the call itself when the function is given by its name, else the one that an enclosing function is given to. Not told
 * where the function is given to something else (`queue.add(() => load(item))`) or where the code speaks of a limit of its own.
 */
function eachAround({ file, node }: Origin, known: readonly TSESTree.Node[]): TSESTree.CallExpression | "not told" | undefined {
  if (node.type === "CallExpression" && isEach(node) && node.arguments[0] && !isFunction(node.arguments[0])) return node;
  for (let current: TSESTree.Node | undefined = node; current; current = current.parent) {
    if (!isFunction(current)) continue;
    if (speaksOfLimit.test(file.text.slice(...current.range))) return "not told";
    const parent: TSESTree.Node = current.parent;
    if (isHandedOn(current, file)) return "not told";
    if (parent.type !== "CallExpression" || parent.callee === current) return undefined;
    if (parent.arguments[0] === current && isEach(parent)) return parent;
    if (!known.includes(parent) && !/^(?:then|catch|finally)$/u.test(methodOf(parent) ?? "")) return "not told";
  }
  return undefined;
}

/** `countMetric();` whose promise nobody waits for: work on the side, which may gather what it sends. */
function isDropped(node: TSESTree.Node): boolean {
  let value = node;
  while (
    value.parent &&
    /^(?:MemberExpression|CallExpression|ChainExpression|TSNonNullExpression)$/u.test(value.parent.type) &&
    isHead(value)
  )
    value = value.parent;
  return value.parent?.type === "ExpressionStatement" || (value.parent?.type === "UnaryExpression" && value.parent.operator === "void");
}

/** The node that the one around it works on: `fetch(url)` in `fetch(url).catch(log)`, not `url` in `fetch(url)`. */
function isHead(node: TSESTree.Node): boolean {
  const { parent } = node;
  if (parent?.type === "CallExpression") return parent.callee === node;
  return parent?.type === "MemberExpression" ? parent.object === node : true;
}

/** `const request = () => fetch(url); return this.caller.call(request);` */
function isHandedOn(operation: TSESTree.Node, { variableOf }: SourceFile): boolean {
  const holder = operation.type === "FunctionDeclaration" ? operation : operation.parent;
  const name = holder?.type === "FunctionDeclaration" || holder?.type === "VariableDeclarator" ? holder.id : undefined;
  const uses = name?.type === "Identifier" ? (variableOf(name)?.references ?? []) : [];
  return uses.some(({ identifier }) => {
    const call = identifier.parent as TSESTree.Node | undefined;
    return call?.type === "CallExpression" && (call.callee as TSESTree.Node) !== identifier && !isEach(call);
  });
}

const speaksOfLimit = /limiter|p-?limit|p-?queue|semaphore|throttl|bottleneck|concurren|acquire\(|mutex/iu;

function isEach(node: TSESTree.CallExpression): boolean {
  return /^(?:map|flatMap|forEach)$/u.test(methodOf(node) ?? "");
}

/** Whether all of them run at once: collected by Promise.all, or started by forEach, which waits for none. */
function collected(each: TSESTree.CallExpression, file: SourceFile): FanOut | undefined {
  const [run] = each.arguments;
  if (each.callee.type !== "MemberExpression" || !run) return undefined;
  const items = each.callee.object;
  if (methodOf(each) === "forEach") {
    const isStarted = isFunction(run) && run.async;
    return isStarted ? { origin: { file, node: each }, by: "forEach", items, run } : undefined;
  }
  const gathering = promiseOf(each) ?? gatheredLater(each, file);
  const method = gathering && methodOf(gathering);
  if (!gathering || (method !== "all" && method !== "allSettled")) return undefined;
  return { origin: { file, node: gathering }, by: `Promise.${method}`, items, run };
}

/** `Promise.all(each)`, `Promise.all([...each, other])`, `Promise.all(items?.map(load) ?? [])` */
function promiseOf(node: TSESTree.Node): TSESTree.CallExpression | undefined {
  const { parent } = node;
  if (parent && /^(?:SpreadElement|ArrayExpression|TSAsExpression|ChainExpression|LogicalExpression)$/u.test(parent.type))
    return promiseOf(parent);
  if (parent?.type !== "CallExpression" || parent.arguments[0] !== node || parent.callee.type !== "MemberExpression") return undefined;
  const { object } = parent.callee;
  return object.type === "Identifier" && object.name === "Promise" ? parent : undefined;
}

/** `const pending = items.map(load); await Promise.all(pending);` */
function gatheredLater(each: TSESTree.CallExpression, file: SourceFile): TSESTree.CallExpression | undefined {
  const { parent } = each;
  if (parent.type !== "VariableDeclarator" || parent.id.type !== "Identifier") return undefined;
  const references = file.variableOf(parent.id)?.references ?? [];
  return references.map(({ identifier }) => promiseOf(identifier as TSESTree.Node)).find((call) => call !== undefined);
}

/** Whether a list is plainly short: written out, cut, counted, a part of another, a constant of the program, or the workers that are the limit. */
export function isPlainlyShort(items: TSESTree.Node, file: SourceFile, at: TSESTree.Node): boolean {
  switch (items.type) {
    case "ArrayExpression":
      return items.elements.every((element) => element?.type !== "SpreadElement" || isPlainlyShort(element.argument, file, at));
    case "CallExpression":
      return isBoundedCall(items, file, at);
    case "Identifier":
      return isBoundedName(items, file, at);
    case "MemberExpression":
      return isConstantName(items.property) || isPart(items.property) || isPartOfBoundedQuery(items.object, file);
    case "AwaitExpression":
      return isPlainlyShort(items.argument, file, at) || boundsItself(file.text.slice(...items.range));
    case "ChainExpression":
    case "TSNonNullExpression":
    case "TSAsExpression":
    case "TSSatisfiesExpression":
      return isPlainlyShort(items.expression, file, at);
    case "LogicalExpression":
      return isPlainlyShort(items.left, file, at);
    case "ConditionalExpression":
      return isPlainlyShort(items.consequent, file, at) && isPlainlyShort(items.alternate, file, at);
    default:
      return false;
  }
}

/** `.slice(0, 10)`, `chunk(…)`, `Object.values(HANDLERS)`, `Array.from({ length: 4 })`; filters and sorts keep what they are given. */
function isBoundedCall(call: TSESTree.CallExpression, file: SourceFile, at: TSESTree.Node): boolean {
  const { callee, arguments: given } = call;
  const name = methodOf(call);
  if (callee.type !== "MemberExpression") return false;
  if (name !== undefined && /^(?:slice|splice)$/u.test(name)) return given.length > 1 || isNegative(given[0]);
  if (callee.object.type === "Identifier" && /^(?:Object|Array)$/u.test(callee.object.name) && given[0])
    return name === "from" && given[0].type === "ObjectExpression" ? true : isPlainlyShort(given[0], file, at);
  const keeps = /^(?:filter|sort|toSorted|reverse|toReversed|map|concat|flat|entries|values|keys)$/u;
  return name !== undefined && keeps.test(name) && isPlainlyShort(callee.object, file, at);
}

function isBoundedName(identifier: TSESTree.Identifier, file: SourceFile, at: TSESTree.Node): boolean {
  if (isConstantName(identifier) || isPart(identifier)) return true;
  const definition = file.variableOf(identifier)?.defs[0];
  const node = definition?.node as TSESTree.Node | undefined;
  if (node?.type !== "VariableDeclarator") return false;
  // for (const batch of batches): a list of lists was cut before.
  const loop = node.parent.parent;
  if (loop?.type === "ForOfStatement" && isWithin(at, loop.body)) return true;
  if (!node.init || node.id.type !== "Identifier") return node.init !== null && boundsItself(file.text.slice(...node.init.range));
  const isFilled = file.variableOf(identifier)?.references.some(({ identifier: use }) => fills(use as TSESTree.Node));
  return !isFilled && (isPlainlyShort(node.init, file, at) || boundsItself(file.text.slice(...node.init.range)));
}

/** `found.data` of `const found = await stripe.invoices.list({ limit: 10 })` */
function isPartOfBoundedQuery(whole: TSESTree.Node, file: SourceFile): boolean {
  const definition = whole.type === "Identifier" ? (file.variableOf(whole)?.defs[0]?.node as TSESTree.Node | undefined) : undefined;
  return definition?.type === "VariableDeclarator" && definition.init !== null && boundsItself(file.text.slice(...definition.init.range));
}

/** A query that says how many it wants. */
function boundsItself(text: string): boolean {
  return (
    text.length < 2_000 &&
    /\b(?:take|limit|first|top|pageSize|page_size|perPage|per_page|maxResults|MaxKeys)\b\s*[:(]|\bLIMIT\s+\d/u.test(text)
  );
}

/** `REGIONS` */
function isConstantName(node: TSESTree.Node): boolean {
  return node.type === "Identifier" && /^[A-Z][A-Z\d_]+$/u.test(node.name);
}

/** `batch`, `chunk.items`, `currentPage`, `chunkResults` */
function isPart(node: TSESTree.Node): boolean {
  return (
    node.type === "Identifier" &&
    /(?:[Bb]atch|[Cc]hunk|[Pp]age|[Ss]lice|[Ww]indow|[Gg]roup)$|^(?:batch|chunk)[A-Z]/u.test(node.name.replace(/^_/u, ""))
  );
}

function isNegative(node: TSESTree.Node | undefined): boolean {
  return node?.type === "UnaryExpression" && node.operator === "-";
}

/** `items.push(…)`: a list that was written empty and filled later. */
function fills(use: TSESTree.Node): boolean {
  const member = use.parent;
  return (
    member?.type === "MemberExpression" &&
    member.object === use &&
    member.property.type === "Identifier" &&
    /^(?:push|unshift|splice)$/u.test(member.property.name)
  );
}

function methodOf({ callee }: TSESTree.CallExpression): string | undefined {
  return callee.type === "MemberExpression" && !callee.computed && callee.property.type === "Identifier" ? callee.property.name : undefined;
}
