import asyncRetry from "async-retry";
import { describe, expect, it } from "vitest";

import { attemptsOf, post } from "./attempts.ts";
import { outcomeOf, startUpstream } from "./upstream.ts";

const atOnce = { minTimeout: 0, maxTimeout: 0 };

describe("async-retry (a changed fact belongs into src/calls/retries/async-retry.ts)", () => {
  it("retries ten times by default", async () => {
    expect(await attemptsOf((fail) => asyncRetry(fail, atOnce))).toBe(11);
  });

  it("counts retries, not attempts", async () => {
    expect(await attemptsOf((fail) => asyncRetry(fail, { ...atOnce, retries: 2 }))).toBe(3);
    expect(await attemptsOf((fail) => asyncRetry(fail, { ...atOnce, retries: 0 }))).toBe(1);
  });

  it("repeats a POST", async () => {
    const { url, requests } = await startUpstream(503);
    await outcomeOf(asyncRetry(() => post(url), { ...atOnce, retries: 2 }));
    expect(requests.map(({ method }) => method)).toEqual(["POST", "POST", "POST"]);
  });

  it("gives up when the function bails out", async () => {
    const bailing = (bail: (error: Error) => void) => {
      bail(new Error("no"));
      return Promise.resolve();
    };
    expect(await outcomeOf(asyncRetry(bailing, atOnce))).toBe("failed");
  });

  it("makes its delays random by default", async () => {
    const options: asyncRetry.Options = { ...atOnce, retries: 0 };
    await outcomeOf(asyncRetry(() => Promise.resolve(), options));
    expect(options.randomize).toBe(true);
  });
});
