import type { TSESTree } from "@typescript-eslint/utils";

import type { Evaluator, Frame } from "../evaluate.ts";
import { type CallLike, type Counter, enclosingClass, isFunction, isWithin, nodesWithin, type SourceFile } from "../source-file.ts";
import { ABSENT, type Origin, unknown, type Value } from "../value.ts";
import { createDefaults } from "./defaults.ts";

/** What reading a hand-written retry needs of its file. */
export interface HandWritten {
  readonly file: SourceFile;
  evaluate(node: TSESTree.Node): Value;
  /** What a number holds when nobody says otherwise: what a counter is compared with, how long a wait begins. */
  boundary(node: TSESTree.Node): Value;
  /** The expression that a constant is declared with. */
  constantOf(identifier: TSESTree.Identifier): TSESTree.Expression | undefined;
  /** The function of this file that a call of it runs. */
  functionOf(callee: TSESTree.Node): TSESTree.FunctionLike | undefined;
  /** What a counter starts from: its initial value, a parameter's argument or default. */
  initialValue(identifier: TSESTree.Identifier): Value;
  ifsIn(node: TSESTree.Node): readonly TSESTree.IfStatement[];
  callsIn(node: TSESTree.Node): readonly CallLike[];
  /** `attempt++`, `attempt += 1`, `attempt = attempt + 1` */
  countersIn(node: TSESTree.Node): readonly (TSESTree.UpdateExpression | TSESTree.AssignmentExpression)[];
}

export function readHandWritten(file: SourceFile, frame: Frame | undefined, evaluator: Evaluator): HandWritten {
  const evaluate = (node: TSESTree.Node) => evaluator.evaluate(node, file, frame);
  const boundary = createDefaults(file, frame, evaluate);
  return {
    file,
    evaluate,
    boundary,
    initialValue(identifier) {
      const definition = file.variableOf(identifier)?.defs[0];
      const node = definition?.node as TSESTree.Node | undefined;
      if (node?.type === "VariableDeclarator") return node.init ? boundary(node.init) : ABSENT;
      return node && isFunction(node) ? argumentOf(node, identifier.name, frame, evaluate) : unknown("not a counter of this function");
    },
    constantOf(identifier) {
      const definition = file.variableOf(identifier)?.defs[0]?.node as TSESTree.Node | undefined;
      const isConstant =
        definition?.type === "VariableDeclarator" && definition.parent.kind === "const" && definition.id.type === "Identifier";
      return isConstant ? (definition.init ?? undefined) : undefined;
    },
    functionOf: (callee) => localFunction(callee, file),
    ifsIn: (node) => nodesWithin(file.ifs, node),
    callsIn: (node) => nodesWithin(file.calls, node),
    countersIn: (node) => nodesWithin(file.counters, node),
  };
}

/** The function of this file that a call runs: `delayOf(…)`, `this.delayOf(…)`. */
function localFunction(callee: TSESTree.Node, file: SourceFile): TSESTree.FunctionLike | undefined {
  if (callee.type === "Identifier") {
    const variable = file.variableOf(callee);
    const definition = variable?.defs[0]?.node as TSESTree.Node | undefined;
    const { parent } = (variable?.identifiers[0] as TSESTree.Node | undefined) ?? {};
    // { shouldRetry = (error) => error.status === 429 }
    if (parent?.type === "AssignmentPattern") return isFunction(parent.right) ? parent.right : undefined;
    // What holds a parameter is the function that takes it.
    if (String(variable?.defs[0]?.type) === "Parameter") return undefined;
    const held = definition?.type === "VariableDeclarator" && definition.id.type === "Identifier" ? definition.init : definition;
    return held && isFunction(held) ? held : undefined;
  }
  if (callee.type !== "MemberExpression" || callee.computed || callee.property.type !== "Identifier") return undefined;
  const owner = enclosingClass(callee);
  const isMember =
    callee.object.type === "ThisExpression" || (callee.object.type === "Identifier" && owner?.id?.name === callee.object.name);
  const { name } = callee.property;
  const member = isMember ? owner?.body.body.find((candidate) => "key" in candidate && isKey(candidate.key, name)) : undefined;
  const held = member?.type === "MethodDefinition" || member?.type === "PropertyDefinition" ? member.value : undefined;
  return held && isFunction(held as TSESTree.Node) ? (held as TSESTree.FunctionLike) : undefined;
}

