import { backOff } from "exponential-backoff";
import { describe, expect, it, vi } from "vitest";

import { attemptsOf, post } from "./attempts.ts";
import { outcomeOf, startUpstream } from "./upstream.ts";

describe("exponential-backoff (a changed fact belongs into src/calls/retries/exponential-backoff.ts)", () => {
  it("makes ten attempts by default", async () => {
    expect(await attemptsOf((fail) => backOff(fail, { maxDelay: 0 }))).toBe(10);
  });

  it("counts attempts, at least one", async () => {
    expect(await attemptsOf((fail) => backOff(fail, { numOfAttempts: 2, maxDelay: 0 }))).toBe(2);
    expect(await attemptsOf((fail) => backOff(fail, { numOfAttempts: 0, maxDelay: 0 }))).toBe(1);
  });

  it("repeats a POST", async () => {
    const { url, requests } = await startUpstream(503);
    await outcomeOf(backOff(() => post(url), { numOfAttempts: 2, maxDelay: 0 }));
    expect(requests).toHaveLength(2);
  });

  it("waits 100 ms, doubled each time, without jitter", async () => {
    const timer = vi.spyOn(globalThis, "setTimeout").mockImplementation(((run: () => void) => {
      run();
      return 0;
    }) as never);
    const failing = () => Promise.reject(new Error("no"));
    await backOff(failing, { numOfAttempts: 4 }).catch(() => undefined);
    const delays = timer.mock.calls.map(([, ms]) => ms);
    timer.mockRestore();
    expect(delays).toEqual([100, 200, 400]);
  });
});
