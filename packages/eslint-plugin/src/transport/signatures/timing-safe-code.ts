import type { TSESLint, TSESTree } from "@typescript-eslint/utils";

import { declareBefore } from "../../edits/declarations.ts";
import { type Edit, indentationAt } from "../../edits/edit.ts";
import { importName, type ImportedName } from "../../edits/imports.ts";
import { unwrapped } from "../syntax.ts";
import type { Change } from "./change.ts";
import type { LeakyComparison } from "./comparisons.ts";

type SourceCode = Readonly<TSESLint.SourceCode>;

/**
 * The comparison by `timingSafeEqual`, which wants bytes of equal length. Lengths are those of the bytes: a text with letters beyond ASCII has more of them than
 * characters. Undefined where there is no `node:crypto` for sure, where there may be no code, or the comparison gives an order.
 */
export function timingSafe({ node, digest, computed, given, meansEqual }: LeakyComparison, sourceCode: SourceCode): Change | undefined {
  if (meansEqual === undefined || digest.by === "subtle.sign" || digest.form === "unknown" || digest.presence) return undefined;
  const imported = timingSafeEqual(node, sourceCode);
  if (!imported) return undefined;
  const names = freeNames(node, sourceCode);
  const declarations: string[] = [];
  const named = (side: TSESTree.Node, name: string): string => {
    const text = sourceCode.text.slice(...side.range);
    if (isSimple(side)) return text;
    declarations.push(`const ${name} = ${text};`);
    return name;
  };
  const [expected, sent] = [named(computed, names.expected), named(unasserted(given), names.given)];
  const declared = declarations.length > 0 ? declareAll(node, declarations, sourceCode.text) : [];
  if (!declared) return undefined;
  const isBytes =
    digest.form === "bytes" || (node.type === "CallExpression" && unwrapped(computed).type !== "TemplateLiteral" && isMethodOfBytes(node));
  const code = isBytes ? ofBytes(expected, sent, imported.local) : ofTexts(expected, sent, imported.local, isSurelyText(given));
  const written = meansEqual ? inParentheses(code, node) : `!(${code})`;
  return {
    edits: [...declared, { range: node.range, text: written }, ...imported.edits],
    keeps: declared.length === 0 && (isBytes || digest.form === "text") ? "behaviour" : "intent",
  };
}

/** `a.equals(b)`: only Buffers have it. */
function isMethodOfBytes({ callee }: TSESTree.CallExpression): boolean {
  return callee.type === "MemberExpression" && callee.property.type === "Identifier" && callee.property.name === "equals";
}

function ofBytes(expected: string, given: string, equal: string): string {
  return `${given}.length === ${expected}.length && ${equal}(${given}, ${expected})`;
}

function ofTexts(expected: string, given: string, equal: string, isText: boolean): string {
  const guard = isText ? "" : `typeof ${given} === "string" && `;
  return `${guard}Buffer.byteLength(${given}) === Buffer.byteLength(${expected}) && ${equal}(Buffer.from(${given}), Buffer.from(${expected}))`;
}

/** The length check in front of a `timingSafeEqual` that has none; undefined where an operand would be computed twice. */
export function guarded(
  node: TSESTree.CallExpression,
  [left, right]: readonly [TSESTree.Expression, TSESTree.Expression],
  { text }: SourceCode,
): Change | undefined {
  const [leftLength, rightLength] = [lengthOf(left, text), lengthOf(right, text)];
  if (leftLength === undefined || rightLength === undefined) return undefined;
  const code = `${leftLength} === ${rightLength} && ${text.slice(...node.range)}`;
  return { edits: [{ range: node.range, text: inParentheses(code, node) }], keeps: "behaviour" };
}

function lengthOf(node: TSESTree.Expression, text: string): string | undefined {
  if (isSimple(node)) return `${text.slice(...node.range)}.length`;
  if (node.type !== "CallExpression" || text.slice(...node.callee.range) !== "Buffer.from") return undefined;
  return node.arguments.every((argument) => isSimple(argument) || argument.type === "Literal")
    ? `${text.slice(...node.range)}.length`
    : undefined;
}

/** Reading it again gives the same: a name, members of one. */
function isSimple(node: TSESTree.Node): boolean {
  switch (node.type) {
    case "Identifier":
    case "ThisExpression":
      return true;
    case "MemberExpression":
      return isSimple(node.object) && (!node.computed || node.property.type === "Literal");
    default:
      return false;
  }
}

/** `header as string` says what the check now makes sure of. */
function unasserted(node: TSESTree.Node): TSESTree.Node {
  return node.type === "TSAsExpression" || node.type === "TSNonNullExpression" ? unasserted(node.expression) : node;
}

function isSurelyText(node: TSESTree.Node): boolean {
  const inner = unwrapped(node);
  return (
    inner.type === "TemplateLiteral" ||
    (inner.type === "CallExpression" && inner.callee.type === "Identifier" && inner.callee.name === "String")
  );
}

/** Where `&&` binds as it should, the code stands as it is. */
function inParentheses(code: string, { parent }: TSESTree.Node): string {
  switch (parent?.type) {
    case "ReturnStatement":
    case "VariableDeclarator":
    case "IfStatement":
    case "ArrowFunctionExpression":
    case "AssignmentExpression":
    case "Property":
      return code;
    default:
      return `(${code})`;
  }
}

function declareAll(node: TSESTree.Node, declarations: readonly string[], text: string): Edit[] | undefined {
  return declareBefore(node, declarations.join(`\n${indentationAt(text, node.range[0])}`), text);
}

function timingSafeEqual(node: TSESTree.Node, sourceCode: SourceCode): ImportedName | undefined {
  const wanted = { module: "node:crypto", aliases: ["crypto"], name: "timingSafeEqual" };
  return importName(sourceCode.ast, wanted, (name) => isInScope(sourceCode.getScope(node as never), name));
}

function freeNames(node: TSESTree.Node, sourceCode: SourceCode): { expected: string; given: string } {
  const scope = sourceCode.getScope(node as never);
  const free = (...names: string[]) => names.find((name) => !isInScope(scope, name)) ?? `${names[0]!}Here`;
  return { expected: free("expectedSignature", "computedSignature"), given: free("givenSignature", "receivedSignature") };
}

function isInScope(scope: TSESLint.Scope.Scope, name: string): boolean {
  return scope.set.get(name)?.defs.length ? true : scope.upper ? isInScope(scope.upper, name) : false;
}
