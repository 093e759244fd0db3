import type { TSESTree } from "@typescript-eslint/utils";

import type { SourceFile } from "../calls/source-file.ts";
import { codeOf, keyOf, namesOf } from "./names.ts";

/** What has to be there for a condition to hold: a header that the sender may leave out, or a secret that the environment may. */
export interface Needed {
  readonly what: "header" | "secret";
  /** "stripe-signature", "STRIPE_WEBHOOK_SECRET" */
  readonly name: string;
}

/** Of a condition that only asks whether things are there (`secret && signature`), what they are; undefined for any other. */
export function neededBy(test: TSESTree.Node, file: SourceFile): readonly Needed[] | undefined {
  return allOf(operandsOf(test, "&&").map((operand) => needed(operand, file, 4)));
}

/** The same for `!secret || !signature`, which asks whether one is missing. */
export function missedBy(test: TSESTree.Node, file: SourceFile): readonly Needed[] | undefined {
  return allOf(
    operandsOf(test, "||").map((operand) =>
      operand.type === "UnaryExpression" && operand.operator === "!" ? needed(operand.argument, file, 4) : undefined,
    ),
  );
}

function operandsOf(node: TSESTree.Node, operator: "&&" | "||"): readonly TSESTree.Node[] {
  return node.type === "LogicalExpression" && node.operator === operator
    ? [...operandsOf(node.left, operator), ...operandsOf(node.right, operator)]
    : [node];
}

function allOf(found: readonly (Needed | undefined)[]): readonly Needed[] | undefined {
  return found.every((one) => one !== undefined) ? found : undefined;
}

function needed(node: TSESTree.Node, file: SourceFile, depth: number): Needed | undefined {
  if (depth === 0) return undefined;
  switch (node.type) {
    case "ChainExpression":
    case "TSAsExpression":
    case "TSNonNullExpression":
      return needed(node.expression, file, depth);
    case "Identifier":
      return ofVariable(node, file, depth);
    case "LogicalExpression":
      return node.operator !== "&&" && isEmptyText(node.right) ? needed(node.left, file, depth) : undefined;
    case "MemberExpression":
      return headerAt(node) ?? secretAt(node);
    case "CallExpression":
      return headerAt(node) ?? ofFunction(node, file, depth);
    default:
      return undefined;
  }
}

function ofVariable(identifier: TSESTree.Identifier, file: SourceFile, depth: number): Needed | undefined {
  const [definition, ...others] = file.variableOf(identifier)?.defs ?? [];
  const node = definition?.node as TSESTree.Node | undefined;
  if (node?.type !== "VariableDeclarator" || !node.init || others.length > 0 || node.id.type !== "Identifier") return undefined;
  return needed(node.init, file, depth - 1);
}

/** `const secret = () => process.env.ACME_SECRET` */
function ofFunction({ callee }: TSESTree.CallExpression, file: SourceFile, depth: number): Needed | undefined {
  const definition = callee.type === "Identifier" ? (file.variableOf(callee)?.defs[0]?.node as TSESTree.Node | undefined) : undefined;
  const made = definition?.type === "VariableDeclarator" ? definition.init : undefined;
  return made?.type === "ArrowFunctionExpression" && made.body.type !== "BlockStatement" ? needed(made.body, file, depth - 1) : undefined;
}

function isEmptyText(node: TSESTree.Node): boolean {
  return node.type === "Literal" && (node.value === "" || node.value === null);
}

/** Of Standard Webhooks the id and the time are signed with the body, and looked for with the signature. */
const signatureName = /sign|hmac|\bsig\b|digest|timestamp|^(?:svix|webhook)-id$/iu;

/** `req.headers["stripe-signature"]`, `request.headers.get("x-signature")`, `req.get("X-Signature")` */
function headerAt(node: TSESTree.MemberExpression | TSESTree.CallExpression): Needed | undefined {
  const name = node.type === "MemberExpression" ? keyOf(node.property, node.computed) : literalOf(node.arguments[0]);
  const members = namesOf(node.type === "MemberExpression" ? node.object : node.callee);
  const isRead = node.type === "MemberExpression" ? members.at(-1) === "headers" : /^(?:get|header)$/u.test(members.at(-1) ?? "");
  return isRead && name !== undefined && signatureName.test(name) ? { what: "header", name } : undefined;
}

function literalOf(node: TSESTree.Node | undefined): string | undefined {
  return node?.type === "Literal" && typeof node.value === "string" ? node.value : undefined;
}

/** `process.env.STRIPE_WEBHOOK_SECRET`, `env.GITHUB_SECRET` */
function secretAt(node: TSESTree.MemberExpression): Needed | undefined {
  if (namesOf(node.object).at(-1) !== "env") return undefined;
  const name = keyOf(node.property, node.computed);
  return name !== undefined && /secret|sign|key|token/iu.test(name) ? { what: "secret", name } : undefined;
}

/** Something that is told by where the program runs is not told by a sender. */
export function dependsOnPlace(node: TSESTree.Node, file: SourceFile): boolean {
  return /NODE_ENV|\bprod|[a-z]Prod|\bis_?dev|development|\btest\b|skip/iu.test(codeOf(node, file));
}
