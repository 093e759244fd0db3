import type { TSESTree } from "@typescript-eslint/utils";

import { type CallLike, isFunction, type SourceFile } from "../../calls/source-file.ts";
import { codeOf, namesOf } from "../../webhooks/names.ts";
import { functionAround } from "../syntax.ts";
import { type Digest, digestAt, type Reading } from "./digest.ts";
import { givenFrom } from "./given-value.ts";

/** A `timingSafeEqual` that throws for a forged code of another length, where nothing expects it to. */
export interface UnguardedComparison {
  readonly node: TSESTree.CallExpression;
  readonly sides: readonly [TSESTree.Expression, TSESTree.Expression];
  /** The one that comes from outside. */
  readonly given: TSESTree.Expression;
}

/** Operands of different lengths make it throw ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH (node@24 src/crypto/crypto_timing.cc). */
export function unguardedComparisons(reading: Reading): UnguardedComparison[] {
  return reading.file.calls.flatMap((node) => unguarded(node, reading) ?? []);
}

function unguarded(node: CallLike, reading: Reading): UnguardedComparison | undefined {
  const [left, right, ...others] = node.arguments;
  if (node.type !== "CallExpression" || namesOf(node.callee).at(-1) !== "timingSafeEqual" || !left || !right || others.length > 0)
    return undefined;
  if (left.type === "SpreadElement" || right.type === "SpreadElement") return undefined;
  const digests = [digestAt(left, reading), digestAt(right, reading)];
  if (digests[0] && digests[1]) return undefined;
  const digest = digests[0] ?? digests[1];
  const given = [left, right].find((side, index) => !digests[index] && isSent(side, digest, reading.file));
  return given && !isGuarded(node, reading.file) && !isCaught(node, reading.file) ? { node, sides: [left, right], given } : undefined;
}

function isSent(side: TSESTree.Node, digest: Digest | undefined, file: SourceFile): boolean {
  const from = givenFrom(side, file);
  return from === "request" || (from === "caller" && digest?.kind === "mac");
}

/** Whether the function looks at lengths, or at the form of the code, or makes both sides equally long; names decide towards silence. */
function isGuarded(node: TSESTree.Node, file: SourceFile): boolean {
  const around = outermost(node);
  return /\blength\b|byteLength|\.test\(|\.match\(|\.exec\(|pad(?:End|Start)|Buffer\.alloc|scrypt|pbkdf2|createHash|safeParse|\bz\.|bcrypt|argon/u.test(
    codeOf(around ?? file.ast, file),
  );
}

function outermost(node: TSESTree.Node): TSESTree.Node | undefined {
  const inner = functionAround(node);
  const outer = inner && functionAround(inner);
  return outer ?? inner;
}

/** In a `try` of its own, or called in one by this file. */
function isCaught(node: TSESTree.Node, file: SourceFile, depth = 3): boolean {
  for (let current = node; current.parent; current = current.parent) {
    const { parent } = current;
    if (parent.type === "TryStatement" && parent.block === current && parent.handler) return true;
    if (isFunction(current)) return depth > 0 && callsOf(current, file).some((call) => isCaught(call, file, depth - 1));
  }
  return false;
}

/** Calls of a function by its name, as far as this file has them. */
function callsOf(node: TSESTree.FunctionLike, { calls }: SourceFile): readonly CallLike[] {
  const holder = node.parent;
  const name =
    node.type === "FunctionDeclaration"
      ? node.id?.name
      : holder?.type === "VariableDeclarator"
        ? namesOf(holder.id).at(-1)
        : holder?.type === "MethodDefinition" || holder?.type === "Property" || holder?.type === "PropertyDefinition"
          ? namesOf(holder.key).at(-1)
          : undefined;
  return name === undefined ? [] : calls.filter((call) => namesOf(call.callee).at(-1) === name);
}
