import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { inParallel, isInShard, requireShare } from "../src/shards.ts";

describe("shards", () => {
  it("take every secret once between them, and about the same number each", () => {
    const names = Array.from({ length: 1_000 }, (_, n) => `team-${n % 7}/secret-${n}`);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), (count) => {
        const shards = Array.from({ length: count }, (_, n) => names.filter((name) => isInShard(name, { index: n + 1, count })));
        expect(shards.flat().sort()).toEqual([...names].sort());
        for (const { length } of shards) expect(length).toBeLessThan((1_000 / count) * 2 + 20);
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    { shard: { index: 0, count: 3 } },
    { shard: { index: 4, count: 3 } },
    { shard: { index: 1, count: 0 } },
    { concurrency: 0 },
    { concurrency: 65 },
    { concurrency: 1.5 },
  ])("%j is refused", (share) => expect(() => requireShare(share)).toThrow(expect.objectContaining({ code: "invalid" })));
});

describe("work in parallel", () => {
  it("is never more than was said, and gives results in order", async () => {
    let [now, most] = [0, 0];
    const results = await inParallel([30, 1, 20, 2, 10, 3], 3, async (ms) => {
      most = Math.max(most, (now += 1));
      await new Promise((done) => setTimeout(done, ms));
      now -= 1;
      return ms * 2;
    });
    expect([results, most]).toEqual([[60, 2, 40, 4, 20, 6], 3]);
  });

  it("passes an error on when nothing is under way any more", async () => {
    const begun: number[] = [];
    const work = inParallel([1, 2, 3, 4, 5, 6], 2, async (item) => {
      begun.push(item);
      await Promise.resolve();
      if (item === 2) throw new Error("two");
    });
    await expect(work).rejects.toThrow("two");
    expect(begun).toContain(6);
  });
});
