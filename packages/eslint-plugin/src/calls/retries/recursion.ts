import type { TSESTree } from "@typescript-eslint/utils";

import { type Fact, known, unknownFact } from "../fact.ts";
import { nameOfFunction } from "../function-name.ts";
import type { RetryLayer } from "../outbound-call.ts";
import { type CallLike, isFunction, isWithin, nodesWithin, type SourceFile } from "../source-file.ts";
import { asksForFailure, boundOf, type Count, countBetween, exits, type HandWritten, startOf, updateOf } from "./hand-written.ts";
import { isOfRequests } from "./requests-told.ts";
import { cappedChange, type Series, stepOf, waitsOf } from "./waits.ts";

/** The retries of a function that calls itself when the call in it failed: in a catch clause, in `.catch(…)`, or after a bad status. */
export function recursionLayer(
  owner: TSESTree.FunctionLike,
  call: TSESTree.Node,
  selfCalls: readonly CallLike[],
  code: HandWritten,
): RetryLayer | undefined {
  const again = selfCalls.find((candidate) => followsFailure(candidate, call, owner, code));
  if (!again || splits(again, owner)) return undefined;
  const count = countOf(again, owner, code);
  const retries: Fact<number> = count ? known(Math.max(0, count.retries)) : unknownFact("the recursion's end is not told");
  return {
    by: "recursion",
    retries,
    repeats: "any",
    ...waitsOf(owner, passedSeries(again, owner, code), code, again),
    origin: count?.bound ?? { file: code.file, node: again },
    ...(isOfRequests(owner, code) && { isOfRequests: true }),
    ...(count && { literalFor: (wanted) => String(count.literal(wanted)) }),
  };
}

/** `load(items.slice(0, half))`: less at once, and not the same again. */
function splits(again: CallLike, { params }: TSESTree.FunctionLike): boolean {
  return again.arguments.some((argument) => {
    const callee = argument.type === "CallExpression" ? argument.callee : undefined;
    if (callee?.type !== "MemberExpression" || callee.object.type !== "Identifier" || !isNamed(callee.property, "slice")) return false;
    const { name } = callee.object;
    return params.some((parameter) => isNamed(parameter, name));
  });
}

/** What a parameter holds in the n-th call of the function by itself: `attempt + 1` and `delay * 2` are passed on. */
function passedSeries(again: CallLike, owner: TSESTree.FunctionLike, code: HandWritten): Series {
  return (variable, at) => {
    const index = owner.params.findIndex((parameter) => {
      const pattern = parameter.type === "AssignmentPattern" ? parameter.left : parameter;
      return pattern.type === "Identifier" && pattern.name === variable.name;
    });
    const passed = again.arguments[index];
    const start = startOf(variable, code);
    // if (++attempt > 3) throw error; await sleep(500 * attempt); return load(attempt);
    const counted = passed && isNamed(passed, variable.name) ? updateOf(variable, owner, code) : undefined;
    const change = counted ?? (passed && passed.type !== "SpreadElement" && changes(passed, variable.name, code) ? passed : undefined);
    const step = change && stepOf(change, code);
    const before = counted && counted.range[0] < at.range[0] ? 1 : 0;
    return step && start && ((retry) => step(start.value, retry - 1 + before));
  };
}

/** `attempt + 1`, `Math.min(delay * 2, 30_000)` */
function changes(passed: TSESTree.Expression, name: string, code: HandWritten): boolean {
  const { change } = cappedChange(passed, code);
  return change.type === "BinaryExpression" && isNamed(change.left, name);
}

function isNamed(node: TSESTree.Node, name: string): boolean {
  return node.type === "Identifier" && node.name === name;
}

/** Calls of a function by its own name inside itself: `load(url, attempt + 1)`, `this.load(url)`. */
export function selfCalls(owner: TSESTree.FunctionLike, file: SourceFile): readonly CallLike[] {
  const name = nameOfFunction(owner);
  if (name === undefined) return [];
  return nodesWithin(file.calls, owner).filter(({ callee }) => {
    const called = callee.type === "MemberExpression" && callee.object.type === "ThisExpression" ? callee.property : callee;
    return called.type === "Identifier" && called.name === name;
  });
}