function isKey(key: TSESTree.Node, name: string): boolean {
  return key.type === "Identifier" && key.name === name;
}

/** What a parameter of the function holds at first: what it was called with, or its default. */
function argumentOf(owner: TSESTree.FunctionLike, name: string, frame: Frame | undefined, evaluate: (node: TSESTree.Node) => Value): Value {
  const index = owner.params.findIndex((parameter) => {
    const pattern = parameter.type === "AssignmentPattern" ? parameter.left : parameter;
    return pattern.type === "Identifier" && pattern.name === name;
  });
  const parameter = owner.params[index];
  let given: Value = ABSENT;
  for (let current = frame; current; current = current.outer) if (current.node === owner) given = current.argument(index);
  if (given.kind !== "absent") return given;
  return parameter?.type === "AssignmentPattern" ? evaluate(parameter.right) : unknown("a parameter");
}

/** How often something is repeated, and the number in the code that says so. */
export interface Count {
  readonly retries: number;
  readonly bound: Origin;
  /** The number to write there for so many retries. */
  readonly literal: (retries: number) => number;
}

/** A counter compared with a number: `attempt < 3`. */
export interface BoundCounter extends NumberAt {
  readonly variable: TSESTree.Identifier;
  /** `<` and `<=`, as a condition to go on. */
  readonly grows: boolean;
  readonly comparison: "inclusive" | "strict" | "equal";
}

export function boundOf({ left, operator, right }: TSESTree.BinaryExpression, code: HandWritten): BoundCounter | undefined {
  const counter = left.type === "UpdateExpression" ? left.argument : left;
  if (counter.type !== "Identifier") return undefined;
  const value = code.boundary(right);
  if (value.kind !== "primitive" || typeof value.value !== "number" || !/^(?:[<>]=?|===?)$/u.test(operator)) return undefined;
  return {
    variable: counter,
    value: value.value,
    origin: value.origin,
    grows: operator.startsWith("<"),
    comparison: operator.startsWith("=") ? "equal" : operator.endsWith("=") ? "inclusive" : "strict",
  };
}

/** The number a counter starts from. */
export function startOf(variable: TSESTree.Identifier, code: HandWritten): NumberAt | undefined {
  const value = code.initialValue(variable);
  return value.kind === "primitive" && typeof value.value === "number" ? { value: value.value, origin: value.origin } : undefined;
}

export interface NumberAt {
  readonly value: number;
  readonly origin: Origin;
}

/** Counting up, the bound says how often; counting down (`retries > 0`), the start does. */
export function countBetween(start: NumberAt, bound: NumberAt, retries: number): Count {
  const said = bound.value >= start.value ? bound : start;
  return { retries, bound: said.origin, literal: (wanted) => said.value + wanted - retries };
}

/** Where the counter changes inside `node`. */
export function updateOf(variable: TSESTree.Identifier, node: TSESTree.Node, code: HandWritten): Counter | undefined {
  return code.countersIn(node).find((update) => {
    const target = update.type === "UpdateExpression" ? update.argument : update.left;
    return target.type === "Identifier" && target.name === variable.name;
  });
}

/** Whether running a statement leaves the surrounding code by throw, return or break: on every way, on some, on none. */
export function exits(node: TSESTree.Statement): "always" | "sometimes" | "never" {
  switch (node.type) {
    case "ThrowStatement":
    case "ReturnStatement":
    case "BreakStatement":
      return "always";
    case "ContinueStatement":
      return "never";
    case "BlockStatement": {
      let found: "sometimes" | "never" = "never";
      let isCertain = true;
      for (const statement of node.body) {
        if (statement.type === "ContinueStatement") return found;
        const result = exits(statement);
        if (result === "always") return isCertain ? "always" : "sometimes";
        if (result === "sometimes") found = "sometimes";
        if (mayContinue(statement)) isCertain = false;
      }
      return found;
    }
    case "IfStatement": {
      const [whenTrue, whenFalse] = [exits(node.consequent), node.alternate ? exits(node.alternate) : "never"];
      return whenTrue === whenFalse ? whenTrue : "sometimes";
    }
    case "TryStatement":
    case "SwitchStatement":
    case "ForStatement":
    case "ForOfStatement":
    case "ForInStatement":
    case "WhileStatement":
    case "DoWhileStatement":
    case "LabeledStatement":
      return "sometimes"; // not looked into
    default:
      return "never";
  }
}

