import type { TSESTree } from "@typescript-eslint/utils";

import type { Evaluator } from "../calls/evaluate.ts";
import { enclosingClass, type SourceFile } from "../calls/source-file.ts";
import type { FunctionValue, Value } from "../calls/value.ts";
import { keyOf } from "./names.ts";

type ClassValue = Extract<Value, { kind: "class" }>;

/** The function of the project that an expression stands for: by its name, or as a method of an object whose class is known. */
export function functionAt(node: TSESTree.Node, file: SourceFile, evaluator: Evaluator): FunctionValue | undefined {
  const value = evaluator.evaluate(node, file);
  if (value.kind === "function") return value.node.body ? value : undefined;
  if (node.type === "ChainExpression" || node.type === "TSNonNullExpression") return functionAt(node.expression, file, evaluator);
  if (node.type === "CallExpression") return boundFunction(node, file, evaluator);
  if (node.type !== "MemberExpression") return undefined;
  const key = keyOf(node.property, node.computed);
  const owner = classOf(node.object, file, evaluator);
  return owner && key !== undefined ? methodOf(owner, key, evaluator, 4) : undefined;
}

/** `controller.handle.bind(controller)` */
function boundFunction(node: TSESTree.CallExpression, file: SourceFile, evaluator: Evaluator): FunctionValue | undefined {
  const { callee } = node;
  return callee.type === "MemberExpression" && keyOf(callee.property, callee.computed) === "bind"
    ? functionAt(callee.object, file, evaluator)
    : undefined;
}

/** The class that an object is made from or typed as. */
function classOf(object: TSESTree.Node, file: SourceFile, evaluator: Evaluator): ClassValue | undefined {
  switch (object.type) {
    case "ThisExpression":
      return ownerOf(object, file);
    case "NewExpression":
      return asClass(evaluator.evaluate(object.callee, file));
    case "AwaitExpression":
      return classOf(object.argument, file, evaluator);
    case "TSNonNullExpression":
    case "TSAsExpression":
      return classOf(object.expression, file, evaluator);
    case "MemberExpression": {
      const key = keyOf(object.property, object.computed);
      const owner = object.object.type === "ThisExpression" ? enclosingClass(object) : undefined;
      return owner && key !== undefined ? classOfField(owner, key, file, evaluator) : undefined;
    }
    case "Identifier":
      return asClass(evaluator.evaluate(object, file)) ?? classOfVariable(object, file, evaluator);
    default:
      return undefined;
  }
}

function classOfVariable(identifier: TSESTree.Identifier, file: SourceFile, evaluator: Evaluator): ClassValue | undefined {
  const variable = file.variableOf(identifier);
  const [definition, ...others] = variable?.defs ?? [];
  if (!definition || others.length > 0) return undefined;
  const name = definition.name as TSESTree.Node;
  const typed = name.type === "Identifier" ? classOfType(name, file, evaluator) : undefined;
  if (typed) return typed;
  const node = definition.node as TSESTree.Node;
  if (node.type === "VariableDeclarator") return node.init && node.id === name ? classOf(node.init, file, evaluator) : undefined;
  return undefined;
}

/** `constructor(private readonly webhooks: WebhookService)`, `webhooks = new WebhookService()`, `this.webhooks = new WebhookService()` */
function classOfField(owner: TSESTree.ClassDeclaration | TSESTree.ClassExpression, key: string, file: SourceFile, evaluator: Evaluator) {
  for (const member of owner.body.body) {
    if (member.type === "PropertyDefinition" && keyOf(member.key, member.computed) === key) {
      const made = member.value ? classOf(member.value, file, evaluator) : undefined;
      if (made ?? classOfType(member, file, evaluator)) return made ?? classOfType(member, file, evaluator);
    }
    if (member.type !== "MethodDefinition" || member.kind !== "constructor") continue;
    for (const parameter of member.value.params) {
      const inner = parameter.type === "TSParameterProperty" ? parameter.parameter : undefined;
      if (inner?.type === "Identifier" && inner.name === key) return classOfType(inner, file, evaluator);
    }
  }
  const assigned = file.memberAssignments.find(
    ({ left }) =>
      left.type === "MemberExpression" &&
      left.object.type === "ThisExpression" &&
      keyOf(left.property, left.computed) === key &&
      enclosingClass(left) === owner,
  );
  return assigned && classOf(assigned.right, file, evaluator);
}

function classOfType(holder: TSESTree.Node, file: SourceFile, evaluator: Evaluator): ClassValue | undefined {
  const annotation = "typeAnnotation" in holder ? (holder.typeAnnotation as TSESTree.TSTypeAnnotation | undefined) : undefined;
  const type = annotation?.typeAnnotation;
  if (type?.type !== "TSTypeReference" || type.typeName.type !== "Identifier") return undefined;
  return asClass(evaluator.evaluate(type.typeName, file));
}

function ownerOf(node: TSESTree.Node, file: SourceFile): ClassValue | undefined {
  const owner = enclosingClass(node);
  return owner && { kind: "class", node: owner, origin: { file, node: owner } };
}

function asClass(value: Value): ClassValue | undefined {
  return value.kind === "class" ? value : undefined;
}

/** A method or a field that holds a function, of the class or one it extends. */
function methodOf({ node, origin: { file } }: ClassValue, key: string, evaluator: Evaluator, depth: number): FunctionValue | undefined {
  for (const member of node.body.body) {
    if (!("key" in member) || keyOf(member.key, member.computed) !== key) continue;
    if (member.type === "MethodDefinition" && member.value.body)
      return { kind: "function", node: member.value, origin: { file, node: member } };
    if (member.type === "PropertyDefinition" && member.value) return functionAt(member.value, file, evaluator);
  }
  const parent = node.superClass && depth > 0 ? asClass(evaluator.evaluate(node.superClass, file)) : undefined;
  return parent && methodOf(parent, key, evaluator, depth - 1);
}
