import got, { type OptionsInit } from "got";
import { describe, expect, it } from "vitest";

import { type Behaviour, outcomeOf, startUpstream } from "./upstream.ts";

/** No waiting between the attempts: their number is what counts here. */
const atOnce = { calculateDelay: ({ computedValue }: { computedValue: number }) => (computedValue === 0 ? 0 : 1) };

async function attempts(behaviour: Behaviour, options: OptionsInit = {}): Promise<number> {
  const { url, requests } = await startUpstream(behaviour);
  expect(await outcomeOf(got(url, { ...options, retry: { ...atOnce, ...options.retry } }) as Promise<unknown>, 5_000)).toBe("failed");
  return requests.length;
}

describe("got", () => {
  it("retries twice by default", async () => {
    expect(got.defaults.options.retry.limit).toBe(2);
    expect(await attempts(503)).toBe(3);
    expect(await attempts("reset")).toBe(3);
  });

  it("counts retries, not attempts", async () => {
    expect(await attempts(503, { retry: { limit: 1 } })).toBe(2);
    expect(await attempts(503, { retry: { limit: 0 } })).toBe(1);
  });

  it("does not repeat POST or PATCH, limit or not, unless they are among the methods", async () => {
    expect(await attempts(503, { method: "POST", retry: { limit: 5 } })).toBe(1);
    expect(await attempts("reset", { method: "PATCH", retry: { limit: 5 } })).toBe(1);
    expect(await attempts(503, { method: "POST", retry: { limit: 1, methods: ["POST"] } })).toBe(2);
  });

  it("repeats these methods by default", () => {
    expect([...got.defaults.options.retry.methods!].sort()).toEqual(["DELETE", "GET", "HEAD", "OPTIONS", "PUT", "TRACE"]);
  });

  it("has no timeout", () => {
    expect(Object.values(got.defaults.options.timeout).filter((ms) => ms !== undefined)).toEqual([]);
  });

  it.each(["hang", "stall", "drip"] as const)("ends an attempt with timeout.request, body included: %s", async (behaviour) => {
    expect(await attempts(behaviour, { timeout: { request: 200 }, retry: { limit: 0 } })).toBe(1);
  });

  it("bounds each attempt with timeout.request, not all of them", async () => {
    expect(await attempts("hang", { timeout: { request: 150 }, retry: { limit: 2 } })).toBe(3);
  });

  it("ends with timeout.response until the headers only", async () => {
    expect(await attempts("hang", { timeout: { response: 200 }, retry: { limit: 0 } })).toBe(1);
    const { url } = await startUpstream("drip");
    expect(await outcomeOf(got(url, { timeout: { response: 200 } }) as Promise<unknown>)).toBe("answered");
  });

  it("waits 1 s and then 2 s, and a noise of up to 100 ms", async () => {
    const { url } = await startUpstream(503);
    const delays: number[] = [];
    const calculateDelay = ({ computedValue }: { computedValue: number }) => {
      delays.push(computedValue);
      return computedValue === 0 ? 0 : 1;
    };
    await outcomeOf(got(url, { retry: { calculateDelay } }) as Promise<unknown>);
    const [first = 0, second = 0, last] = delays;
    expect([Math.floor(first / 1000), Math.floor(second / 1000), last]).toEqual([1, 2, 0]);
    expect(Math.max(first - 1000, second - 2000)).toBeLessThanOrEqual(100);
  });
});
