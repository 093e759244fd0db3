import type { TSESTree } from "@typescript-eslint/utils";

import { isFunction, type SourceFile } from "../../calls/source-file.ts";
import { codeOf, keyOf, namesOf } from "../../webhooks/names.ts";
import { memberName, propertyNamed, unwrapped } from "../syntax.ts";
import { valuesOf } from "./digest.ts";

/** Where a value comes from that a digest is compared with: the request, a caller, or the program's own store. */
export type GivenFrom = "request" | "caller" | "elsewhere";

/** Follows conversions and variables back to a part of a request or a parameter. */
export function givenFrom(node: TSESTree.Node, file: SourceFile, depth = 8): GivenFrom {
  if (depth === 0) return "elsewhere";
  const inner = unwrapped(node);
  switch (inner.type) {
    case "Identifier":
      return ofVariable(inner, file, depth);
    case "MemberExpression":
      return isRequestPart(inner, file) ? "request" : givenFrom(memberOfLiteral(inner, file) ?? inner.object, file, depth - 1);
    case "CallExpression":
    case "NewExpression":
      return ofCall(inner, file, depth);
    case "LogicalExpression":
      return givenFrom(inner.left, file, depth - 1);
    case "ConditionalExpression":
      return strongest([inner.consequent, inner.alternate], file, depth);
    case "TemplateLiteral":
      return strongest(inner.expressions, file, depth);
    default:
      return "elsewhere";
  }
}

/** `options.headers["x-signature"]` of an object that this file writes. */
function memberOfLiteral(node: TSESTree.MemberExpression, file: SourceFile): TSESTree.Node | undefined {
  const name = memberName(node);
  const object = unwrapped(node.object);
  const [only, ...others] = object.type === "Identifier" ? valuesOf(object, file) : [];
  const held = object.type === "MemberExpression" ? memberOfLiteral(object, file) : others.length === 0 ? only : undefined;
  const literal = held && unwrapped(held);
  return literal?.type === "ObjectExpression" && name !== undefined ? propertyNamed(literal, name)?.value : undefined;
}

function strongest(nodes: readonly TSESTree.Node[], file: SourceFile, depth: number): GivenFrom {
  const sources = nodes.map((node) => givenFrom(node, file, depth - 1));
  return sources.find((source) => source === "request") ?? sources.find((source) => source === "caller") ?? "elsewhere";
}

function ofVariable(identifier: TSESTree.Identifier, file: SourceFile, depth: number): GivenFrom {
  const definition = file.variableOf(identifier)?.defs[0];
  if (!definition) return "elsewhere";
  if (String(definition.type) === "Parameter")
    return (
      isIterated(definition.node as TSESTree.Node) ??
      (isPartBesideRequest(identifier, definition.node as TSESTree.Node) ? "request" : "caller")
    );
  const declarator = definition.node as TSESTree.Node;
  if (declarator.type !== "VariableDeclarator") return "elsewhere";
  if (declarator.parent.parent.type === "ForOfStatement") return givenFrom(declarator.parent.parent.right, file, depth - 1);
  if (declarator.id.type === "Identifier") return strongest(valuesOf(identifier, file), file, depth);
  return declarator.init ? ofDestructured(declarator.init, file, depth) : "elsewhere";

  /** `signatures.some((signature) => signature === expected)` */
  function isIterated(owner: TSESTree.Node): GivenFrom | undefined {
    const call = owner.parent;
    if (call?.type !== "CallExpression" || call.callee.type !== "MemberExpression") return undefined;
    return /^(?:some|every|find|filter|forEach|map|findIndex)$/u.test(memberName(call.callee) ?? "")
      ? givenFrom(call.callee.object, file, depth - 1)
      : undefined;
  }
}

