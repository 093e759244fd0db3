import type { TSESTree } from "@typescript-eslint/utils";

import type { Evaluator, Frame } from "../evaluate.ts";
import { type CallLike, isFunction, nodesWithin, type SourceFile } from "../source-file.ts";
import { ABSENT, type Origin, unknown, type Value } from "../value.ts";

/** What reading a hand-written retry needs of its file. */
export interface HandWritten {
  readonly file: SourceFile;
  evaluate(node: TSESTree.Node): Value;
  /** What a counter is compared with. */
  boundary(node: TSESTree.Node): Value;
  /** What a counter starts from: its initial value, a parameter's argument or default. */
  initialValue(identifier: TSESTree.Identifier): Value;
  ifsIn(node: TSESTree.Node): readonly TSESTree.IfStatement[];
  callsIn(node: TSESTree.Node): readonly CallLike[];
  /** `attempt++`, `attempt += 1`, `attempt = attempt + 1` */
  countersIn(node: TSESTree.Node): readonly (TSESTree.UpdateExpression | TSESTree.AssignmentExpression)[];
}

export function readHandWritten(file: SourceFile, frame: Frame | undefined, evaluator: Evaluator): HandWritten {
  const evaluate = (node: TSESTree.Node) => evaluator.evaluate(node, file, frame);
  return {
    file,
    evaluate,
    boundary: (node) => (node.type === "Identifier" ? defaultOf(node, file, frame, evaluate) : undefined) ?? evaluate(node),
    initialValue(identifier) {
      const definition = file.variableOf(identifier)?.defs[0];
      const node = definition?.node as TSESTree.Node | undefined;
      if (node?.type === "VariableDeclarator") return node.init ? evaluate(node.init) : ABSENT;
      return node && isFunction(node) ? argumentOf(node, identifier.name, frame, evaluate) : unknown("not a counter of this function");
    },
    ifsIn: (node) => nodesWithin(file.ifs, node),
    callsIn: (node) => nodesWithin(file.calls, node),
    countersIn: (node) => nodesWithin(file.counters, node),
  };
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

/**
 * What a parameter holds when nobody says otherwise, `(url, retries = 3)` and `({ retries = 3 } = {})`, in a function that is read by itself: most of its
 * callers get that. Undefined where a call says what it holds.
 */
function defaultOf(
  identifier: TSESTree.Identifier,
  file: SourceFile,
  frame: Frame | undefined,
  evaluate: (node: TSESTree.Node) => Value,
): Value | undefined {
  const variable = file.variableOf(identifier);
  const owner = variable?.defs[0]?.node as TSESTree.Node | undefined;
  const { parent } = (variable?.identifiers[0] as TSESTree.Node | undefined) ?? {};
  if (!variable || !owner || !isFunction(owner) || parent?.type !== "AssignmentPattern") return undefined;
  if (variable.references.some((reference) => reference.isWrite() && !reference.init)) return undefined;
  for (let current = frame; current; current = current.outer) if (current.node === owner) return undefined;
  return evaluate(parent.right);
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
export function updateOf(variable: TSESTree.Identifier, node: TSESTree.Node, code: HandWritten): TSESTree.Node | undefined {
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
      for (const statement of node.body) {
        if (statement.type === "ContinueStatement") return found;
        const result = exits(statement);
        if (result === "always") return "always";
        if (result === "sometimes") found = "sometimes";
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

/**
 * Whether `block` is left once the call in it succeeded: by a return or break after it, by returning it, or by a flag in the loop's test. With "told" only
 * when the answer's status decides (`if (response.ok) return`), since without a catch every other condition may be a poll.
 */
export function leavesOnSuccess(
  block: TSESTree.Statement,
  call: TSESTree.Node,
  test: TSESTree.Node | null,
  how: "certain" | "told",
): boolean {
  const statements = block.type === "BlockStatement" ? block.body : [block];
  const from = statements.findIndex((statement) => statement.range[0] <= call.range[0] && call.range[1] <= statement.range[1]);
  if (from === -1) return false;
  return statements.slice(from).some((statement, index) => {
    if (statement.type === "IfStatement")
      return asksForStatus(statement.test) && exits(statement.consequent) === "always" && !throws(statement.consequent);
    if (how === "told") return false;
    if (statement.type === "ReturnStatement") return true;
    if (statement.type === "BreakStatement") return index > 0;
    return setsFlagOf(statement, test);
  });
}

/** `response.ok`, `status === 200`, `response.status < 500` */
function asksForStatus(node: TSESTree.Node): boolean {
  switch (node.type) {
    case "MemberExpression":
      return !node.computed && node.property.type === "Identifier" && node.property.name === "ok";
    case "BinaryExpression":
      return isStatus(node.left) && node.right.type === "Literal" && typeof node.right.value === "number";
    case "LogicalExpression":
      return asksForStatus(node.left) || asksForStatus(node.right);
    default:
      return false;
  }
}

function isStatus(node: TSESTree.Node): boolean {
  const name =
    node.type === "Identifier"
      ? node.name
      : node.type === "MemberExpression" && node.property.type === "Identifier"
        ? node.property.name
        : "";
  return /^status(?:Code)?$/u.test(name);
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
