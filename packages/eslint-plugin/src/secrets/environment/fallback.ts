import type { TSESLint, TSESTree } from "@typescript-eslint/utils";

import { keyOf, textOf } from "../code/named-literals.ts";
import { destructuredReads, isVariableName, memberName, readsEnvironment, unwrapped, variableRead } from "./variable-read.ts";

/** A value that stands in where an environment variable is missing. */
export interface Fallback {
  readonly variable: string;
  /** Where the value is given, which decides how the program can be made to fail instead. */
  readonly place:
    | { readonly kind: "expression" }
    /** `config.get("NAME", value)` */
    | { readonly kind: "argument"; readonly call: TSESTree.CallExpression }
    /** `env.get("NAME").default(value)`, `z.string().default(value)` */
    | { readonly kind: "method"; readonly call: TSESTree.CallExpression; readonly library: "env-var" | "schema" }
    /** `str({ default: value })`, `{ env: "NAME", default: value }` */
    | { readonly kind: "property"; readonly property: TSESTree.Property };
}

type SourceCode = Readonly<TSESLint.SourceCode>;

/** Whether a text can hold a fallback at all: it reads the environment, or describes variables to a library that does. */
export function mayFallBack(text: string): boolean {
  return readsEnvironment.test(text) || describesDefaults.test(text);
}
const describesDefaults = /\bdefault["']?\s{0,9}:|\.default\s{0,9}\(|\boptional\s{0,9}\(/;

/** What a value stands in for, when it is a fallback. */
export function fallbackAt(node: TSESTree.Node, sourceCode: SourceCode): Fallback | undefined {
  const { parent } = node;
  const otherwise = (variable: string | undefined): Fallback | undefined =>
    variable === undefined ? undefined : { variable, place: { kind: "expression" } };
  switch (parent?.type) {
    case "TSAsExpression":
    case "TSSatisfiesExpression":
    case "TSNonNullExpression":
      return fallbackAt(parent, sourceCode);
    case "LogicalExpression":
      if (parent.right !== node || parent.operator === "&&") return undefined;
      return otherwise(variableIn(parent.left, sourceCode)) ?? fallbackAt(parent, sourceCode);
    case "ConditionalExpression":
      if (parent.test === node) return undefined;
      return otherwise(missingIn(parent, node, sourceCode)) ?? fallbackAt(parent, sourceCode);
    case "AssignmentExpression":
      return parent.right === node ? otherwise(assignedVariable(parent, sourceCode)) : undefined;
    case "AssignmentPattern":
      return parent.right === node ? otherwise(destructuredVariable(parent, sourceCode)) : undefined;
    case "CallExpression":
      return inCall(parent, node, sourceCode);
    case "Property":
      return parent.value === node && keyOf(parent) === "default" ? inOptions(parent, sourceCode) : undefined;
    default:
      return undefined;
  }
}

/** The first variable of a chain: `process.env.NAME || process.env.OTHER || …` */
function variableIn(left: TSESTree.Node, sourceCode: SourceCode): string | undefined {
  let variable: string | undefined;
  let node = unwrapped(left);
  for (let operands = 1; node.type === "LogicalExpression" && operands < longestChain; operands += 1) {
    variable = variableRead(node.right, sourceCode)?.variable ?? variable;
    node = unwrapped(node.left);
  }
  return variableRead(node, sourceCode)?.variable ?? variable;
}

const longestChain = 16;

/** `process.env.NAME ? process.env.NAME : value`, `!process.env.NAME ? value : …` */
function missingIn(conditional: TSESTree.ConditionalExpression, node: TSESTree.Node, sourceCode: SourceCode): string | undefined {
  const { test, consequent, alternate } = conditional;
  // Two texts tell whether the variable is set: neither stands in for its value.
  if (textOf(consequent) !== undefined && textOf(alternate) !== undefined) return undefined;
  const isConsequent = consequent === node;
  if (test.type === "UnaryExpression" && test.operator === "!")
    return isConsequent ? variableRead(test.argument, sourceCode)?.variable : undefined;
  if (test.type !== "BinaryExpression") return isConsequent ? undefined : variableRead(test, sourceCode)?.variable;
  const wantsMissing = /^===?$/.test(test.operator);
  if (!/^[!=]==?$/.test(test.operator) || wantsMissing !== isConsequent || !isNothing(test.right)) return undefined;
  return variableRead(test.left, sourceCode)?.variable;
}

function isNothing(node: TSESTree.Node): boolean {
  return (
    (node.type === "Identifier" && node.name === "undefined") || (node.type === "Literal" && (node.value === null || node.value === ""))
  );
}

/** `process.env.NAME ||= value`, `if (!process.env.NAME) process.env.NAME = value` */
function assignedVariable({ left, operator, parent }: TSESTree.AssignmentExpression, sourceCode: SourceCode): string | undefined {
  const variable = variableRead(left, sourceCode)?.variable;
  if (variable === undefined || operator === "||=" || operator === "??=") return variable;
  const block = parent.type === "ExpressionStatement" && parent.parent.type === "BlockStatement" ? parent.parent : parent;
  const condition = block.parent;
  if (operator !== "=" || condition?.type !== "IfStatement" || condition.test.type !== "UnaryExpression") return undefined;
  return variableRead(condition.test.argument, sourceCode)?.variable === variable ? variable : undefined;
}

/** `const { NAME = value } = process.env`, also as a parameter with that default. */
function destructuredVariable({ parent: property }: TSESTree.AssignmentPattern, sourceCode: SourceCode): string | undefined {
  if (property.type !== "Property" || property.parent.type !== "ObjectPattern") return undefined;
  return destructuredReads(property.parent, sourceCode).find(({ node }) => node === property)?.variable;
}

function inCall(call: TSESTree.CallExpression, node: TSESTree.Node, sourceCode: SourceCode): Fallback | undefined {
  const at = call.arguments.findIndex((argument) => argument === node);
  const callee = unwrapped(call.callee);
  if (at === 1) {
    const read = variableRead(call, sourceCode);
    if (read) return { variable: read.variable, place: { kind: "argument", call } };
    // valibot's `v.optional(v.string(), value)`
    const key = callee.type === "MemberExpression" && memberName(callee) === "optional" ? schemaKey(call) : undefined;
    return key === undefined ? undefined : { variable: key, place: { kind: "argument", call } };
  }
  if (at !== 0 || callee.type !== "MemberExpression" || memberName(callee) !== "default") return undefined;
  const read = chainOf(callee.object)
    .map((link) => variableRead(link, sourceCode))
    .find((one) => one !== undefined);
  if (read) return { variable: read.variable, place: { kind: "method", call, library: "env-var" } };
  const root = chainOf(callee.object).at(-1);
  const key = root?.type === "Identifier" && /^(?:z|zod|joi|yup|s)$/i.test(root.name) ? schemaKey(call) : undefined;
  return key === undefined ? undefined : { variable: key, place: { kind: "method", call, library: "schema" } };
}

/** `a.b().c()`: the expressions from the outermost call to the first receiver. */
function chainOf(expression: TSESTree.Node): TSESTree.Node[] {
  const node = unwrapped(expression);
  if (node.type === "CallExpression") return [node, ...chainOf(node.callee)];
  return node.type === "MemberExpression" ? chainOf(node.object) : [node];
}

/** The variable that a schema describes: its key, when that is written as variables are. */
function schemaKey(value: TSESTree.Node): string | undefined {
  let node = value;
  while (
    node.parent?.type === "MemberExpression" ||
    (node.parent?.type === "CallExpression" && (node.parent.callee === node || node.parent.arguments[0] === node))
  )
    node = node.parent;
  if (node.parent?.type !== "Property" || node.parent.value !== node) return undefined;
  const key = keyOf(node.parent);
  return key !== undefined && isVariableName(key) ? key : undefined;
}

/** The `default` of envalid's `NAME: str({ default })`, of a JSON schema's `NAME: { type, default }`, of convict's `{ env: "NAME", default }`. */
function inOptions(property: TSESTree.Property, sourceCode: SourceCode): Fallback | undefined {
  const options = property.parent;
  if (options.type !== "ObjectExpression") return undefined;
  const env = valueOf(options, "env");
  const named = env && textOf(env);
  if (named !== undefined) return { variable: named, place: { kind: "property", property } };
  const isValidator =
    options.parent.type === "CallExpression" && options.parent.arguments[0] === options && /envalid/.test(sourceCode.text);
  const isJsonSchema = options.parent.type === "Property" && valueOf(options, "type") !== undefined;
  const key = isValidator || isJsonSchema ? schemaKey(isValidator ? options.parent : options) : undefined;
  return key === undefined ? undefined : { variable: key, place: { kind: "property", property } };
}

function valueOf({ properties }: TSESTree.ObjectExpression, name: string): TSESTree.Node | undefined {
  for (const one of properties) if (one.type === "Property" && keyOf(one) === name) return one.value;
  return undefined;
}