function followsFailure(again: CallLike, call: TSESTree.Node, owner: TSESTree.FunctionLike, code: HandWritten): boolean {
  for (let current: TSESTree.Node = again; current.parent && current !== owner; current = current.parent) {
    const parent: TSESTree.Node = current.parent;
    if (current.type === "CatchClause" && parent.type === "TryStatement" && isWithin(call, parent.block)) return true;
    if (isFunction(current) && parent.type === "CallExpression" && isCatchOf(parent, call)) return true;
    if (parent.type === "IfStatement" && parent.consequent === current && asksForFailure(parent.test, code)) return true;
  }
  return false;
}

/** `call().catch(handler)` */
function isCatchOf({ callee }: TSESTree.CallExpression, call: TSESTree.Node): boolean {
  return (
    callee.type === "MemberExpression" &&
    callee.property.type === "Identifier" &&
    callee.property.name === "catch" &&
    isWithin(call, callee.object)
  );
}

/** The counter that the function passes on, and the condition that lets it. */
function countOf(again: CallLike, owner: TSESTree.FunctionLike, code: HandWritten): Count | undefined {
  for (const test of [...conditionsAround(again, owner), ...guardsBefore(again, owner, code)]) {
    const { node, holds } = test;
    if (node.type !== "BinaryExpression") continue;
    const bound = boundOf(node, code);
    const start = bound && startOf(bound.variable, code);
    if (!bound || start === undefined) continue;
    // if (++attempt > 3) throw error; … return load(attempt);
    if (node.left.type === "UpdateExpression" && node.left.prefix && isGiven(bound.variable, again))
      return countBetween(start, bound, Math.abs(bound.value - start.value) - (bound.comparison === "strict" ? 0 : 1));
    if (!isPassedOn(bound.variable, again)) continue;
    // "to go on": `attempt < 3` three times from 0. "to stop": `attempt >= 3` likewise; the other pair once more.
    const once = bound.comparison === (holds === "to go on" ? "inclusive" : "strict");
    return countBetween(start, bound, Math.abs(bound.value - start.value) + (once ? 1 : 0));
  }
  return undefined;
}

interface Condition {
  readonly node: TSESTree.Node;
  readonly holds: "to go on" | "to stop";
}

function conditionsAround(again: CallLike, owner: TSESTree.FunctionLike): Condition[] {
  const found: Condition[] = [];
  for (let current: TSESTree.Node = again; current.parent && current !== owner; current = current.parent) {
    const parent: TSESTree.Node = current.parent;
    if (parent.type === "IfStatement" && parent.consequent === current)
      found.push(...operands(parent.test, "&&").map((node) => ({ node, holds: "to go on" as const })));
    if (parent.type === "IfStatement" && parent.alternate === current)
      found.push(...operands(parent.test, "||").map((node) => ({ node, holds: "to stop" as const })));
    if (parent.type === "ConditionalExpression" && parent.consequent === current)
      found.push(...operands(parent.test, "&&").map((node) => ({ node, holds: "to go on" as const })));
  }
  return found;
}

function guardsBefore(again: CallLike, owner: TSESTree.FunctionLike, code: HandWritten): Condition[] {
  return code
    .ifsIn(owner)
    .filter((guard) => guard.range[1] <= again.range[0] && exits(guard.consequent) === "always")
    .flatMap((guard) => operands(guard.test, "||").map((node) => ({ node, holds: "to stop" as const })));
}

/** `attempt + 1`, `retries - 1`, `--retries` */
function isPassedOn(counter: TSESTree.Identifier, { arguments: given }: CallLike): boolean {
  return given.some((argument) => {
    const changed =
      argument.type === "BinaryExpression" ? argument.left : argument.type === "UpdateExpression" ? argument.argument : undefined;
    return changed?.type === "Identifier" && changed.name === counter.name;
  });
}

function isGiven(counter: TSESTree.Identifier, { arguments: given }: CallLike): boolean {
  return given.some((argument) => isNamed(argument, counter.name));
}

function operands(node: TSESTree.Node, operator: "&&" | "||"): TSESTree.Node[] {
  return node.type === "LogicalExpression" && node.operator === operator
    ? [...operands(node.left, operator), ...operands(node.right, operator)]
    : [node];
}
