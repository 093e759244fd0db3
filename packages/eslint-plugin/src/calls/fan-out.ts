import type { TSESTree } from "@typescript-eslint/utils";

import type { OutboundCall } from "./outbound-call.ts";
import { isPlainlyShort } from "./short-list.ts";
import { isFunction, type SourceFile } from "./source-file.ts";
import type { FunctionValue, Origin } from "./value.ts";

/** A call made for each item of a list, all of them at once. */
export interface FanOut {
  /** `Promise.all(items.map(load))`, or `items.forEach(async …)`. */
  readonly origin: Origin & { readonly node: TSESTree.CallExpression };
  readonly by: "Promise.all" | "Promise.allSettled" | "forEach";
  readonly items: TSESTree.Expression;
  /** What is run for each item. */
  readonly run: TSESTree.CallExpressionArgument;
}

/** The function of the project that a call runs, in whatever file. */
export type FunctionRunBy = (call: TSESTree.CallExpression, file: SourceFile) => FunctionValue | undefined;

/** The fan-out that a call runs in, as far as its length is not plainly small and no code around it speaks of a limit. */
export function fanOutOf({ origin, through, retries }: OutboundCall, runBy: FunctionRunBy): FanOut | undefined {
  const known = retries.flatMap(({ wraps }) => wraps?.node ?? []);
  const isKnown = (taking: TSESTree.CallExpression, given: TSESTree.Node, file: SourceFile) =>
    known.includes(taking) || runsAtOnce(taking, given, runBy(taking, file));
  for (const place of [origin, ...through.toReversed()]) {
    if (isDropped(place.node)) return undefined;
    const each = eachAround(place, isKnown);
    if (each === "not told") return undefined;
    const fanOut = each && collected(each, place.file);
    if (fanOut) {
      const isLimited =
        isPlainlyShort(fanOut.items, place.file, fanOut.origin.node) || isChosenOverLoop(fanOut) || startsInTurn(fanOut.run, place.file);
      return isLimited ? undefined : fanOut;
    }
  }
  return undefined;
}

/**
 * `items.map(…)` around a place: the call itself when the function is given by its name, else the one that an enclosing function is given to. Not told
 * where the function is given to something else (`queue.add(() => load(item))`) or where the code speaks of a limit of its own.
 */
function eachAround(
  { file, node }: Origin,
  isKnown: (taking: TSESTree.CallExpression, given: TSESTree.Node, file: SourceFile) => boolean,
): TSESTree.CallExpression | "not told" | undefined {
  if (node.type === "CallExpression" && isEach(node) && node.arguments[0] && !isFunction(node.arguments[0])) return node;
  for (let current: TSESTree.Node | undefined = node; current; current = current.parent) {
    if (!isFunction(current)) continue;
    if (speaksOfLimit.test(file.text.slice(...current.range))) return "not told";
    const parent: TSESTree.Node = current.parent;
    if (isHandedOn(current, file)) return "not told";
    if (parent.type !== "CallExpression" || parent.callee === current) return undefined;
    if (parent.arguments[0] === current && isEach(parent)) return parent;
    if (!/^(?:then|catch|finally)$/u.test(methodOf(parent) ?? "") && !isKnown(parent, current, file)) return "not told";
  }
  return undefined;
}

/** `withRetry(() => load(item))`: a function of the project that plainly runs what it is given, and speaks of no limit or queue. */
function runsAtOnce({ arguments: given }: TSESTree.CallExpression, operation: TSESTree.Node, wrapper: FunctionValue | undefined): boolean {
  const parameter = wrapper?.node.params[given.findIndex((argument) => argument === operation)];
  if (!wrapper || parameter?.type !== "Identifier") return false;
  const { file } = wrapper.origin;
  const text = file.text.slice(...wrapper.node.range);
  if (speaksOfLimit.test(text) || /queue|schedul|\block|debounc/iu.test(text)) return false;
  return (file.variableOf(parameter)?.references ?? []).some(({ identifier }) => {
    const call = identifier.parent as TSESTree.Node | undefined;
    return call?.type === "CallExpression" && (call.callee as TSESTree.Node) === identifier;
  });
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

/** An error of a rate limit is none of the caller's own. */
const speaksOfLimit = /limiter(?!ror)|\bp-?limit|\bp-?queue|semaphore|throttl|bottleneck|concurren|acquire\(|mutex/iu;

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

/** `Promise.all(each)`, `Promise.all([...each, other])`, `Promise.all(items?.map(load) ?? [])`, `Promise.all(each.filter(Boolean))` */
function promiseOf(node: TSESTree.Node): TSESTree.CallExpression | undefined {
  const { parent } = node;
  if (parent?.type === "MemberExpression" && parent.object === node && parent.parent.type === "CallExpression")
    return methodOf(parent.parent) === "filter" ? promiseOf(parent.parent) : undefined;
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

/** Beside a branch that does the same one after the other: who wrote that knows when all at once is too much. */
function isChosenOverLoop({ origin: { file, node }, run }: FanOut): boolean {
  let branch: TSESTree.Node = node;
  while (branch.parent && branch.parent.type !== "IfStatement" && !isFunction(branch.parent)) branch = branch.parent;
  const choice = branch.parent;
  const other = choice?.type === "IfStatement" ? (choice.alternate === branch ? choice.consequent : choice.alternate) : undefined;
  const called = /([\w$]+)\(/u.exec(file.text.slice(...run.range).replace(/^async\s*\([^)]*\)/u, ""))?.[1] ?? file.text.slice(...run.range);
  const code = other ? file.text.slice(...other.range) : "";
  return /\bfor\s*\(/u.test(code) && code.includes(`${called}(`);
}

/** `async (item, i) => { await delay(600 * i); … }`: so many in a second, however long the list is. */
function startsInTurn(run: TSESTree.Node, { variableOf }: SourceFile): boolean {
  const index = isFunction(run) ? run.params[1] : undefined;
  const uses = index?.type === "Identifier" ? (variableOf(index)?.references ?? []) : [];
  return uses.some(({ identifier }) => {
    for (let node = identifier as TSESTree.Node; node.parent && node !== run; node = node.parent)
      if (node.parent.type === "CallExpression" && node.parent.callee !== node && isWait(node.parent)) return true;
    return false;
  });
}

function isWait(call: TSESTree.CallExpression): boolean {
  const name = call.callee.type === "Identifier" ? call.callee.name : methodOf(call);
  return name !== undefined && /^_?(?:sleep|delay|wait|pause|setTimeout)(?:Ms|For)?$/u.test(name);
}

function methodOf({ callee }: TSESTree.CallExpression): string | undefined {
  return callee.type === "MemberExpression" && !callee.computed && callee.property.type === "Identifier" ? callee.property.name : undefined;
}
