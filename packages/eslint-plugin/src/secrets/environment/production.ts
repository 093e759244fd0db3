import type { TSESTree } from "@typescript-eslint/utils";

import { textOf } from "../code/named-literals.ts";
import { memberName, unwrapped } from "./variable-read.ts";

/** Whether a condition around a node keeps it from running in production: `NODE_ENV === "test" ? … : …`, `if (!isProduction) { … }`. */
export function runsOutsideProduction(node: TSESTree.Node): boolean {
  for (let at = node; at.parent; at = at.parent) {
    const { parent } = at;
    if (parent.type === "ConditionalExpression" || parent.type === "IfStatement") {
      if (parent.consequent === at && meaning(parent.test) === "not production") return true;
      if (parent.alternate === at && meaning(parent.test) === "production") return true;
    }
    if (parent.type === "LogicalExpression" && parent.operator === "&&" && parent.right === at && meaning(parent.left) === "not production")
      return true;
  }
  return false;
}

/** Whether a statement ends the program, or the call, in production. */
export function isProductionGuard({ test, consequent }: TSESTree.IfStatement, text: string): boolean {
  return /prod/i.test(text.slice(...test.range)) && /\bthrow\b|\bexit\(|\babort\(/.test(text.slice(...consequent.range));
}

/** What is known where a condition holds. */
type Meaning = "production" | "not production" | "unknown";

function meaning(condition: TSESTree.Node): Meaning {
  const node = unwrapped(condition);
  switch (node.type) {
    case "UnaryExpression":
      return node.operator === "!" ? opposite(meaning(node.argument)) : "unknown";
    case "LogicalExpression":
      return ofLogical(node);
    case "BinaryExpression":
      return ofComparison(node);
    case "Identifier":
      return ofName(node.name);
    case "MemberExpression":
      return ofName(memberName(node) ?? "");
    case "CallExpression":
      return node.arguments.length === 0 ? meaning(node.callee) : "unknown";
    default:
      return "unknown";
  }
}

function ofLogical({ left, right, operator }: TSESTree.LogicalExpression): Meaning {
  const both = [meaning(left), meaning(right)] as const;
  if (operator === "&&") return both.find((one) => one !== "unknown") ?? "unknown";
  return both[0] === both[1] ? both[0] : "unknown";
}

/** Only `production` has an opposite: what is not a test may be anything. */
function opposite(known: Meaning): Meaning {
  return known === "production" ? "not production" : "unknown";
}

function ofComparison({ left, right, operator }: TSESTree.BinaryExpression): Meaning {
  const value = textOf(right) ?? (left.type === "PrivateIdentifier" ? undefined : textOf(left));
  if (value === undefined) return "unknown";
  const equal = ofName(value);
  if (/^===?$/.test(operator)) return equal;
  return /^!==?$/.test(operator) ? opposite(equal) : "unknown";
}

function ofName(name: string): Meaning {
  if (/^(?:is_?|in_?|on_?)?prod(?:uction)?(?:_?(?:mode|env(?:ironment)?|build))?$/i.test(name)) return "production";
  return /^_*(?:is_?|in_?|on_?)?(?:dev|development|test|tests|testing|local|ci|vitest|jest)(?:_?(?:mode|env(?:ironment)?|build))?_*$/i.test(
    name,
  )
    ? "not production"
    : "unknown";
}
