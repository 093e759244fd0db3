import type { TSESTree } from "@typescript-eslint/utils";

import type { Value } from "./value.ts";

/**
 * Whether a call of a function's body stands in an arm that what the function is called with rules out: the second of `data ? send(url, data) : send(url)`
 * where data is given.
 */
export function isRuledOut(node: TSESTree.Node, within: TSESTree.FunctionLike, valueOf: (test: TSESTree.Identifier) => Value): boolean {
  for (let current = node; current !== within && current.parent; current = current.parent) {
    const { parent } = current;
    if ((parent.type !== "ConditionalExpression" && parent.type !== "IfStatement") || current === parent.test) continue;
    const isGiven = truthOf(parent.test, valueOf);
    if (isGiven !== undefined && isGiven !== (current === parent.consequent)) return true;
  }
  return false;
}

function truthOf(test: TSESTree.Expression, valueOf: (test: TSESTree.Identifier) => Value): boolean | undefined {
  if (test.type === "UnaryExpression" && test.operator === "!") {
    const opposite = truthOf(test.argument, valueOf);
    return opposite === undefined ? undefined : !opposite;
  }
  return test.type === "Identifier" ? truth(valueOf(test)) : undefined;
}

function truth(value: Value): boolean | undefined {
  switch (value.kind) {
    case "absent":
      return false;
    case "primitive":
      return Boolean(value.value);
    case "object":
    case "array":
    case "function":
      return true;
    default:
      return undefined;
  }
}