/** `params` of a loader's `({ request, params })` */
function isPartBesideRequest({ name }: TSESTree.Identifier, owner: TSESTree.Node): boolean {
  if (!isFunction(owner) || !parts.test(name)) return false;
  return owner.params.some((parameter) => {
    const keys = parameter.type === "ObjectPattern" ? parameter.properties.map(keyOfProperty) : [];
    return keys.includes(name) && keys.some((key) => key !== undefined && requests.test(key));
  });
}

function keyOfProperty(property: TSESTree.Property | TSESTree.RestElement): string | undefined {
  return property.type === "Property" ? keyOf(property.key, property.computed) : undefined;
}

/** `const { hmac, ...rest } = req.query`, `const { body } = req` */
function ofDestructured(init: TSESTree.Node, file: SourceFile, depth: number): GivenFrom {
  const inner = unwrapped(init);
  return isRequest(inner, file) ? "request" : givenFrom(inner, file, depth - 1);
}

const parts = /^(?:headers?|query|searchParams|cookies|body|params|rawHeaders|queryStringParameters|nextUrl)$/u;
const requests = /^(?:req|request|ctx|context|event|c|evt|reply|socket|handshake|message|args)$/u;

function isRequestPart(node: TSESTree.MemberExpression, file: SourceFile): boolean {
  const names = namesOf(node);
  return names.length > 1 && names.slice(1).some((name) => parts.test(name)) && isRequest(rootOf(node), file);
}

/** A parameter that is called as a request is, a request kept in a field, or Next's `headers()`. */
function isRequest(node: TSESTree.Node, { variableOf }: SourceFile): boolean {
  if (node.type === "ThisExpression") return true;
  if (node.type !== "Identifier" || !requests.test(node.name)) return false;
  const definition = variableOf(node)?.defs[0];
  if (String(definition?.type) === "Parameter") return true;
  // `const { req } = props`
  const declarator = definition?.node as TSESTree.Node | undefined;
  return declarator?.type === "VariableDeclarator" && declarator.id.type === "ObjectPattern";
}

function rootOf(node: TSESTree.Node): TSESTree.Node {
  const inner = unwrapped(node);
  if (inner.type === "MemberExpression") return rootOf(inner.object);
  return inner.type === "CallExpression" ? rootOf(inner.callee) : inner;
}

/** Conversions keep the origin; `req.get("X-Signature")` and `headers().get(…)` are the request's. */
function ofCall(node: TSESTree.CallExpression | TSESTree.NewExpression, file: SourceFile, depth: number): GivenFrom {
  const { callee, arguments: given } = node;
  const names = namesOf(callee);
  const joined = names.join(".");
  const [first] = given;
  if (
    /^(?:Buffer\.from|Buffer|String|Uint8Array|Uint8Array\.from|decodeURIComponent|atob|\w*[eE]ncode\w*|hexToBytes|Array\.from|URL|URLSearchParams)$/u.test(
      joined,
    ) ||
    names.at(-1) === "encode" ||
    // A schema gives back what it is given.
    (callee.type === "MemberExpression" && /^(?:parse|safeParse|parseAsync)$/u.test(names.at(-1) ?? ""))
  )
    return first ? givenFrom(first, file, depth - 1) : "elsewhere";
  if (callee.type !== "MemberExpression") {
    if (/^(?:getHeader|getRequestHeader|getHeaders|headers|getQuery|readBody)$/u.test(joined)) return "request";
    return first && /parse|extract|header|signature/iu.test(joined) ? givenFrom(first, file, depth - 1) : "elsewhere";
  }
  if (/^(?:get|header)$/u.test(names.at(-1) ?? "")) {
    if (isRequest(rootOf(callee.object), file) && /headers|searchParams|req|request|^ctx$/u.test(codeOf(callee, file))) return "request";
    return givenFrom(callee.object, file, depth - 1);
  }
  return /^(?:split|slice|substring|substr|replace|replaceAll|trim|toString|toLowerCase|toUpperCase|at|pop|shift|find|filter|map|match)$/u.test(
    names.at(-1) ?? "",
  )
    ? givenFrom(callee.object, file, depth - 1)
    : "elsewhere";
}
