import type { TSESTree } from "@typescript-eslint/utils";

import { type Fact, known, unknownFact } from "../fact.ts";
import type { RetryLayer } from "../outbound-call.ts";
import { type Counter, enclosing, isWithin, type Loop } from "../source-file.ts";
import {
  boundOf,
  type Count,
  countBetween,
  exits,
  type HandWritten,
  leavesOnSuccess,
  leavesWithAnswer,
  mayContinue,
  startOf,
  updateOf,
} from "./hand-written.ts";
import { isOfRequests } from "./requests-told.ts";
import { type Series, stepOf, waitsOf } from "./waits.ts";

/**
 * The retries of a loop that tries a call again until it succeeds. Undefined for a loop that repeats for another reason (items, pages, polling):
 * only one that leaves as soon as the call succeeded, and goes on when it failed, is a retry.
 */
export function loopLayer(loop: Loop, call: TSESTree.Node, code: HandWritten): RetryLayer | undefined {
  if (!isWithin(call, loop.body) || !retriesOnFailure(loop, call, code) || goesElsewhere(loop, call, code)) return undefined;
  const count =
    fewer(countedByHead(loop, code), countedByGuard(loop, code)) ?? (isEndlessHead(loop) ? countedByWayOn(loop, code) : undefined);
  const retries: Fact<number> = count
    ? known(Math.max(0, count.retries))
    : isEndless(loop, call)
      ? known(Infinity)
      : unknownFact("the loop's end is not told");
  return {
    by: "loop",
    retries,
    repeats: "any",
    ...waitsOf(loop.body, loopSeries(loop, call, code), code),
    origin: count?.bound ?? { file: code.file, node: loop },
    ...(isOfRequests(loop.body, code) && { isOfRequests: true }),
    ...(count && { literalFor: (wanted) => String(count.literal(wanted)) }),
  };
}

function fewer(one: Count | undefined, other: Count | undefined): Count | undefined {
  return one && other && other.retries < one.retries ? other : (one ?? other);
}

/** What a variable holds when the loop waits for the n-th time: `attempt`, counted up, or `delay`, doubled each time. */
function loopSeries(loop: Loop, call: TSESTree.Node, code: HandWritten): Series {
  return (variable, at) => {
    const updates = code.countersIn(loop).filter((counter) => nameIn(counter) === variable.name);
    const update = updates.at(-1);
    const step = update && isOncePerTurn(updates, loop, code) ? stepOf(update, code) : undefined;
    const start = startOf(variable, code);
    if (!step || !start) return undefined;
    const isCounted = updates.some((counter) => isWithin(counter, loop.body) && counter.range[0] < at.range[0]);
    // if (attempt > 0) await sleep(1000 * attempt);
    const standsBefore = isWithin(at, loop.body) && at.range[1] <= call.range[0];
    const before = (isCounted ? 1 : 0) + (standsBefore ? 1 : 0);
    return (retry) => step(start.value, retry - 1 + before);
  };
}

/** The same step in several branches, of which each but the last ends the turn: `catch { attempt++; continue; }`. */
function isOncePerTurn(updates: readonly Counter[], loop: Loop, { file }: HandWritten): boolean {
  const texts = new Set(updates.map(({ range }) => file.text.slice(...range)));
  return texts.size === 1 && updates.slice(0, -1).every((update) => enclosing(update, loop, endsTurn) !== undefined);
}

function endsTurn(node: TSESTree.Node): boolean {
  return node.type === "BlockStatement" && /^(?:Continue|Break|Return|Throw)Statement$/u.test(node.body.at(-1)?.type ?? "");
}

function nameIn(counter: Counter): string | undefined {
  const target = counter.type === "UpdateExpression" ? counter.argument : counter.left;
  return target.type === "Identifier" ? target.name : undefined;
}

