import { createHash } from "node:crypto";

/** The append-only edge of an RFC 6962 Merkle tree: the roots of its complete subtrees, largest first. */
export interface Frontier {
  readonly size: number;
  readonly subtrees: readonly Buffer[];
}

/** Root of the tree with no leaves: SHA-256 of nothing (RFC 6962 section 2.1). */
export const EMPTY_ROOT: Buffer = createHash("sha256").digest();

export const emptyFrontier: Frontier = { size: 0, subtrees: [] };

/** SHA-256(0x00 ‖ data), RFC 6962 section 2.1. */
export function leafHash(data: Uint8Array): Buffer {
  return createHash("sha256").update(LEAF).update(data).digest();
}

/** SHA-256(0x01 ‖ left ‖ right), RFC 6962 section 2.1. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return createHash("sha256").update(NODE).update(left).update(right).digest();
}

/** Adds one leaf in O(log n). */
export function append(frontier: Frontier, leaf: Buffer): Frontier {
  const subtrees = [...frontier.subtrees];
  let hash = leaf;
  for (let rest = frontier.size; rest % 2 === 1; rest = Math.floor(rest / 2)) hash = nodeHash(subtrees.pop()!, hash);
  subtrees.push(hash);
  return { size: frontier.size + 1, subtrees };
}

/** Merkle tree head of everything appended so far. */
export function rootOf(frontier: Frontier): Buffer {
  if (frontier.subtrees.length === 0) return EMPTY_ROOT;
  return frontier.subtrees.reduceRight((right, left) => nodeHash(left, right));
}

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