/** `if (attempt < 3) { await pause(); continue; }`: what stands behind it is not always reached. */
export function mayContinue(node: TSESTree.Statement): boolean {
  switch (node.type) {
    case "ContinueStatement":
      return true;
    case "BlockStatement":
      return node.body.some(mayContinue);
    case "IfStatement":
      return mayContinue(node.consequent) || (node.alternate !== null && mayContinue(node.alternate));
    default:
      return false;
  }
}

/**
 * Whether `block` is left once the call in it succeeded: by a return or break after it, by returning it, or by a flag in the loop's test. With "told" only
 * when the answer's status decides (`if (response.ok) return`, `if (status === 429) continue`), since without a catch every other condition may be a poll.
 */
export function leavesOnSuccess(
  block: TSESTree.Statement,
  call: TSESTree.Node,
  test: TSESTree.Node | null,
  how: "certain" | "told",
  code: HandWritten,
): boolean {
  const statements = block.type === "BlockStatement" ? block.body : [block];
  const from = statements.findIndex((statement) => statement.range[0] <= call.range[0] && call.range[1] <= statement.range[1]);
  if (from === -1) return false;
  const following = statements.slice(from);
  // What only runs in one branch is what the code does about an answer, and not what it repeats.
  if (how === "told" && following[0]!.type === "IfStatement" && !isWithin(call, following[0]!.test)) return false;
  return following.some((statement, index) => {
    if (statement.type === "IfStatement") {
      const { consequent, alternate } = statement;
      // if (response) { if (response.ok) return response; }
      const inside = statement.test.type === "Identifier" && consequent.type === "BlockStatement" ? consequent.body : [];
      if (how === "certain" && [statement, ...inside].some((each) => each.type === "IfStatement" && isSuccess(each, code))) return true;
      if (asksForStatus(statement.test) && exits(consequent) === "always") return !throws(consequent);
      if (!asksForFailure(statement.test, code)) return false;
      // if (response.status === 429) { await sleep(500); } else return response;
      if (alternate && exits(consequent) === "never" && exits(alternate) === "always") return !throws(alternate);
      return mayContinue(consequent) && following.slice(index).some(leaves);
    }
    if (how === "told") return false;
    if (statement.type === "ReturnStatement") return true;
    if (statement.type === "BreakStatement") return index > 0;
    return setsFlagOf(statement, test);
  });
}

/** `if (response.ok) return response`, `if (result.success) return result` where the function that made it says `success: response.ok` */
function isSuccess({ test, consequent }: TSESTree.IfStatement, code: HandWritten): boolean {
  return leavesWell(consequent) && (asksForStatus(test) || holdsOk(test, code) || saysSuccess(test));
}

function leavesWell(statement: TSESTree.Statement): boolean {
  return exits(statement) === "always" && !throws(statement);
}

/** `result.success` */
function saysSuccess(test: TSESTree.Node): boolean {
  return test.type === "MemberExpression" && !test.computed && test.property.type === "Identifier" && test.property.name === "success";
}

/** `const sent = await send(); if (sent) return sent;` in `block`, where a poll would do the same. */
export function leavesWithAnswer(block: TSESTree.BlockStatement, call: TSESTree.Node): boolean {
  const declared = call.parent?.type === "AwaitExpression" ? call.parent.parent : undefined;
  const answer = declared?.type === "VariableDeclarator" && declared.id.type === "Identifier" ? declared.id.name : undefined;
  return block.body.some(
    (statement) =>
      statement.type === "IfStatement" &&
      statement.test.type === "Identifier" &&
      statement.test.name === answer &&
      leavesWell(statement.consequent),
  );
}

function holdsOk(test: TSESTree.Node, code: HandWritten): boolean {
  if (test.type !== "MemberExpression" || test.computed || test.property.type !== "Identifier" || test.object.type !== "Identifier")
    return false;
  const made = code.constantOf(test.object);
  const call = made?.type === "AwaitExpression" ? made.argument : made;
  const maker = call?.type === "CallExpression" ? code.functionOf(call.callee) : undefined;
  return maker !== undefined && new RegExp(`\\b${test.property.name}: \\w+\\.ok\\b`, "u").test(code.file.text.slice(...maker.range));
}