/** A failed call lets the loop go on, and a successful one leaves it. */
function retriesOnFailure(loop: Loop, call: TSESTree.Node, code: HandWritten): boolean {
  const attempt = enclosing(call, loop, (node) => node.type === "TryStatement" && isWithin(call, node.block));
  if (attempt?.type !== "TryStatement") return leavesOnSuccess(loop.body, call, loop.test, "told", code);
  if (!attempt.handler || exits(attempt.handler.body) === "always") return false;
  return (
    leavesOnSuccess(attempt.block, call, loop.test, "certain", code) ||
    leavesOnSuccess(loop.body, attempt, loop.test, "certain", code) ||
    (waits(attempt.handler, code) && leavesWithAnswer(attempt.block, call))
  );
}

/** A pause after a failure and not after any answer: no poll. */
function waits(handler: TSESTree.CatchClause, { file }: HandWritten): boolean {
  return /\b(?:sleep|delay|wait|pause|setTimeout)\w*\(/iu.test(file.text.slice(...handler.range));
}

/** A redirect, a page, the next of several hosts or of several names: the loop says what the next request is. A retry sends the same one again. */
function goesElsewhere(loop: Loop, call: TSESTree.Node, { file }: HandWritten): boolean {
  const [address] = call.type === "CallExpression" ? call.arguments : [];
  return address !== undefined && changes(address);

  function changes(node: TSESTree.Node): boolean {
    return addressParts(node).some(({ name, isIndex }) => {
      const variable = file.variableOf(name);
      const counts = isIndex === true || pageNames.test(name.name);
      if (variable?.references.some((use) => use.isWrite() && !use.init && isWithin(use.identifier, counts ? loop : loop.body)))
        return true;
      // const url = hosts[attempt]
      const definition = variable?.defs[0]?.node as TSESTree.Node | undefined;
      return definition?.type === "VariableDeclarator" && isWithin(definition, loop.body) && !!definition.init && changes(definition.init);
    });
  }
}

/** `?page=${page}`, where `?attempt=${attempt}` tells the upstream of a retry */
const pageNames = /page|offset|skip|cursor|chunk|part|batch/iu;

interface AddressPart {
  readonly name: TSESTree.Identifier;
  /** `hosts[index]`: another index is another address, and `?attempt=${attempt}` is not. */
  readonly isIndex?: true;
}

/** The variables that an address is written with, or what an SDK is given: `target`, `${base}/items?cursor=${cursor}`, `page.next`, `{ code }`. */
function addressParts(node: TSESTree.Node): AddressPart[] {
  switch (node.type) {
    case "Identifier":
      return [{ name: node }];
    case "MemberExpression": {
      const index = node.computed && node.property.type === "Identifier" ? [{ name: node.property, isIndex: true as const }] : [];
      return [...addressParts(node.object), ...index];
    }
    case "TemplateLiteral":
      return node.expressions.flatMap(addressParts);
    case "BinaryExpression":
      return [...addressParts(node.left), ...addressParts(node.right)];
    case "CallExpression":
      return [
        ...(node.callee.type === "MemberExpression" ? addressParts(node.callee.object) : []),
        ...node.arguments.flatMap(addressParts),
      ];
    case "NewExpression":
      return node.arguments.flatMap(addressParts);
    case "ObjectExpression":
      return node.properties.flatMap((property) =>
        property.type === "Property" && !isAboutTheAttempt(property) ? addressParts(property.value) : [],
      );
    case "TSNonNullExpression":
    case "TSAsExpression":
      return addressParts(node.expression);
    default:
      return [];
  }
}

/** A new token or time limit makes no other request. */
function isAboutTheAttempt({ key }: TSESTree.Property): boolean {
  return key.type === "Identifier" && /^(?:headers|signal|timeout)$/u.test(key.name);
}

/** `for (let attempt = 0; attempt < 3; attempt++)`, `while (attempt <= 3)`, `while (retries-- > 0)` */
function countedByHead(loop: Loop, code: HandWritten): Count | undefined {
  const tests = loop.test ? conjuncts(loop.test) : [];
  for (const test of tests) {
    if (test.type === "UpdateExpression" && test.operator === "--" && !test.prefix) return countdown(test, 0, code);
    if (test.type !== "BinaryExpression") continue;
    if (test.left.type === "UpdateExpression" && test.operator === ">" && !test.left.prefix) return countdown(test.left, 0, code);
    const bound = boundOf(test, code);
    const start = bound && startOf(bound.variable, code);
    if (!bound || bound.comparison === "equal" || start === undefined || !updateOf(bound.variable, loop, code)) continue;
    // The head lets a run through while it holds, so as many runs as values that satisfy it.
    const runs = (bound.grows ? bound.value - start.value : start.value - bound.value) + (bound.comparison === "inclusive" ? 1 : 0);
    return countBetween(start, bound, runs - 1);
  }
  return undefined;
}

function countdown({ argument }: TSESTree.UpdateExpression, end: number, code: HandWritten): Count | undefined {
  const start = argument.type === "Identifier" ? code.initialValue(argument) : undefined;
  if (start?.kind !== "primitive" || typeof start.value !== "number") return undefined;
  return { retries: start.value - end - 1, bound: start.origin, literal: (retries) => retries + 1 + end };
}

/** `if (attempt >= 3) throw error;` somewhere in the loop */
function countedByGuard(loop: Loop, code: HandWritten): Count | undefined {
  for (const guard of code.ifsIn(loop.body)) {
    if (exits(guard.consequent) === "never") continue;
    for (const test of disjuncts(guard.test)) {
      if (test.type !== "BinaryExpression") continue;
      const prefix = test.left.type === "UpdateExpression" && test.left.prefix;
      const bound = boundOf(test, code);
      const start = bound && startOf(bound.variable, code);
      const update = bound && updateOf(bound.variable, loop, code);
      if (!bound || start === undefined || !update) continue;
      // The guard ends the loop when it holds: `attempt >= 3` after the count went up lets three runs through.
      const countedBefore = prefix || (isWithin(update, loop.body) && update.range[0] < guard.range[0]);
      const retries = Math.abs(bound.value - start.value) + (bound.comparison === "strict" ? 1 : 0) + (countedBefore ? 0 : 1) - 1;
      return countBetween(start, bound, retries);
    }
  }
  return undefined;
}

/** `if (attempt < 3) { attempt++; await pause(); continue; }` in a loop that nothing else goes on in */
function countedByWayOn(loop: Loop, code: HandWritten): Count | undefined {
  for (const way of code.ifsIn(loop.body)) {
    if (!mayContinue(way.consequent)) continue;
    for (const test of conjuncts(way.test)) {
      const bound = test.type === "BinaryExpression" ? boundOf(test, code) : undefined;
      const start = bound && startOf(bound.variable, code);
      if (!bound || start === undefined || bound.comparison === "equal" || !updateOf(bound.variable, loop, code)) continue;
      const between = bound.grows ? bound.value - start.value : start.value - bound.value;
      if (between > 0) return countBetween(start, bound, between + (bound.comparison === "inclusive" ? 1 : 0));
    }
  }
  return undefined;
}

function isEndlessHead({ test }: Loop): boolean {
  return !test || (test.type === "Literal" && Boolean(test.value));
}

/** `while (true) { try { return await call(); } catch { await pause(); } }` */
function isEndless(loop: Loop, call: TSESTree.Node): boolean {
  const attempt = enclosing(call, loop, (node) => node.type === "TryStatement" && isWithin(call, node.block));
  return isEndlessHead(loop) && attempt?.type === "TryStatement" && attempt.handler !== null && exits(attempt.handler.body) === "never";
}

function conjuncts(node: TSESTree.Node): TSESTree.Node[] {
  return node.type === "LogicalExpression" && node.operator === "&&" ? [...conjuncts(node.left), ...conjuncts(node.right)] : [node];
}

function disjuncts(node: TSESTree.Node): TSESTree.Node[] {
  return node.type === "LogicalExpression" && node.operator === "||" ? [...disjuncts(node.left), ...disjuncts(node.right)] : [node];
}
