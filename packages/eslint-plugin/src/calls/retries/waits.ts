import type { TSESTree } from "@typescript-eslint/utils";

import { type Fact, known, unknownFact } from "../fact.ts";
import type { Backoff, RetryLayer } from "../outbound-call.ts";
import { type CallLike, type Counter, enclosing, isWithin } from "../source-file.ts";
import { numberOf } from "../value.ts";
import { exits, type HandWritten, startOf } from "./hand-written.ts";
import { judgementIn } from "./requests-told.ts";

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
): Pick<RetryLayer, "backoff" | "bareWait" | "retryAfter" | "onlyRefused"> {
  const onlyRefused = repeatsOnlyRefused(code.file.text.slice(...body.range)) || throwsAllButRefused(body, code);
  return { ...waitIn(body, series, code, again), ...(onlyRefused && { onlyRefused }) };
}

/** A body without a catch that asks for 429 and for no other failure. */
function repeatsOnlyRefused(text: string): boolean {
  return /[!=]==?\s*429\b/u.test(text) && !/\bcatch\b|[!=<>]=*\s*[45](?!29)\d\d\b|\[[^\]]*\b5\d\d\b|\.ok\b/u.test(text);
}

/** `catch (error) { if (error.code !== "RATE_LIMITED") throw error; … }` */
function throwsAllButRefused(body: TSESTree.Node, code: HandWritten): boolean {
  return code.ifsIn(body).some((guard) => {
    const { parent, test, consequent } = guard;
    if (parent.type !== "BlockStatement" || parent.body[0] !== guard || parent.parent.type !== "CatchClause") return false;
    const asked = code.file.text.slice(...test.range);
    return exits(consequent) === "always" && !asked.includes("&&") && /!==?\s*(?:429\b|["'`]\w*rate_?limit\w*["'`])/iu.test(asked);
  });
}

function waitIn(
  body: TSESTree.Node,
  series: Series,
  code: HandWritten,
  again: CallLike | undefined,
): Pick<RetryLayer, "backoff" | "bareWait" | "retryAfter"> {
  // The same wait may stand in two branches: after a bad status, and after an exception.
  const sleeps = new Map(
    code
      .callsIn(body)
      .flatMap((call) => sleepOf(call, series, code) ?? [])
      .map((sleep) => [keyOf(sleep, code), sleep]),
  );
  const waits = [...sleeps.values()];
  if (waits.length === 0) return { backoff: unknownFact("no sleep is seen between the attempts") };
  const branches = new Set(waits.map(({ duration }) => branchAround(duration, body)));
  if (branches.size < waits.length) return { backoff: unknownFact("no one sleep is seen between the attempts") };
  const backoff = backoffOf(waits, code);
  const bareWait = backoff.kind === "unknown" ? bareWaitOf(waits, body, series, code) : undefined;
  const isBlind = backoff.kind === "known" || waits.every(({ duration }) => asksNobody(duration, series, code));
  return { backoff, ...(bareWait && { bareWait }), ...(isBlind && repeatsThrottled(body, code, again) && { retryAfter: "ignored" }) };
}

/** Its text, and where its variable is declared: two branches may each have a `delay` of their own. */
function keyOf({ duration }: Sleep, { file }: HandWritten): string {
  const declared = duration.type === "Identifier" ? file.variableOf(duration)?.identifiers[0]?.range[0] : undefined;
  return `${file.text.slice(...duration.range)} ${declared ?? ""}`;
}

/** The `if` that a wait stands in: each failure may have a wait of its own, and two under one condition are told by it alone. */
function branchAround(node: TSESTree.Node, body: TSESTree.Node): TSESTree.Node | undefined {
  return enclosing(node, body, (around) => around.type === "IfStatement" || (around.type === "CatchClause" && goesOn(around)));
}

/** `catch { await sleep(500); continue; }` */
function goesOn({ body }: TSESTree.CatchClause): boolean {
  return body.body.at(-1)?.type === "ContinueStatement";
}

interface Sleep {
  /** What the code around the attempts says of it. */
  readonly duration: TSESTree.Node;
  readonly wait: Backoff | undefined;
}

/**
 * The milliseconds of `sleep(ms)`, `setTimeout(ms)` of node:timers/promises, `setTimeout(resolve, ms)` in a promise, or of a function of this file that
 * waits so: `pause(seconds)`.
 */
function sleepOf(call: CallLike, series: Series, code: HandWritten): Sleep | undefined {
  const { callee, arguments: given } = call;
  const name = callee.type === "Identifier" ? callee.name : callee.type === "MemberExpression" ? nameOfMember(callee) : undefined;
  if (name === undefined) return undefined;
  const read = reader(series, code);
  const inPromise = timeoutInPromise(call);
  if (inPromise) return { duration: inPromise, wait: read(inPromise, inPromise) };
  if (!isWaitedFor(call)) return undefined;
  const waiter = code.functionOf(callee);
  const [inside, ...others] = waiter ? code.callsIn(waiter).flatMap((inner) => timeoutInPromise(inner) ?? []) : [];
  if (inside && others.length === 0)
    return { duration: given[0] ?? call, wait: reader(series, code, bindings(waiter!, given, read))(inside, inside) };
  const [first] = given;
  return first && /^_?(?:sleep|delay|wait|pause|setTimeout)(?:Ms|For)?$/u.test(name)
    ? { duration: first, wait: read(first, first) }
    : undefined;
}

/** `await sleep(500)`, `sleep(500).then(…)` */
function isWaitedFor({ parent }: CallLike): boolean {
  return parent.type === "AwaitExpression" || (parent.type === "MemberExpression" && nameOfMember(parent) === "then");
}

/** The milliseconds of `new Promise((resolve) => setTimeout(resolve, ms))`. */
function timeoutInPromise({ callee, arguments: [first, second] }: CallLike): TSESTree.Node | undefined {
  const name = callee.type === "MemberExpression" ? nameOfMember(callee) : nameOf(callee);
  if (name !== "setTimeout" || !second) return undefined;
  return (first?.type === "Identifier" || first?.type === "ArrowFunctionExpression") && isResolver(first) ? second : undefined;
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

/** Of several waits in several branches, the shortest: all attempts together take at least as long. */
function backoffOf(sleeps: readonly Sleep[], code: HandWritten): Fact<Backoff> {
  const waits = sleeps.map(({ wait }) => wait);
  // A project's own `wait(3)` may count in seconds or attempts.
  if (waits.some((wait) => !wait || wait.delayMs(1) < 10)) return unknownFact("the sleep is not a number of milliseconds that is told");
  return known(joined(waits as Backoff[], Math.min), { file: code.file, node: sleeps[0]!.duration });
}

/** Of waits that are told in some branches only: the shortest, unless one of them is random. A pause between any two requests stands in no branch. */
function bareWaitOf(sleeps: readonly Sleep[], body: TSESTree.Node, series: Series, code: HandWritten): Fact<Backoff> | undefined {
  const read = reader(series, code);
  const told = sleeps
    .flatMap(({ duration, wait }) =>
      wait ? [{ node: duration, wait }] : writtenTo(duration, code).map((node) => ({ node, wait: read(node, node) })),
    )
    .flatMap(({ node, wait }) => (wait && wait.delayMs(1) >= 10 && followsFailure(node, body) ? [{ node, wait }] : []))
    .sort((one, other) => one.wait.delayMs(1) - other.wait.delayMs(1));
  const [first] = told;
  return first && told.every(({ wait }) => !wait.jitter) ? known(first.wait, { file: code.file, node: first.node }) : undefined;
}

function followsFailure(node: TSESTree.Node, body: TSESTree.Node): boolean {
  return enclosing(node, body, ({ type }) => type === "IfStatement" || type === "CatchClause") !== undefined;
}

/** What each branch writes to a variable that is declared without a value: `let delay;` */
function writtenTo(node: TSESTree.Node, code: HandWritten): TSESTree.Node[] {
  const variable = node.type === "Identifier" ? code.file.variableOf(node) : undefined;
  const declared = variable?.defs[0]?.node as TSESTree.Node | undefined;
  if (declared?.type !== "VariableDeclarator" || declared.init || declared.range[0] > node.range[0]) return [];
  return variable!.references.flatMap(({ writeExpr }) => (writeExpr ? [writeExpr as TSESTree.Node] : []));
}

/** What the parameters of a function hold in one call of it. */
function bindings(
  { params }: TSESTree.FunctionLike,
  given: readonly TSESTree.Node[],
  read: (node: TSESTree.Node, at: TSESTree.Node) => Backoff | undefined,
): ReadonlyMap<string, Backoff | undefined> {
  return new Map(
    params.flatMap((parameter, index) => {
      const pattern = parameter.type === "AssignmentPattern" ? parameter.left : parameter;
      const argument = given[index];
      return pattern.type === "Identifier" ? [[pattern.name, argument && read(argument, argument)]] : [];
    }),
  );
}

/** Deeper than any wait is written. */
const maximumDepth = 20;
/** What a branch writes may depend on the variable itself, and each choice multiplies the ways. */
const depthOfChoice = 7;

/** Reads an expression as a function of the retry; randomness counts as its mean. `bound` are the parameters of the function that it stands in. */
function reader(series: Series, code: HandWritten, bound?: ReadonlyMap<string, Backoff | undefined>) {
  return function read(node: TSESTree.Node, at: TSESTree.Node, depth = 0): Backoff | undefined {
    if (depth > maximumDepth) return undefined;
    const inner = (child: TSESTree.Node) => read(child, at, depth + 1);
    switch (node.type) {
      case "Identifier":
        return bound?.has(node.name) ? bound.get(node.name) : readIdentifier(node, at, depth);
      case "BinaryExpression":
        return node.left.type === "PrivateIdentifier" ? undefined : combined(node.operator, inner(node.left), inner(node.right));
      case "LogicalExpression":
        return node.operator === "&&" ? undefined : (elseOther(inner(node.left), inner(node.right)) ?? constant(code.boundary(node)));
      case "ConditionalExpression":
        return shorter(inner(node.consequent), inner(node.alternate));
      case "MemberExpression":
        return node.computed ? element(node, inner(node.property)) : constant(code.boundary(node));
      case "CallExpression":
        return readMath(node, inner) ?? readOwnFunction(node, inner, depth);
      case "TSNonNullExpression":
      case "TSAsExpression":
        return inner(node.expression);
      default:
        return constant(code.boundary(node));
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
      return start ? { delayMs: () => start.value, jitter: false } : constant(code.boundary(node));
    }
    const chosen = chosenIn(node, depth);
    if (chosen) return chosen.every((wait) => wait !== undefined) ? joined(chosen as Backoff[], Math.min) : undefined;
    const declared = code.constantOf(node);
    return declared ? reader(series, code, bound)(declared, declared.parent, depth + 1) : constant(code.boundary(node));
  }

  /** `let delay; if (isThrottled) delay = 5000; else delay = 500;`: what each branch says. */
  function chosenIn(node: TSESTree.Identifier, depth: number): (Backoff | undefined)[] | undefined {
    const written = writtenTo(node, code);
    return written.length > 1 ? written.map((value) => reader(series, code, bound)(value, value, depth + depthOfChoice)) : undefined;
  }

  /** `DELAYS[attempt]` */
  function element({ object }: TSESTree.MemberExpression, index: Backoff | undefined): Backoff | undefined {
    const table = code.evaluate(object);
    if (table.kind !== "array" || !table.complete || !index) return undefined;
    const numbers = table.elements.map((value) => numberOf(value) ?? NaN);
    if (numbers.length === 0 || numbers.some(Number.isNaN)) return undefined;
    return { delayMs: (retry) => numbers[index.delayMs(retry)] ?? NaN, jitter: index.jitter };
  }

  /** `delayOf(attempt)`, where this file says what it returns. */
  function readOwnFunction(
    { callee, arguments: given }: TSESTree.CallExpression,
    inner: (node: TSESTree.Node) => Backoff | undefined,
    depth: number,
  ): Backoff | undefined {
    const target = code.functionOf(callee);
    const returned = target && returnedBy(target);
    return returned && reader(series, code, bindings(target, given, inner))(returned, returned, depth + 1);
  }
}

/** What a function returns when it returns one thing. */
function returnedBy({ body }: TSESTree.FunctionLike): TSESTree.Node | undefined {
  if (body?.type !== "BlockStatement") return body ?? undefined;
  const last = body.body.at(-1);
  const isOnlyReturn = last?.type === "ReturnStatement" && body.body.slice(0, -1).every((statement) => exits(statement) === "never");
  return isOnlyReturn ? (last.argument ?? undefined) : undefined;
}

/** `isLimited ? 30_000 : 2_000` */
function shorter(one: Backoff | undefined, other: Backoff | undefined): Backoff | undefined {
  return one && other && joined([one, other], Math.min);
}

/** `DELAYS[attempt] ?? 1000` */
function elseOther(left: Backoff | undefined, right: Backoff | undefined): Backoff | undefined {
  return left && right && joined([left, right], (one = NaN, other = NaN) => (Number.isNaN(one) ? other : one));
}

function constant(value: ReturnType<HandWritten["evaluate"]>): Backoff | undefined {
  const ms = numberOf(value);
  return ms !== undefined ? { delayMs: () => ms, jitter: false } : undefined;
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

/**
 * How steps change a number: `attempt++`, `delay *= 2`, `attempt + 1`, `delay = Math.min(delay * 2, 30_000)`. Undefined for a step by something that is not
 * told.
 */
export function stepOf(node: Counter | TSESTree.Expression, code: HandWritten): ((start: number, steps: number) => number) | undefined {
  if (node.type === "UpdateExpression") return (start, steps) => start + (node.operator === "++" ? steps : -steps);
  const { change, maximum } = cappedChange(node.type === "AssignmentExpression" && node.operator === "=" ? node.right : node, code);
  if (change.type !== "AssignmentExpression" && change.type !== "BinaryExpression") return undefined;
  const by = numberOf(code.boundary(change.right));
  if (by === undefined) return undefined;
  const atMost = (value: number, steps: number) => (steps > 0 ? Math.min(maximum, value) : value);
  switch (change.operator.replace("=", "")) {
    case "+":
      return (start, steps) => atMost(start + by * steps, steps);
    case "-":
      return (start, steps) => atMost(start - by * steps, steps);
    case "*":
      return (start, steps) => atMost(start * by ** steps, steps);
    default:
      return undefined;
  }
}

/** `delay * 2` and 30,000 of `Math.min(delay * 2, 30_000)` */
export function cappedChange(node: TSESTree.Expression, code: HandWritten): { change: TSESTree.Expression; maximum: number } {
  const uncapped = { change: node, maximum: Infinity };
  if (node.type !== "CallExpression" || node.arguments.length !== 2 || code.file.text.slice(...node.callee.range) !== "Math.min")
    return uncapped;
  const change = node.arguments.find(({ type }) => type === "BinaryExpression") as TSESTree.BinaryExpression | undefined;
  const cap = node.arguments.find((argument) => argument !== change);
  const maximum = cap && numberOf(code.boundary(cap));
  return change && maximum !== undefined ? { change, maximum } : uncapped;
}

/** Whether the length of a wait follows from nothing that the upstream answered: from counters, constants, and functions that are given no more. */
function asksNobody(node: TSESTree.Node, series: Series, code: HandWritten, depth = 0): boolean {
  const inner = (child: TSESTree.Node) => depth < maximumDepth && asksNobody(child, series, code, depth + 1);
  switch (node.type) {
    case "Literal":
      return true;
    case "Identifier": {
      const variable = code.file.variableOf(node);
      if (series(node, node) !== undefined || code.boundary(node).kind === "primitive") return true;
      const written = variable?.references.flatMap(({ writeExpr }) => (writeExpr ? [writeExpr as TSESTree.Node] : [])) ?? [];
      return written.length > 0 && written.every(inner);
    }
    case "BinaryExpression":
    case "LogicalExpression":
      return inner(node.left) && inner(node.right);
    case "ConditionalExpression":
      return inner(node.consequent) && inner(node.alternate);
    case "CallExpression": {
      const { callee } = node;
      const isOwn =
        callee.type === "Identifier" || (callee.type === "MemberExpression" && /^(?:ThisExpression|Identifier)$/u.test(callee.object.type));
      return isOwn && node.arguments.length > 0 && node.arguments.every(inner);
    }
    case "MemberExpression":
      return code.boundary(node).kind === "primitive";
    default:
      return false;
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
  return !givesUp && asksForThrottled.test(judgementIn(body, code));
}

/** `status === 429`, `status !== 503`, `[429, 503].includes(status)`, `new Set([429, 503])`, `message.includes("429")` */
const asksForThrottled = /[!=]==?\s*(?:429|503)\b|\[[\s\d,]*\b(?:429|503)\b[\s\d,]*\]|\.includes\(\s*["'`](?:429|503)/u;

function nameOf(node: TSESTree.Node): string | undefined {
  return node.type === "Identifier" ? node.name : undefined;
}

function nameOfMember({ property, computed }: TSESTree.MemberExpression): string | undefined {
  return computed ? undefined : nameOf(property);
}
