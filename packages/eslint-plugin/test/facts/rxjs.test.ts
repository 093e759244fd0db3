import { concatMap, defer, firstValueFrom, from, lastValueFrom, mergeMap, retry, timeout, timer, toArray } from "rxjs";
import { describe, expect, it } from "vitest";

import { attemptsOf, mostAtOnce, post } from "./attempts.ts";
import { outcomeOf, startUpstream } from "./upstream.ts";

describe("rxjs (a changed fact belongs into src/calls/retries/rxjs.ts)", () => {
  it("counts retries, by a number or an option", async () => {
    expect(await attemptsOf((fail) => lastValueFrom(defer(fail).pipe(retry(2))))).toBe(3);
    expect(await attemptsOf((fail) => lastValueFrom(defer(fail).pipe(retry({ count: 2, delay: 1 }))))).toBe(3);
  });

  it("repeats without end, at once, when it is given no count", async () => {
    let count = 0;
    const until = () => (++count < 500 ? Promise.reject(new Error("no")) : Promise.resolve());
    expect(await outcomeOf(lastValueFrom(defer(until).pipe(retry())))).toBe("answered");
    expect(count).toBe(500);
  });

  it("repeats a POST that is deferred, and no promise under way", async () => {
    const { url, requests } = await startUpstream(503);
    await outcomeOf(lastValueFrom(defer(() => post(url)).pipe(retry(1))));
    expect(requests).toHaveLength(2);
    await outcomeOf(lastValueFrom(from(post(url)).pipe(retry(1))));
    expect(requests).toHaveLength(3);
  });

  it("ends each attempt inside it with timeout", async () => {
    const { url, requests } = await startUpstream("hang");
    expect(await outcomeOf(firstValueFrom(defer(() => post(url)).pipe(timeout(40), retry(1))))).toBe("failed");
    expect(requests).toHaveLength(2);
    expect(await outcomeOf(firstValueFrom(timer(10_000).pipe(timeout({ first: 20 }))))).toBe("failed");
    expect(await outcomeOf(firstValueFrom(timer(10_000).pipe(timeout({ each: 20 }))))).toBe("failed");
  });

  it("limits how many inner ones run at once with the second argument of mergeMap, one with concatMap", async () => {
    const most = (
      operator: (run: (operation: () => Promise<void>) => Promise<void>) => ReturnType<typeof mergeMap<() => Promise<void>, Promise<void>>>,
    ) => {
      const given: (() => Promise<void>)[] = [];
      let [running, highest] = [0, 0];
      for (let index = 0; index < 10; index += 1) given.push(() => new Promise((resolve) => setImmediate(resolve)));
      const counted = async (operation: () => Promise<void>) => {
        running += 1;
        highest = Math.max(highest, running);
        await operation();
        running -= 1;
      };
      return lastValueFrom(from(given).pipe(operator(counted), toArray())).then(() => highest);
    };
    expect(await most((run) => mergeMap(run))).toBe(10);
    expect(await most((run) => mergeMap(run, 3))).toBe(3);
    expect(await most((run) => concatMap(run))).toBe(1);
    expect(await mostAtOnce((operation) => operation())).toBe(10);
  });
});
