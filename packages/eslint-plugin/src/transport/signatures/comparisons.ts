import type { TSESTree } from "@typescript-eslint/utils";

import type { CallLike } from "../../calls/source-file.ts";
import { codeOf, namesOf } from "../../webhooks/names.ts";
import { unwrapped } from "../syntax.ts";
import { type Digest, digestAt, type Reading } from "./digest.ts";
import { givenFrom } from "./given-value.ts";

/** A comparison of a secret code with what somebody sent, which takes longer the more of it is right. */
export interface LeakyComparison {
  readonly node: TSESTree.BinaryExpression | TSESTree.CallExpression;
  /** `===`, `localeCompare()` */
  readonly says: string;
  readonly digest: Digest;
  readonly computed: TSESTree.Node;
  readonly given: TSESTree.Node;
  /** Whether the expression is true for codes that differ; undefined where it gives an order, which no fix keeps. */
  readonly meansEqual: boolean | undefined;
}

/** Every comparison of the file whose one side is a code and whose other side comes from outside. */
export function leakyComparisons(reading: Reading): LeakyComparison[] {
  const { file } = reading;
  return [
    ...file.comparisons.flatMap((node) => (/^[!=]=/u.test(node.operator) ? (byOperator(node, reading) ?? []) : [])),
    ...file.calls.flatMap((node) => byMethod(node, reading) ?? []),
  ];
}

function byOperator(node: TSESTree.BinaryExpression, reading: Reading): LeakyComparison | undefined {
  if (node.left.type === "PrivateIdentifier" || isOnlyLogged(node)) return undefined;
  const sides = sidesOf(node.left, node.right, reading);
  return sides && { node, says: `\`${node.operator}\``, meansEqual: node.operator.startsWith("="), ...sides };
}

/** `logger.debug("…", { match: computed === given })`: whoever sends the other side does not feel how long it took. */
function isOnlyLogged({ parent }: TSESTree.Node): boolean {
  const call = parent?.type === "Property" && parent.parent.type === "ObjectExpression" ? parent.parent.parent : undefined;
  return call?.type === "CallExpression" && /^(?:debug|trace|verbose|info|log|warn|error)$/u.test(namesOf(call.callee).at(-1) ?? "");
}

/** `a.equals(b)`, `a.localeCompare(b)`, `Buffer.compare(a, b)`, `isEqual(a, b)` */
function byMethod(node: CallLike, reading: Reading): LeakyComparison | undefined {
  if (node.type !== "CallExpression") return undefined;
  const { callee, arguments: given } = node;
  const names = namesOf(callee);
  const name = names.at(-1) ?? "";
  const [first, second] = given;
  if (!first || first.type === "SpreadElement" || second?.type === "SpreadElement") return undefined;
  if (callee.type === "MemberExpression" && /^(?:equals|localeCompare)$/u.test(name) && !second) {
    const sides = sidesOf(callee.object, first, reading);
    return sides && { node, says: `${name}()`, meansEqual: name === "equals" ? true : undefined, ...sides };
  }
  if (!second || !/^(?:Buffer\.compare|(?:_\.|lodash\.)?isEqual)$/u.test(names.join("."))) return undefined;
  const sides = sidesOf(first, second, reading);
  return sides && { node, says: `${name}()`, meansEqual: undefined, ...sides };
}

/** Two codes that are both computed here may be compared in any way: comparing digests of two texts is a way to hide where they differ. */
function sidesOf(
  left: TSESTree.Node,
  right: TSESTree.Node,
  reading: Reading,
): Pick<LeakyComparison, "digest" | "computed" | "given"> | undefined {
  if (isPlain(left) || isPlain(right)) return undefined;
  const [ofLeft, ofRight] = [digestAt(left, reading), digestAt(right, reading)];
  const digest = ofLeft ?? ofRight;
  if (!digest || (ofLeft && ofRight)) return undefined;
  const [computed, given] = ofLeft ? [left, right] : [right, left];
  return isSentBy(given, digest, reading) ? { digest, computed, given } : undefined;
}

function isPlain(node: TSESTree.Node): boolean {
  const inner = unwrapped(node);
  if (inner.type === "Literal" || inner.type === "UnaryExpression" || inner.type === "ObjectExpression") return true;
  if (inner.type === "TemplateLiteral") return inner.expressions.length === 0;
  if (inner.type === "Identifier") return inner.name === "undefined";
  return inner.type === "MemberExpression" && /^(?:length|byteLength|size)$/u.test(namesOf(inner).at(-1) ?? "");
}

/**
 * A code compared with a part of the request is a check of who sent it. What a caller hands over may as well be the stored digest of a password or a row of
 * a table, which is no secret that can be guessed bit by bit; there names decide, towards silence.
 */
function isSentBy(given: TSESTree.Node, { kind }: Digest, { file }: Reading): boolean {
  const from = givenFrom(given, file);
  const code = codeOf(given, file);
  if (kind === "hash") return false;
  if (from === "request") return kind === "mac" || signatureWords.test(code) || signatureWords.test(originCode(given, { file }));
  if (from === "elsewhere") return false;
  // A hash over a text with a secret in it is how a password is kept, too.
  if (kind === "keyed hash") return /sign|hmac|\bsig\b/iu.test(code);
  return sentWords.test(code) || !storedWords.test(code);
}

const signatureWords = /sign|hmac|\bmac\b|\bsig\b|\bhash\b|digest|\bv_?sign|checksum|token/iu;
const sentWords = /sign|hmac|\bsig|header|received|given|provided/iu;
const storedWords =
  /stored|hashed|hash\b|\bdb|row|record|\buser|exist|saved|prev|cache|etag|fingerprint|expectedHash|hash_|current|\bold|\blast/iu;

function originCode(given: TSESTree.Node, { file }: Pick<Reading, "file">): string {
  const inner = unwrapped(given);
  const declared = inner.type === "Identifier" ? (file.variableOf(inner)?.defs[0]?.node as TSESTree.Node | undefined) : undefined;
  return declared?.type === "VariableDeclarator" ? codeOf(declared, file) : "";
}
