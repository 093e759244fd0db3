import type { TSESTree } from "@typescript-eslint/utils";

import { type Fact, known, unknownFact } from "../fact.ts";
import type { Backoff, RetryLayer } from "../outbound-call.ts";
import { type CallLike, type Counter, isWithin } from "../source-file.ts";
import { exits, type HandWritten, startOf } from "./hand-written.ts";

/** What a variable holds at the wait before retry n (from 1); undefined when it does not change in a way that is followed. */
export type Series = (variable: TSESTree.Identifier, at: TSESTree.Node) => ((retry: number) => number) | undefined;

/**
 * What hand-written retries in `body` wait for: told where one plain sleep stands between the attempts, unknown otherwise. `again` is the call that
 * begins the next attempt of a recursion.
 */
export function waitsOf(
  body: TSESTree.Node,
  series: Series,
  code: HandWritten,
  again?: CallLike,
): Pick<RetryLayer, "backoff" | "retryAfter" | "onlyRefused"> {
  return { ...waitIn(body, series, code, again), ...(repeatsOnlyRefused(code.file.text.slice(...body.range)) && { onlyRefused: true }) };
}

/** A body without a catch that asks for 429 and for no other failure. */
function repeatsOnlyRefused(text: string): boolean {
  return /[!=]==?\s*429\b/u.test(text) && !/\bcatch\b|[!=<>]=*\s*[45](?!29)\d\d\b|\[[^\]]*\b5\d\d\b|\.ok\b/u.test(text);
}

function waitIn(
  body: TSESTree.Node,
  series: Series,
  code: HandWritten,
  again: CallLike | undefined,
): Pick<RetryLayer, "backoff" | "retryAfter"> {
  // The same wait may stand in two branches: after a bad status, and after an exception.
  const sleeps = new Map(
    code
      .callsIn(body)
      .flatMap((call) => sleepOf(call) ?? [])
      .map((node) => [code.file.text.slice(...node.range), node]),
  );
  const [duration, ...others] = sleeps.values();
  if (!duration || others.length > 0) return { backoff: unknownFact("no one sleep is seen between the attempts") };
  const backoff = backoffOf(duration, series, code);
  return { backoff, ...(backoff.kind === "known" && repeatsThrottled(body, code, again) && { retryAfter: "ignored" }) };
}

/** The milliseconds of `sleep(ms)`, `setTimeout(ms)` of node:timers/promises, or `setTimeout(resolve, ms)` in a promise. */
function sleepOf({ callee, arguments: given, parent }: CallLike): TSESTree.Node | undefined {
  const name = callee.type === "Identifier" ? callee.name : callee.type === "MemberExpression" ? nameOfMember(callee) : undefined;
  if (name === undefined) return undefined;
  const [first, second] = given;
  if (name === "setTimeout" && second && (first?.type === "Identifier" || first?.type === "ArrowFunctionExpression"))
    return isResolver(first) ? second : undefined;
  return /^(?:sleep|delay|wait|pause|setTimeout)(?:Ms|For)?$/u.test(name) && parent.type === "AwaitExpression" ? first : undefined;
}

/** `resolve` of `new Promise((resolve) => setTimeout(resolve, ms))`, or an arrow function that calls it. */
function isResolver(node: TSESTree.Identifier | TSESTree.ArrowFunctionExpression): boolean {
  const name = node.type === "Identifier" ? node.name : node.body.type === "CallExpression" ? nameOf(node.body.callee) : undefined;
  for (let current: TSESTree.Node | undefined = node; current; current = current.parent) {
    const [resolve] = current.type === "ArrowFunctionExpression" || current.type === "FunctionExpression" ? current.params : [];
    if (resolve?.type === "Identifier" && resolve.name === name) return current.parent?.type === "NewExpression";
  }
  return false;
}

function backoffOf(duration: TSESTree.Node, series: Series, code: HandWritten): Fact<Backoff> {
  const read = reader(series, code);
  const first = read(duration, duration);
  // A project's own `wait(3)` may count in seconds or attempts.
  if (!first || first.delayMs(1) < 10) return unknownFact("the sleep is not a number of milliseconds that is told");
  return known({ delayMs: (retry) => Math.max(0, first.delayMs(retry)), jitter: first.jitter }, { file: code.file, node: duration });
}

