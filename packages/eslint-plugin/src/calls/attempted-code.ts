import type { TSESTree } from "@typescript-eslint/utils";

import type { OutboundCall, RetryLayer } from "./outbound-call.ts";
import { isFunction, isWithin } from "./source-file.ts";
import type { Origin } from "./value.ts";

/** Whether an expression that the call uses is evaluated anew in each attempt of a layer, rather than once for all of them. */
export function runsEachAttempt(made: Origin, call: OutboundCall, { wraps }: RetryLayer): boolean {
  if (!wraps) return false; // a client's own retries send the request again that was made once
  const places = [...call.through, call.origin];
  const level = places.findIndex(({ file, node }) => file === wraps.file && isWithin(node, wraps.node));
  if (level === -1) return false;
  if (made.file === wraps.file && isRepeated(made.node, wraps.node)) return true;
  return places.slice(level + 1).some((place, index) => {
    const entrances = places.slice(0, level + index + 1);
    return made.file === place.file && runsIn(made.node, place, entrances);
  });
}

/** The part of a retry that runs again: a function among the arguments, the body of a loop, the body of a function that calls itself. */
function isRepeated(node: TSESTree.Node, retry: TSESTree.Node): boolean {
  if (!isWithin(node, retry)) return false;
  switch (retry.type) {
    case "CallExpression":
    case "NewExpression":
      return retry.arguments.some((argument) => isWithin(node, argument) && hasFunctionBetween(node, argument));
    case "ForStatement":
    case "WhileStatement":
    case "DoWhileStatement":
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return retry.body !== null && isWithin(node, retry.body);
    default:
      return false;
  }
}

/**
 * Whether `node` stands in the function that holds `place`, or in one around it that runs there too. A function that is given to one of the entrances is
 * where the attempt begins, also when it runs by another name in there: `withRetry(() => send())`.
 */
function runsIn(node: TSESTree.Node, place: Origin, entrances: readonly Origin[]): boolean {
  let owner = functionAround(place.node);
  while (owner && !isWithin(node, owner.body ?? owner)) {
    const call = owner.parent;
    if (call?.type !== "CallExpression" || call.callee === owner || entrances.some((entrance) => entrance.node === call)) return false;
    owner = functionAround(call);
  }
  return owner !== undefined;
}

/** Whether an expression runs once when its module is loaded. */
export function runsOnceInProcess({ node }: Origin): boolean {
  for (let current: TSESTree.Node | undefined = node; current; current = current.parent) {
    if (isFunction(current)) return false;
    if (current.type === "PropertyDefinition" && !current.static) return false;
  }
  return true;
}

/** Whether a call may run more often than its module is loaded. */
export function runsInFunction({ origin, through, retries }: OutboundCall): boolean {
  const repetitions = retries.flatMap(({ wraps }) => wraps?.node ?? []);
  let owner = functionAround((through[0] ?? origin).node);
  while (owner?.parent && repetitions.includes(owner.parent)) owner = functionAround(owner.parent);
  return owner !== undefined;
}

function functionAround(node: TSESTree.Node): TSESTree.FunctionLike | undefined {
  for (let current = node.parent; current; current = current.parent) if (isFunction(current) && !isRunAtOnce(current)) return current;
  return undefined;
}

/** `(async () => { … })()` */
function isRunAtOnce(node: TSESTree.FunctionLike): boolean {
  return node.parent.type === "CallExpression" && node.parent.callee === node;
}

function hasFunctionBetween(node: TSESTree.Node, outer: TSESTree.Node): boolean {
  for (let current: TSESTree.Node | undefined = node; current; current = current.parent) {
    if (isFunction(current) && current !== node) return true;
    if (current === outer) return false;
  }
  return false;
}
