import type { TSESTree } from "@typescript-eslint/utils";

import type { Edit } from "./edit.ts";

/** Replaces a number, or the product that computes one; a number in quotes (an environment fallback) keeps them. Undefined for anything else. */
export function writeNumber(node: TSESTree.Node, code: string): Edit[] | undefined {
  if (node.type === "Literal" && typeof node.value === "number") return [{ range: node.range, text: code }];
  if (node.type === "Literal" && typeof node.value === "string") return [{ range: node.range, text: JSON.stringify(code) }];
  if (node.type === "BinaryExpression" && isArithmetic(node)) return [{ range: node.range, text: code }];
  return node.type === "Identifier" && node.name === "Infinity" ? [{ range: node.range, text: code }] : undefined;
}

/** `30 * 1000` */
function isArithmetic(node: TSESTree.Node): boolean {
  return node.type === "BinaryExpression"
    ? isArithmetic(node.left) && isArithmetic(node.right)
    : node.type === "Literal" && typeof node.value === "number";
}

/** `{ retries: 5 }`: the number stands where it is used, so changing it changes nothing else. */
export function isWrittenInPlace(node: TSESTree.Node): boolean {
  return node.type === "Literal" && typeof node.value === "number" && node.parent.type === "Property" && node.parent.value === node;
}
