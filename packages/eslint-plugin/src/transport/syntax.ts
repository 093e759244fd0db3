import type { TSESTree } from "@typescript-eslint/utils";

import { type FunctionNode, isFunction } from "../calls/source-file.ts";

/** The expression inside what only passes it on: `x as T`, `x!`, `await x`, `a?.b`. */
export function unwrapped(node: TSESTree.Node): TSESTree.Node {
  switch (node.type) {
    case "AwaitExpression":
      return unwrapped(node.argument);
    case "ChainExpression":
    case "TSAsExpression":
    case "TSNonNullExpression":
    case "TSSatisfiesExpression":
    case "TSTypeAssertion":
      return unwrapped(node.expression);
    default:
      return node;
  }
}

export function functionAround(node: TSESTree.Node): FunctionNode | undefined {
  for (let current = node.parent; current; current = current.parent) if (isFunction(current)) return current;
  return undefined;
}

/** The name of a property or member that can be read off: `a.b`, `a["b"]`, `{ b: 1 }`, `{ "b": 1 }`. */
export function nameOfKey(key: TSESTree.Node, computed: boolean): string | undefined {
  if (key.type === "Literal") return typeof key.value === "string" ? key.value : undefined;
  return !computed && (key.type === "Identifier" || key.type === "PrivateIdentifier") ? key.name : undefined;
}

export function memberName(node: TSESTree.MemberExpression): string | undefined {
  return nameOfKey(node.property, node.computed);
}

/** The property of an object literal with that name. */
export function propertyNamed(object: TSESTree.ObjectExpression, name: string): TSESTree.Property | undefined {
  return object.properties.find(
    (property): property is TSESTree.Property => property.type === "Property" && nameOfKey(property.key, property.computed) === name,
  );
}

/** What a function gives back: its expression, or the argument of each return of its own. */
export function returnsOf(node: TSESTree.FunctionLike): TSESTree.Expression[] {
  const { body } = node;
  if (!body) return [];
  if (body.type !== "BlockStatement") return [body];
  const found: TSESTree.Expression[] = [];
  collectReturns(body, found);
  return found;
}

function collectReturns(node: TSESTree.Statement, found: TSESTree.Expression[]): void {
  switch (node.type) {
    case "ReturnStatement":
      if (node.argument) found.push(node.argument);
      return;
    case "BlockStatement":
      for (const statement of node.body) collectReturns(statement, found);
      return;
    case "IfStatement":
      collectReturns(node.consequent, found);
      if (node.alternate) collectReturns(node.alternate, found);
      return;
    case "TryStatement":
      for (const block of [node.block, node.handler?.body, node.finalizer]) if (block) collectReturns(block, found);
      return;
    case "SwitchStatement":
      for (const { consequent } of node.cases) for (const statement of consequent) collectReturns(statement, found);
      return;
    case "ForStatement":
    case "ForInStatement":
    case "ForOfStatement":
    case "WhileStatement":
    case "DoWhileStatement":
    case "LabeledStatement":
      collectReturns(node.body, found);
      return;
    default:
  }
}
