import type { TSESTree } from "@typescript-eslint/utils";

import type { SourceFile } from "../calls/source-file.ts";

/** The members of a callee as they are written, calls and wrappers left out: `stripe.webhooks.constructEvent` is ["stripe", "webhooks", "constructEvent"]. */
export function namesOf(node: TSESTree.Node): readonly string[] {
  switch (node.type) {
    case "Identifier":
    case "PrivateIdentifier":
      return [node.name];
    case "ThisExpression":
      return ["this"];
    case "Super":
      return ["super"];
    case "MemberExpression":
      return [...namesOf(node.object), ...(node.computed ? literalName(node.property) : namesOf(node.property))];
    case "CallExpression":
    case "NewExpression":
      return namesOf(node.callee);
    case "AwaitExpression":
      return namesOf(node.argument);
    case "ChainExpression":
    case "TSNonNullExpression":
    case "TSAsExpression":
    case "TSSatisfiesExpression":
      return namesOf(node.expression);
    case "SequenceExpression":
      return namesOf(node.expressions.at(-1)!);
    default:
      return [];
  }
}

/** `createWebhookEvent` is ["create", "webhook", "event"], `web-hook` is ["webhook"]. */
export function wordsIn(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/gu, "$1 $2")
    .toLowerCase()
    .replace(/\bweb[-_ ]?(hooks?)\b/gu, "web$1")
    .split(/[^a-z0-9]+/u)
    .filter(Boolean);
}

/** The source of a node without its comments, so that a note to verify one day is not taken for the deed. */
export function codeOf(node: TSESTree.Node, file: SourceFile): string {
  return file.text.slice(...node.range).replace(/\/\*[^]*?\*\/|(^|[\s;{}(),])\/\/[^\n]*/gu, "$1");
}

/** The key of a member or property where it can be read off. */
export function keyOf(key: TSESTree.Node, computed: boolean): string | undefined {
  if (!computed && (key.type === "Identifier" || key.type === "PrivateIdentifier")) return key.name;
  return literalName(key)[0];
}

function literalName(node: TSESTree.Node): readonly string[] {
  return node.type === "Literal" && typeof node.value === "string" ? [node.value] : [];
}