function leaves({ type }: TSESTree.Statement): boolean {
  return type === "ReturnStatement" || type === "BreakStatement";
}

/** `!response.ok`, `response.status === 429`, `response.status >= 500`, `[429, 503].includes(response.status)`. What is not there is not asked for again. */
export function asksForFailure(test: TSESTree.Node, code: HandWritten): boolean {
  switch (test.type) {
    case "UnaryExpression":
      return test.operator === "!" && test.argument.type === "MemberExpression" && asksForStatus(test.argument);
    case "BinaryExpression":
      return isStatus(test.left, code) && test.right.type === "Literal" && Number(test.right.value) >= 400 && test.right.value !== 404;
    case "LogicalExpression":
      return asksForFailure(test.left, code) || asksForFailure(test.right, code);
    case "CallExpression":
      return (isMembership(test) && test.arguments[0] !== undefined && isStatus(test.arguments[0], code)) || isOwnQuestion(test, code);
    case "Identifier": {
      // const isLimited = response.status === 429;
      const declared = code.constantOf(test);
      return declared !== undefined && declared.type !== "Identifier" && asksForFailure(declared, code);
    }
    default:
      return false;
  }
}

/** `isThrottled(body.errors)`, where this file says that it asks for a limit of the upstream. */
function isOwnQuestion({ callee }: TSESTree.CallExpression, code: HandWritten): boolean {
  const question = code.functionOf(callee);
  return question?.body != null && /["'`]\w*rate_?limit\w*["'`]|[!=]==\s*429\b/iu.test(code.file.text.slice(...question.body.range));
}

/** `[429, 503].includes(…)`, `RETRYABLE.has(…)` */
function isMembership({ callee }: TSESTree.CallExpression): boolean {
  return callee.type === "MemberExpression" && callee.property.type === "Identifier" && /^(?:includes|has)$/u.test(callee.property.name);
}

/** `response.ok`, `status === 200`, `response.status < 500` */
function asksForStatus(node: TSESTree.Node): boolean {
  switch (node.type) {
    case "MemberExpression":
      return !node.computed && node.property.type === "Identifier" && node.property.name === "ok";
    case "BinaryExpression":
      return isStatus(node.left, undefined) && node.right.type === "Literal" && typeof node.right.value === "number" && !isRefusal(node);
    case "LogicalExpression":
      return asksForStatus(node.left) || asksForStatus(node.right);
    default:
      return false;
  }
}

/** `status === 404`: what leaves then is no success. */
function isRefusal({ operator, right }: TSESTree.BinaryExpression): boolean {
  return operator.startsWith("==") && right.type === "Literal" && Number(right.value) >= 400;
}

/** `status`, `error.response?.status`, or a constant that holds one: `const code = result.statusCode ?? 0` */
function isStatus(node: TSESTree.Node, code: HandWritten | undefined): boolean {
  switch (node.type) {
    case "Identifier": {
      if (/^status(?:Code)?$/u.test(node.name)) return true;
      const declared = code?.constantOf(node);
      return declared !== undefined && declared.type !== "Identifier" && isStatus(declared, code);
    }
    case "MemberExpression":
      return node.property.type === "Identifier" && /^status(?:Code)?$/u.test(node.property.name);
    case "ChainExpression":
      return isStatus(node.expression, code);
    case "LogicalExpression":
      return isStatus(node.left, code);
    default:
      return false;
  }
}

function throws(node: TSESTree.Statement): boolean {
  return node.type === "ThrowStatement" || (node.type === "BlockStatement" && node.body.some(throws));
}

/** `done = true;` in `while (!done)` */
function setsFlagOf(statement: TSESTree.Statement, test: TSESTree.Node | null): boolean {
  if (!test || statement.type !== "ExpressionStatement" || statement.expression.type !== "AssignmentExpression") return false;
  const { left, right } = statement.expression;
  return left.type === "Identifier" && right.type === "Literal" && typeof right.value === "boolean" && mentions(test, left.name);
}

function mentions(node: TSESTree.Node, name: string): boolean {
  switch (node.type) {
    case "Identifier":
      return node.name === name;
    case "UnaryExpression":
      return mentions(node.argument, name);
    case "LogicalExpression":
    case "BinaryExpression":
      return mentions(node.left, name) || mentions(node.right, name);
    default:
      return false;
  }
}
