import type { TSESTree } from "@typescript-eslint/utils";

import type { SourceFile } from "../../calls/source-file.ts";
import { codeOf, namesOf } from "../../webhooks/names.ts";
import { functionAt } from "../../webhooks/resolve-function.ts";
import type { Reading } from "./digest.ts";

/** A check of a signature whose answer is a Promise that nobody waits for. */
export interface UnawaitedCheck {
  readonly node: TSESTree.CallExpression;
  readonly use: "as a condition" | "not at all";
}

/** Whether the Promise gives true or false, or rejects when the signature is wrong. */
type Verifier = "answers" | "rejects";

export function unawaitedChecks(reading: Reading): UnawaitedCheck[] {
  return reading.file.calls.flatMap((node) => {
    if (node.type !== "CallExpression") return [];
    const use = useOf(node, reading.file);
    const verifier = use && verifierAt(node, reading);
    if (!verifier || (use === "not at all" && verifier === "project")) return [];
    return [{ node, use }];
  });
}

/**
 * stripe@23 cjs/Webhooks.js: constructEventAsync; @octokit/webhooks-methods@6 dist-src/node/verify.js; square@46 wrapper/WebhooksHelper.js;
 * @paddle/paddle-node-sdk@3 notifications/helpers/webhooks-validator; jose@6 dist/webapi/jwt/verify.js; @clerk/backend webhooks.
 */
const verifiers: Readonly<Record<string, Verifier>> = {
  "@octokit/webhooks-methods.verify": "answers",
  "@octokit/webhooks-methods.verifyWithFallback": "answers",
  "square.WebhooksHelper.verifySignature": "answers",
  "jose.jwtVerify": "rejects",
  "jose.compactVerify": "rejects",
  "jose.flattenedVerify": "rejects",
  "jose.generalVerify": "rejects",
  "@clerk/backend/webhooks.verifyWebhook": "rejects",
  "@clerk/nextjs/webhooks.verifyWebhook": "rejects",
  "@clerk/express/webhooks.verifyWebhook": "rejects",
};

function verifierAt({ callee }: TSESTree.CallExpression, { file, evaluator }: Reading): Verifier | "project" | undefined {
  const names = namesOf(callee);
  const name = names.at(-1) ?? "";
  if (name === "constructEventAsync") return "rejects";
  if (name === "verify" && names.at(-2) === "subtle") return "answers";
  if (names.at(-2) === "webhooks" && (name === "unmarshal" || name === "isSignatureValid") && /paddle/iu.test(file.text))
    return name === "unmarshal" ? "rejects" : "answers";
  if (!/verif|valid|check|sign|auth/iu.test(name)) return undefined;
  if (callee.type === "MemberExpression" && /^verify(?:AndReceive)?$/u.test(name)) {
    const object = evaluator.evaluate(callee.object, file);
    if (object.kind === "result" && object.callee.module === "@octokit/webhooks" && object.callee.path.join(".") === "Webhooks")
      return name === "verify" ? "answers" : "rejects";
  }
  const value = evaluator.evaluate(callee, file);
  if (value.kind === "reference") return verifiers[[value.module, ...value.path].join(".")];
  const target = functionAt(callee, file, evaluator);
  if (!target || !isAsync(target.node)) return undefined;
  return /timingSafeEqual|createHmac|subtle\.(?:verify|sign)\(|constructEventAsync|verifySignature\(|jwtVerify\(/u.test(
    codeOf(target.node, target.origin.file),
  )
    ? "project"
    : undefined;
}

function isAsync(node: TSESTree.FunctionLike): boolean {
  return "async" in node && node.async && !("generator" in node && node.generator);
}

function useOf(node: TSESTree.CallExpression, file: SourceFile): UnawaitedCheck["use"] | undefined {
  const { parent } = node;
  if (parent.type === "ExpressionStatement") return "not at all";
  if (isCondition(node)) return "as a condition";
  if (parent.type !== "VariableDeclarator" || parent.init !== node || parent.id.type !== "Identifier") return undefined;
  const reads = file.variableOf(parent.id)?.references.filter((reference) => reference.isRead()) ?? [];
  return reads.length > 0 && reads.every(({ identifier }) => isCondition(identifier as TSESTree.Node)) ? "as a condition" : undefined;
}

function isCondition(node: TSESTree.Node): boolean {
  const parent = node.parent;
  switch (parent?.type) {
    case "UnaryExpression":
      return parent.operator === "!";
    case "IfStatement":
    case "ConditionalExpression":
    case "WhileStatement":
    case "DoWhileStatement":
      return parent.test === node;
    case "LogicalExpression":
      return parent.operator !== "??" && (parent.left === node || isCondition(parent));
    case "ChainExpression":
    case "TSNonNullExpression":
    case "TSAsExpression":
      return isCondition(parent);
    default:
      return false;
  }
}
