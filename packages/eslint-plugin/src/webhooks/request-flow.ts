import type { TSESTree } from "@typescript-eslint/utils";

import type { Evaluator } from "../calls/evaluate.ts";
import { type CallLike, nodesWithin, type SourceFile, type Variable } from "../calls/source-file.ts";
import type { FunctionValue } from "../calls/value.ts";
import { codeOf, keyOf, namesOf } from "./names.ts";
import { comparesSecret, isBodyReader, isHarmlessCall, isHeadersCall, isJoining, isSenderCheck, isWebhookReader } from "./call-names.ts";
import { type Part, partOfContext, partOfHeaders, partOfRequest, partOfSurroundings } from "./request-parts.ts";
import { functionAt } from "./resolve-function.ts";

/**
 * What a variable, parameter or expression holds of an incoming request. `reserialized` is the parsed body made text again, `surroundings` is what a framework
 * gives beside the request.
 */
export type Holding = "request" | "context" | "surroundings" | "headers" | "body" | "raw body" | "reserialized";

/** A function that is given the request, and by which of its parameters. */
export interface Receiver {
  readonly function: FunctionValue;
  readonly parameters: ReadonlyMap<number, Holding>;
  /** `fn` of `(fn) => (req, res) => fn(req, res)`: the parameter that stands for a handler which is followed beside it. */
  readonly wraps?: TSESTree.Node;
}

/** A function that runs when a request comes in. */
export interface Reached {
  readonly file: SourceFile;
  readonly node: TSESTree.FunctionLike;
  /** The node of the first file that leads here: the call, or the function itself. */
  readonly from: TSESTree.Node;
}

/** Something that may establish who sent the request. */
export interface SenderCheck {
  readonly kind: "reads" | "hands over" | "calls" | "compares";
  readonly node: TSESTree.Node;
  readonly file: SourceFile;
}

/** The parsed body, made text again, that a signature is checked against. */
export interface Reserialization {
  /** `JSON.stringify(…)`, or the call of a function that returns it. */
  readonly node: CallLike;
  readonly file: SourceFile;
  readonly from: TSESTree.Node;
  /** What is given the text: `hmac.update(…)`, `webhook.verify(…)` */
  readonly checkedBy: CallLike;
}

/** What becomes of an incoming request in the functions that it is given to. */
export interface RequestFlow {
  readonly reached: readonly Reached[];
  readonly bodyUse: TSESTree.Node | undefined;
  readonly checks: readonly SenderCheck[];
  readonly reserialized: readonly Reserialization[];
}

const maximumDepth = 5;
const maximumReached = 150;

