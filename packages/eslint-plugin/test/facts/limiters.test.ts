import Bottleneck from "bottleneck";
import pLimit, { limitFunction } from "p-limit";
import pMap from "p-map";
import PQueue from "p-queue";
import pThrottle from "p-throttle";
import pTimeout from "p-timeout";
import { describe, expect, it } from "vitest";

import { mostAtOnce, post } from "./attempts.ts";
import { outcomeOf, startUpstream } from "./upstream.ts";

describe("p-limit (a changed fact belongs into src/calls/retries/p-limit.ts)", () => {
  it("runs at most so many at once, by a number or an option", async () => {
    const [byNumber, byOption] = [pLimit(3), pLimit({ concurrency: 4 })];
    expect(await mostAtOnce((operation) => byNumber(operation))).toBe(3);
    expect(await mostAtOnce((operation) => byOption(operation))).toBe(4);
  });

  it("limits a function of one's own, and the items of a list", async () => {
    const limited = limitFunction((operation: () => Promise<void>) => operation(), { concurrency: 2 });
    expect(await mostAtOnce((operation) => limited(operation))).toBe(2);
    let operations: (() => Promise<void>)[] = [];
    await mostAtOnce((operation) => {
      operations = [...operations, operation];
      return Promise.resolve();
    });
    await pLimit(2).map(operations, (operation) => operation());
  });
});

describe("p-queue (a changed fact belongs into src/calls/retries/p-queue.ts)", () => {
  it("limits nothing by default, and as told", async () => {
    const [free, limited] = [new PQueue(), new PQueue({ concurrency: 3 })];
    expect(await mostAtOnce((operation) => free.add(operation))).toBe(10);
    expect(await mostAtOnce((operation) => limited.add(operation))).toBe(3);
  });

  it("ends the wait for a function with the queue's timeout or its own", async () => {
    const { url } = await startUpstream("hang");
    expect(await outcomeOf(new PQueue({ timeout: 50 }).add(() => post(url)))).toBe("failed");
    expect(await outcomeOf(new PQueue().add(() => post(url), { timeout: 50 }))).toBe("failed");
  });
});

describe("p-map (a changed fact belongs into src/calls/retries/p-map.ts)", () => {
  const most = async (options?: { concurrency: number }) => {
    let [running, highest] = [0, 0];
    await pMap(
      Array.from({ length: 10 }),
      async () => {
        running += 1;
        highest = Math.max(highest, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
      },
      options,
    );
    return highest;
  };

  it("runs all of them at once by default, and as many as told", async () => {
    expect(await most()).toBe(10);
    expect(await most({ concurrency: 2 })).toBe(2);
  });
});

describe("p-throttle (a changed fact belongs into src/calls/retries/p-throttle.ts)", () => {
  it("limits how many begin, not how many run at once", async () => {
    const throttled = pThrottle({ limit: 5, interval: 20 })((operation: () => Promise<void>) => operation());
    const { url } = await startUpstream({ status: 200, afterMs: 100 });
    let [running, highest] = [0, 0];
    const operation = async () => {
      running += 1;
      highest = Math.max(highest, running);
      await post(url);
      running -= 1;
    };
    await Promise.all(Array.from({ length: 10 }, () => throttled(operation)));
    expect(highest).toBeGreaterThan(5);
  });
});

describe("bottleneck (a changed fact belongs into src/calls/retries/bottleneck.ts)", () => {
  it("limits nothing by default, and as told", async () => {
    const [free, limited] = [new Bottleneck(), new Bottleneck({ maxConcurrent: 3 })];
    expect(await mostAtOnce((operation) => free.schedule(operation))).toBe(10);
    expect(await mostAtOnce((operation) => limited.schedule({ priority: 1 }, operation))).toBe(3);
    const wrapped = limited.wrap((operation: () => Promise<void>) => operation());
    expect(await mostAtOnce((operation) => wrapped(operation))).toBe(3);
  });

  it("ends the wait for a job at its expiration", async () => {
    const { url } = await startUpstream("hang");
    expect(await outcomeOf(new Bottleneck().schedule({ expiration: 50 }, () => post(url)))).toBe("failed");
  });

  it("repeats a job when a listener of failures returns a delay", async () => {
    const { url, requests } = await startUpstream(503);
    const limiter = new Bottleneck();
    limiter.on("failed", (_, { retryCount }) => (retryCount < 2 ? 1 : undefined));
    expect(await outcomeOf(limiter.schedule(() => post(url)))).toBe("failed");
    expect(requests).toHaveLength(3);
  });
});

describe("p-timeout (a changed fact belongs into src/calls/retries/p-timeout.ts)", () => {
  it("ends the wait, not the request", async () => {
    const { url } = await startUpstream({ status: 200, afterMs: 100 });
    const sent = post(url);
    expect(await outcomeOf(pTimeout(sent, { milliseconds: 30 }))).toBe("failed");
    expect(await outcomeOf(sent)).toBe("answered");
  });
});
