import { createHash } from "node:crypto";

import { RotationError } from "./error.ts";
import type { Shard, Share } from "./rotation.ts";

const MAX_CONCURRENCY = 64;

/** @throws RotationError `invalid` for a shard that there is not, or a concurrency out of range. */
export function requireShare({ shard, concurrency = 1 }: Share): void {
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > MAX_CONCURRENCY)
    throw invalid(`The concurrency ${concurrency} is not a whole number from 1 to ${MAX_CONCURRENCY}.`);
  if (shard === undefined) return;
  const { index, count } = shard;
  if (!Number.isInteger(count) || count < 1) throw invalid(`There cannot be ${count} shards: the count is a whole number from 1 on.`);
  if (!Number.isInteger(index) || index < 1 || index > count)
    throw invalid(`There is no shard ${index} of ${count}: they are counted from 1 to ${count}.`);
}

/** By the name alone, so that every runner agrees and adding a secret moves no other one. */
export function isInShard(name: string, { index, count }: Shard): boolean {
  return createHash("sha256").update(name).digest().readUInt32BE(0) % count === index - 1;
}

/** Works on at most `concurrency` items at a time; results are in the order of the items. A rejection is passed on when nothing is under way any more. */
export async function inParallel<T, R>(items: readonly T[], concurrency: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = items.entries();
  const lanes = Array.from({ length: Math.min(concurrency, items.length) }, async () => {
    // All lanes take from the same iterator.
    for (const [index, item] of waiting) results[index] = await work(item);
  });
  const ended = await Promise.allSettled(lanes);
  const failed = ended.find((lane) => lane.status === "rejected");
  if (failed) throw failed.reason;
  return results;
}

function invalid(message: string): RotationError {
  return new RotationError("invalid", `${message} Nothing was done.`);
}