/** Reads an expression as a function of the retry; randomness counts as its mean. */
function reader(series: Series, code: HandWritten) {
  return function read(node: TSESTree.Node, at: TSESTree.Node, depth = 0): Backoff | undefined {
    if (depth > 8) return undefined;
    const inner = (child: TSESTree.Node) => read(child, at, depth + 1);
    switch (node.type) {
      case "Identifier":
        return readIdentifier(node, at, depth);
      case "BinaryExpression":
        return node.left.type === "PrivateIdentifier" ? undefined : combined(node.operator, inner(node.left), inner(node.right));
      case "CallExpression":
        return readMath(node, inner);
      default:
        return constant(code.evaluate(node));
    }
  };

  function readIdentifier(node: TSESTree.Identifier, at: TSESTree.Node, depth: number): Backoff | undefined {
    const delayMs = series(node, at);
    if (delayMs) return { delayMs, jitter: false };
    const variable = code.file.variableOf(node);
    const definition = variable?.defs[0];
    // A parameter holds what it was called with, or its default.
    if (String(definition?.type) === "Parameter" && !variable?.references.some((reference) => reference.isWrite() && !reference.init)) {
      const start = startOf(node, code);
      return start && { delayMs: () => start.value, jitter: false };
    }
    const declarator = definition?.node as TSESTree.Node | undefined;
    const isConstant = declarator?.type === "VariableDeclarator" && declarator.parent.type === "VariableDeclaration" && declarator.init;
    if (!isConstant || declarator.parent.kind !== "const" || declarator.id.type !== "Identifier") return constant(code.evaluate(node));
    return reader(series, code)(declarator.init!, declarator, depth + 1);
  }
}

function constant(value: ReturnType<HandWritten["evaluate"]>): Backoff | undefined {
  const ms = value.kind === "primitive" ? value.value : undefined;
  return typeof ms === "number" ? { delayMs: () => ms, jitter: false } : undefined;
}

/** `Math.min(1000 * 2 ** attempt, 30_000)`, `Math.random() * 100` */
function readMath({ callee, arguments: given }: TSESTree.CallExpression, read: (node: TSESTree.Node) => Backoff | undefined) {
  if (callee.type !== "MemberExpression" || nameOf(callee.object) !== "Math") return undefined;
  const name = nameOfMember(callee);
  if (name === "random") return { delayMs: () => 0.5, jitter: true };
  const calculate = name === undefined ? undefined : calculations[name];
  const operands = given.map(read);
  if (!calculate || operands.some((operand) => !operand)) return undefined;
  return joined(operands as Backoff[], calculate);
}

const calculations: Readonly<Record<string, (...values: number[]) => number>> = {
  min: Math.min,
  max: Math.max,
  pow: (base = 0, exponent = 0) => base ** exponent,
  floor: Math.floor,
  ceil: Math.ceil,
  round: Math.round,
};

function combined(operator: string, left: Backoff | undefined, right: Backoff | undefined): Backoff | undefined {
  const calculate = operators[operator];
  return calculate && left && right && joined([left, right], calculate);
}

const operators: Readonly<Record<string, (left: number, right: number) => number>> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
  "**": (left, right) => left ** right,
  "<<": (left, right) => left * 2 ** right,
};

function joined(operands: readonly Backoff[], calculate: (...values: number[]) => number): Backoff {
  return {
    delayMs: (retry) => calculate(...operands.map(({ delayMs }) => delayMs(retry))),
    jitter: operands.some(({ jitter }) => jitter),
  };
}

/** How one step changes a number: `attempt++`, `delay *= 2`, `attempt + 1`. Undefined for a step by something that is no literal. */
export function stepOf(node: Counter | TSESTree.BinaryExpression): ((start: number, steps: number) => number) | undefined {
  if (node.type === "UpdateExpression") return (start, steps) => start + (node.operator === "++" ? steps : -steps);
  const change = node.type === "AssignmentExpression" && node.operator === "=" ? node.right : node;
  if (change.type !== "AssignmentExpression" && change.type !== "BinaryExpression") return undefined;
  const by = change.right.type === "Literal" && typeof change.right.value === "number" ? change.right.value : undefined;
  if (by === undefined) return undefined;
  switch (change.operator.replace("=", "")) {
    case "+":
      return (start, steps) => start + by * steps;
    case "-":
      return (start, steps) => start - by * steps;
    case "*":
      return (start, steps) => start * by ** steps;
    default:
      return undefined;
  }
}

/** Whether an answer of 429 or 503 leads to another attempt, in code that never mentions Retry-After. */
function repeatsThrottled(body: TSESTree.Node, code: HandWritten, again: CallLike | undefined): boolean {
  const { text } = code.file;
  if (/retry[-_]?after/iu.test(text)) return false;
  const givesUp = code.ifsIn(body).some(({ test, consequent }) => {
    if (again && isWithin(again, consequent)) return false;
    const asked = text.slice(...test.range);
    return asksForThrottled.test(asked) && !/![=([\w]/u.test(asked) && exits(consequent) === "always";
  });
  return !givesUp && asksForThrottled.test(text.slice(...body.range));
}

/** `status === 429`, `status !== 503`, `[429, 503].includes(status)` */
const asksForThrottled = /[!=]==?\s*(?:429|503)\b|\[[\s\d,]*\b(?:429|503)\b[\s\d,]*\]\s*\.includes/u;

function nameOf(node: TSESTree.Node): string | undefined {
  return node.type === "Identifier" ? node.name : undefined;
}

function nameOfMember({ property, computed }: TSESTree.MemberExpression): string | undefined {
  return computed ? undefined : nameOf(property);
}