/** Follows the request through functions of the project, across files. */
export function followRequest(receivers: readonly Receiver[], evaluator: Evaluator): RequestFlow {
  const reached: Reached[] = [];
  const checks: SenderCheck[] = [];
  const reserialized: Reserialization[] = [];
  const results = new Map<string, Set<Holding>>();
  const holdings = new Map<Variable, Set<Holding>>();
  const identities = new Map<TSESTree.Node, number>();
  const wrapped = new Set(receivers.flatMap(({ wraps }) => wraps ?? []));
  let bodyUse: TSESTree.Node | undefined;
  /** The reserialization whose text is being followed. */
  let made: Omit<Reserialization, "checkedBy"> | undefined;

  for (const receiver of receivers) follow(receiver, receiver.function.node, "entry", 0);
  return { reached, bodyUse, checks, reserialized };

  interface Here {
    readonly file: SourceFile;
    readonly node: TSESTree.FunctionLike;
    readonly from: TSESTree.Node;
    /** In the entry file each node is its own way; further on the call of the entry file is. */
    readonly place: "entry" | "beyond";
    readonly depth: number;
    readonly returned: Set<Holding>;
  }

  /** What of the request the function returns. */
  function follow(
    { function: target, parameters }: Receiver,
    from: TSESTree.Node,
    place: Here["place"],
    depth: number,
  ): ReadonlySet<Holding> {
    const { node } = target;
    const { file } = target.origin;
    const key = [identityOf(node), ...[...parameters].map(([index, holds]) => `${index}:${holds}`)].join(" ");
    const known = results.get(key);
    if (known) return known;
    const returned = new Set<Holding>();
    results.set(key, returned);
    if (depth > maximumDepth || reached.length >= maximumReached) return returned;
    const here: Here = { file, node, from, place, depth, returned };
    if (!reached.some((other) => other.node === node)) {
      reached.push({ file, node, from });
      readCode(here);
    }
    for (const [index, holds] of parameters) {
      const parameter = node.params[index];
      if (parameter) readPattern(parameter.type === "TSParameterProperty" ? parameter.parameter : parameter, holds, here);
    }
    return returned;
  }

  /** What the function calls and compares, whatever it is given. */
  function readCode(here: Here): void {
    const { file, node } = here;
    for (const call of nodesWithin(file.calls, node)) {
      if (isHeadersCall(evaluator.evaluate(call.callee, file))) readUse(call, "headers", here);
      const target = call.type === "CallExpression" ? functionAt(call.callee, file, evaluator) : undefined;
      const name = namesOf(call.callee).join(".");
      if (isSenderCheck(name) && !(target && isWebhookReader(name))) note("calls", call, here);
      if (target) follow({ function: target, parameters: new Map() }, wayOf(call, here), placeOf(target, here), here.depth + 1);
    }
    for (const comparison of nodesWithin(file.comparisons, node))
      if (/^[!=]/u.test(comparison.operator) && comparesSecret(comparison, file)) note("compares", comparison, here);
  }

  function readPattern(pattern: TSESTree.Node, holds: Holding, here: Here): void {
    switch (pattern.type) {
      case "Identifier":
        readVariable(pattern, holds, here);
        return;
      case "AssignmentPattern":
        readPattern(pattern.left, holds, here);
        return;
      case "ObjectPattern":
        if (holds === "body") bodyUse ??= pattern;
        for (const property of pattern.properties) {
          if (property.type === "RestElement") note("reads", property, here);
          else readPart(partOf(holds, keyOf(property.key, property.computed)), property.value, here, "pattern");
        }
        return;
      default:
        return;
    }
  }

  /** Every use of a variable, once for each thing it may hold: `body = body ?? {}` assigns it from itself. */
  function readVariable(identifier: TSESTree.Identifier, holds: Holding, here: Here): void {
    const variable = here.file.variableOf(identifier);
    const held = variable && (holdings.get(variable) ?? new Set());
    if (!held || held.has(holds)) return;
    holdings.set(variable, held.add(holds));
    for (const reference of variable.references) if (!reference.isWriteOnly()) readUse(reference.identifier as TSESTree.Node, holds, here);
  }

  function readPart(part: Part, at: TSESTree.Node, here: Here, how: "pattern" | "use"): void {
    if (part === "nothing") return;
    if (part === "may tell the sender") note("reads", at, here);
    else if (how === "pattern") readPattern(at, part.holds, here);
    else readUse(at, part.holds, here);
  }

  /** What is done with an expression that holds a part of the request. */
  function readUse(expression: TSESTree.Node, holds: Holding, here: Here): void {
    if (holds === "body" || holds === "raw body") bodyUse ??= expression;
    const { parent } = expression;
    if (!parent || expression === here.node) return;
    switch (parent.type) {
      case "AwaitExpression":
      case "ChainExpression":
      case "TSAsExpression":
      case "TSNonNullExpression":
      case "TSSatisfiesExpression":
      case "TSTypeAssertion":
        readUse(parent, holds, here);
        return;
      case "MemberExpression":
        if (parent.object === expression) readMember(parent, holds, here);
        return;
      case "CallExpression":
      case "NewExpression":
        if (parent.callee === expression) readUse(parent, holds, here);
        else readArgument(parent, expression, holds, here);
        return;
      case "VariableDeclarator":
        readPattern(parent.id, holds, here);
        return;
      case "ArrowFunctionExpression":
        if (parent.body === expression && parent === here.node) here.returned.add(holds);
        return;
      case "ReturnStatement":
        here.returned.add(holds);
        return;
      case "TemplateLiteral":
      case "BinaryExpression":
        if (holds === "reserialized" && isJoining(parent)) readUse(parent, holds, here);
        return;
      case "LogicalExpression":
        // A fallback: which of the two it is, nobody knows, but for `body || ""`.
        if ((holds !== "reserialized" && holds !== "body") || isEmpty(parent.right)) readUse(parent, holds, here);
        return;
      case "AssignmentExpression":
        if (parent.right === expression && parent.left.type === "Identifier") readPattern(parent.left, holds, here);
        else if (parent.right === expression) handedOn(expression, holds, here);
        return;
      case "ExpressionStatement":
      case "IfStatement":
      case "UnaryExpression":
        return;
      default:
        handedOn(expression, holds, here);
    }
  }

  /** Kept in an object or handed to code that is not followed: the request or its headers may be looked at there. */
  function handedOn(expression: TSESTree.Node, holds: Holding, here: Here): void {
    if (holds === "request" || holds === "context" || holds === "surroundings" || holds === "headers") note("hands over", expression, here);
  }

  function readMember(member: TSESTree.MemberExpression, holds: Holding, here: Here): void {
    const key = member.computed ? textOf(member.property, here.file) : keyOf(member.property, false);
    if (holds === "reserialized") {
      if (/^(?:toString|trim|valueOf)$/u.test(key ?? "")) readUse(member, holds, here);
      return;
    }
    if (holds === "body" || holds === "raw body") return;
    const call = member.parent.type === "CallExpression" && member.parent.callee === member ? member.parent : undefined;
    if (call && /^(?:get|has|header)$/u.test(key ?? "")) {
      const [name] = call.arguments;
      readPart(partOf("headers", name && textOf(name, here.file)), call, here, "use");
      return;
    }
    readPart(partOf(holds, key), member, here, "use");
  }

  function readArgument(call: CallLike, argument: TSESTree.Node, holds: Holding, here: Here): void {
    const index = call.arguments.indexOf(argument as TSESTree.CallExpressionArgument);
    const names = namesOf(call.callee);
    const name = names.join(".");
    if (name === "JSON.stringify") {
      // With spaces the text is the one of a sender that lays it out so: Plaid signs what JSON.stringify(body, null, 2) gives.
      if (holds === "body" && index === 0 && call.arguments.length < 3) readReserialization(call, here);
      return;
    }
    if (name === "JSON.parse") {
      readUse(call, "body", here);
      return;
    }
    if (holds === "reserialized") {
      readReserialized(call, index, names, here);
      return;
    }
    const target = call.type === "CallExpression" ? functionAt(call.callee, here.file, evaluator) : undefined;
    if (target) {
      const given = follow(
        { function: target, parameters: new Map([[index, holds]]) },
        wayOf(call, here),
        placeOf(target, here),
        here.depth + 1,
      );
      for (const returned of given) {
        if (returned === "reserialized") readReserialization(call, here);
        else readUse(call, returned, here);
      }
      return;
    }
    if (holds === "body" || holds === "raw body" || isWrapped(call.callee, here.file)) return;
    if (isBodyReader(names.at(-1))) readUse(call, "raw body", here);
    else if (!isHarmlessCall(name)) note("hands over", call, here);
  }

  function isWrapped(callee: TSESTree.Node, file: SourceFile): boolean {
    const definition = callee.type === "Identifier" ? file.variableOf(callee)?.defs[0] : undefined;
    return definition !== undefined && wrapped.has(definition.name as TSESTree.Node);
  }

  function readReserialization(call: CallLike, here: Here): void {
    const outer = made;
    made = { node: call, file: here.file, from: wayOf(call, here) };
    readUse(call, "reserialized", here);
    made = outer;
  }

  function readReserialized(call: CallLike, index: number, names: readonly string[], here: Here): void {
    const name = names.at(-1) ?? "";
    const target = call.type === "CallExpression" ? functionAt(call.callee, here.file, evaluator) : undefined;
    if (target) {
      const parameters = new Map([[index, "reserialized" as const]]);
      const given = follow({ function: target, parameters }, wayOf(call, here), placeOf(target, here), here.depth + 1);
      for (const returned of given) readUse(call, returned, here);
    } else if (/^(?:from|encode|String|toString|TextEncoder)$/u.test(name)) readUse(call, "reserialized", here);
    else if (isSignatureInput(call, names, here.file))
      reserialized.push({ ...(made ?? { node: call, file: here.file, from: wayOf(call, here) }), checkedBy: call });
  }

  function isSignatureInput(call: CallLike, names: readonly string[], file: SourceFile): boolean {
    const name = names.at(-1) ?? "";
    if (name === "update") return /createHmac|createHash|createVerify/u.test(codeOf(madeBy(call.callee, file), file));
    return /^Hmac/u.test(name) || /^constructEvent/u.test(name) || (/^(?:verify|validate|isValid)/u.test(name) && isSenderCheck(name));
  }

  /** `hmac` of `hmac.update(x)` as it was made. */
  function madeBy(callee: TSESTree.Node, file: SourceFile): TSESTree.Node {
    const object = callee.type === "MemberExpression" ? callee.object : callee;
    const definition = object.type === "Identifier" ? file.variableOf(object)?.defs[0] : undefined;
    return (definition?.node as TSESTree.Node | undefined) ?? object;
  }

  function textOf(node: TSESTree.Node, file: SourceFile): string | undefined {
    const value = evaluator.evaluate(node, file);
    return value.kind === "primitive" ? String(value.value) : undefined;
  }

  function partOf(holds: Holding, key: string | undefined): Part {
    if (key === undefined) return holds === "body" || holds === "raw body" || holds === "reserialized" ? "nothing" : "may tell the sender";
    switch (holds) {
      case "request":
        return partOfRequest(key);
      case "context":
        return partOfContext(key);
      case "surroundings":
        return partOfSurroundings(key);
      case "headers":
        return partOfHeaders(key);
      default:
        return "nothing";
    }
  }

  function note(kind: SenderCheck["kind"], node: TSESTree.Node, { file }: Here): void {
    checks.push({ kind, node, file });
  }

  function wayOf(call: CallLike, here: Here): TSESTree.Node {
    return here.place === "entry" ? call : here.from;
  }

  function placeOf(target: FunctionValue, here: Here): Here["place"] {
    return here.place === "entry" && target.origin.file === here.file ? "entry" : "beyond";
  }

  function identityOf(node: TSESTree.Node): number {
    const known = identities.get(node) ?? identities.size;
    identities.set(node, known);
    return known;
  }
}

/** `""`, `{}`, `null` */
function isEmpty(node: TSESTree.Node): boolean {
  return node.type === "Literal" ? !node.value : node.type === "ObjectExpression" && node.properties.length === 0;
}
