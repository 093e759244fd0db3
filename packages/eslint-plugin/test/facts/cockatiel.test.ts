import * as cockatiel3 from "cockatiel";
import * as cockatiel4 from "cockatiel-4";
import { describe, expect, it } from "vitest";

import { attemptsOf, mostAtOnce, post } from "./attempts.ts";
import { outcomeOf, startUpstream } from "./upstream.ts";

describe.each([
  ["3", cockatiel3],
  ["4", cockatiel4 as unknown as typeof cockatiel3],
])("cockatiel %s (a changed fact belongs into src/calls/retries/cockatiel.ts)", (_, cockatiel) => {
  const {
    retry,
    timeout,
    wrap,
    bulkhead,
    circuitBreaker,
    handleAll,
    ConstantBackoff,
    ConsecutiveBreaker,
    ExponentialBackoff,
    TimeoutStrategy,
  } = cockatiel;

  it("counts retries with maxAttempts", async () => {
    expect(await attemptsOf((fail) => retry(handleAll, { maxAttempts: 2 }).execute(fail))).toBe(3);
    expect(await attemptsOf((fail) => retry(handleAll, { maxAttempts: 0 }).execute(fail))).toBe(1);
  });

  it("repeats without end and at once when it is told nothing", async () => {
    let count = 0;
    const until = () => {
      count += 1;
      return count < 500 ? Promise.reject(new Error("no")) : Promise.resolve();
    };
    expect(await outcomeOf(retry(handleAll, {}).execute(until))).toBe("answered");
  });

  it("repeats a POST", async () => {
    const { url, requests } = await startUpstream(503);
    await outcomeOf(retry(handleAll, { maxAttempts: 1, backoff: new ConstantBackoff(1) }).execute(() => post(url)));
    expect(requests).toHaveLength(2);
  });

  it("waits at most 30 s and at random with ExponentialBackoff", () => {
    const first = () => new ExponentialBackoff().next().duration;
    expect(new Set(Array.from({ length: 20 }, first)).size).toBeGreaterThan(1);
    let backoff = new ExponentialBackoff({ generator: cockatiel.noJitterGenerator }).next();
    const delays = Array.from({ length: 10 }, () => {
      const { duration } = backoff;
      backoff = backoff.next(undefined as never) as typeof backoff;
      return duration;
    });
    expect(delays).toEqual([128, 256, 512, 1024, 2048, 4096, 8192, 16_384, 30_000, 30_000]);
  });

  it("ends with an aggressive timeout, and not with a cooperative one whose signal is not used", async () => {
    const { url } = await startUpstream({ status: 200, afterMs: 300 });
    expect(await outcomeOf(timeout(50, TimeoutStrategy.Aggressive).execute(() => post(url)))).toBe("failed");
    expect(await outcomeOf(timeout(50, TimeoutStrategy.Cooperative).execute(() => post(url)))).toBe("answered");
    const heeding = timeout(50, TimeoutStrategy.Cooperative).execute(({ signal }) => fetch(url, { signal }));
    expect(await outcomeOf(heeding)).toBe("failed");
  });

  it("puts the first policy of wrap outside", async () => {
    const { url, requests } = await startUpstream("hang");
    const each = wrap(retry(handleAll, { maxAttempts: 2 }), timeout(50, TimeoutStrategy.Aggressive));
    expect(await outcomeOf(each.execute(() => post(url)))).toBe("failed");
    expect(requests).toHaveLength(3);
    const all = wrap(timeout(50, TimeoutStrategy.Aggressive), retry(handleAll, { maxAttempts: 2 }));
    expect(await outcomeOf(all.execute(() => post(url)))).toBe("failed");
    expect(requests).toHaveLength(4);
  });

  it("limits how many run at once with bulkhead", async () => {
    const limited = bulkhead(3, 10);
    expect(await mostAtOnce((operation) => limited.execute(operation))).toBe(3);
  });

  it("stops calling with circuitBreaker", async () => {
    const breaker = circuitBreaker(handleAll, { halfOpenAfter: 10_000, breaker: new ConsecutiveBreaker(1) });
    let count = 0;
    const failing = () => {
      count += 1;
      return Promise.reject(new Error("no"));
    };
    for (let index = 0; index < 3; index += 1) expect(await outcomeOf(breaker.execute(failing))).toBe("failed");
    expect(count).toBe(1);
  });
});
