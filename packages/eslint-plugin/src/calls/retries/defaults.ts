import type { TSESTree } from "@typescript-eslint/utils";

import type { Frame } from "../evaluate.ts";
import { enclosingClass, isFunction, isWithin, type SourceFile } from "../source-file.ts";
import { numberOf, propertyOf, unknown, type Value } from "../value.ts";

type Evaluate = (node: TSESTree.Node) => Value;

/** Deeper than any setting is handed on inside one file. */
const maximumDepth = 8;

/**
 * Reads what an expression holds when nobody says otherwise, since most callers do not: `3` of `(url, retries = 3)`, of `({ retries = 3 } = {})`, of
 * `const { retries = 3 } = options`, of `options.retries ?? 3`, and of a field that is one of these. Where a call says what it holds, that counts.
 */
export function createDefaults(file: SourceFile, frame: Frame | undefined, evaluate: Evaluate): Evaluate {
  return (node) => read(node, 0);

  function read(node: TSESTree.Node, depth: number): Value {
    const value = evaluate(node);
    if (value.kind === "primitive" || depth > maximumDepth) return value;
    return defaultOf(node, depth + 1) ?? value;
  }

  function defaultOf(node: TSESTree.Node, depth: number): Value | undefined {
    switch (node.type) {
      case "Identifier":
        return ofVariable(node, depth);
      case "MemberExpression": {
        if (node.computed || node.property.type !== "Identifier") return undefined;
        if (node.object.type === "ThisExpression") return ofField(node, node.property.name, depth);
        if (node.property.name === "length") return lengthOf(node);
        const whole = defaultOf(node.object, depth);
        return whole && propertyOf(whole, node.property.name);
      }
      case "LogicalExpression":
        return (node.operator === "??" || node.operator === "||") && isLeftToCaller(node.left) ? read(node.right, depth) : undefined;
      case "BinaryExpression":
        return sumOf(node, depth);
      case "CallExpression":
        return extremeOf(node, depth);
      case "ChainExpression":
      case "TSNonNullExpression":
      case "TSAsExpression":
        return defaultOf(node.expression, depth);
      default:
        return undefined;
    }
  }

  /** `DELAYS.length + 1`, `retries - 1` */
  function sumOf(node: TSESTree.BinaryExpression, depth: number): Value | undefined {
    const { left, operator, right } = node;
    if (left.type === "PrivateIdentifier" || (operator !== "+" && operator !== "-")) return undefined;
    const [one, other] = [numberOf(read(left, depth)), numberOf(read(right, depth))];
    if (one === undefined || other === undefined) return undefined;
    return { kind: "primitive", value: operator === "+" ? one + other : one - other, origin: { file, node } };
  }

  /** `Math.max(0, options.retries || 0)`: the operand that it is. */
  function extremeOf({ callee, arguments: given }: TSESTree.CallExpression, depth: number): Value | undefined {
    const name = /^Math\.(max|min)$/u.exec(file.text.slice(...callee.range))?.[1];
    if (name === undefined || given.length === 0) return undefined;
    const operands = given.map((operand) => read(operand, depth));
    const numbers = operands.map((operand) => numberOf(operand) ?? NaN);
    const extreme = name === "max" ? Math.max(...numbers) : Math.min(...numbers);
    return operands[numbers.indexOf(extreme)];
  }

  /** `DELAYS.length` */
  function lengthOf(node: TSESTree.MemberExpression): Value | undefined {
    const table = evaluate(node.object);
    return table.kind === "array" && table.complete
      ? { kind: "primitive", value: table.elements.length, origin: { file, node } }
      : undefined;
  }

  function ofVariable(node: TSESTree.Identifier, depth: number): Value | undefined {
    const variable = file.variableOf(node);
    if (!variable || variable.references.some((reference) => reference.isWrite() && !reference.init)) return undefined;
    const declared = variable.identifiers[0] as TSESTree.Node | undefined;
    const definition = variable.defs[0]?.node as TSESTree.Node | undefined;
    if (declared?.parent?.type === "AssignmentPattern")
      return isLeftOpen(parameterOwner(definition), declared) ? read(declared.parent.right, depth) : undefined;
    if (definition?.type !== "VariableDeclarator" || !definition.init || definition.parent.kind !== "const") return undefined;
    if (definition.id === declared) return defaultOf(definition.init, depth);
    // const { retries } = { ...defaults, ...options }
    const { parent } = declared ?? {};
    const key =
      parent?.type === "Property" && parent.parent === definition.id && parent.key.type === "Identifier" ? parent.key.name : undefined;
    return key !== undefined && definition.init.type === "ObjectExpression" ? ofProperty(definition.init, key, depth) : undefined;
  }

  /** The last that says it: a property, or an object that is spread. What a caller spreads is nothing, unless it says so. */
  function ofProperty({ properties }: TSESTree.ObjectExpression, name: string, depth: number): Value | undefined {
    for (const property of properties.toReversed()) {
      if (property.type === "Property") {
        if (property.key.type === "Identifier" && property.key.name === name) return read(property.value, depth);
        continue;
      }
      const spread = read(property.argument, depth);
      if (spread.kind === "object" && spread.properties.has(name)) return propertyOf(spread, name);
      if (spread.kind !== "object" || !spread.complete) return undefined;
    }
    return undefined;
  }

  /** `this.retries`, assigned once in its class: `this.retries = options.retries ?? 3`, or declared by the constructor: `private readonly retries = 3`. */
  function ofField(node: TSESTree.MemberExpression, name: string, depth: number): Value | undefined {
    const owner = enclosingClass(node);
    if (!owner) return undefined;
    const member = owner.body.body.find((candidate) => candidate.type === "PropertyDefinition" && isNamed(candidate.key, name));
    const initial = member?.type === "PropertyDefinition" ? (member.value ?? undefined) : undefined;
    const [assigned, ...others] = file.memberAssignments.filter(
      ({ left, operator }) =>
        left.type === "MemberExpression" &&
        left.object.type === "ThisExpression" &&
        isNamed(left.property, name) &&
        operator === "=" &&
        enclosingClass(left) === owner,
    );
    if (others.length > 0) return unknown(`this.${name} is assigned more than once`);
    // this.retries = options.retries ?? this.retries
    if (assigned && !isWithin(node, assigned)) return read(assigned.right, depth);
    return initial ? read(initial, depth) : parameterProperty(owner, name, depth);
  }

  function parameterProperty(owner: TSESTree.ClassDeclaration | TSESTree.ClassExpression, name: string, depth: number): Value | undefined {
    const construct = owner.body.body.find((member) => member.type === "MethodDefinition" && member.kind === "constructor");
    const parameters = construct?.type === "MethodDefinition" ? construct.value.params : [];
    for (const parameter of parameters) {
      const pattern = parameter.type === "TSParameterProperty" ? parameter.parameter : undefined;
      if (pattern?.type === "AssignmentPattern" && isNamed(pattern.left, name)) return read(pattern.right, depth);
    }
    return undefined;
  }

  /** Whether a value is a parameter, a part of one, or a field that the constructor was given. */
  function isLeftToCaller(node: TSESTree.Node): boolean {
    switch (node.type) {
      case "ChainExpression":
        return isLeftToCaller(node.expression);
      case "LogicalExpression":
        return isLeftToCaller(node.left) && isLeftToCaller(node.right);
      case "MemberExpression":
        return isLeftToCaller(node.object);
      case "ThisExpression":
        return true;
      case "Identifier": {
        const variable = file.variableOf(node);
        const owner = parameterOwner(variable?.defs[0]?.node as TSESTree.Node | undefined);
        return owner !== undefined && isLeftOpen(owner, node);
      }
      default:
        return false;
    }
  }

  /** Whether a parameter is of a function that is read by itself, and not for one call of it that says what it holds. */
  function isLeftOpen(owner: TSESTree.FunctionLike | undefined, part: TSESTree.Node): boolean {
    for (let current = frame; current; current = current.outer) {
      if (current.node !== owner) continue;
      const index = owner.params.findIndex((parameter) => isWithin(part, parameter));
      return index !== -1 && current.argument(index).kind === "absent";
    }
    return owner !== undefined;
  }

  /** The function that a variable is a parameter of, or a part of one: `const { retries = 3 } = options`. */
  function parameterOwner(definition: TSESTree.Node | undefined): TSESTree.FunctionLike | undefined {
    if (definition && isFunction(definition)) return definition;
    const whole =
      definition?.type === "VariableDeclarator" && definition.init?.type === "Identifier" ? file.variableOf(definition.init) : undefined;
    const owner = whole?.defs[0]?.node as TSESTree.Node | undefined;
    return owner && isFunction(owner) && owner.params.some((parameter) => isWithin(whole!.identifiers[0] as TSESTree.Node, parameter))
      ? owner
      : undefined;
  }
}

function isNamed(node: TSESTree.Node, name: string): boolean {
  return node.type === "Identifier" && node.name === name;
}
