import axios, { type AxiosInstance } from "axios";
import axiosRetry, { type IAxiosRetryConfig } from "axios-retry";
import { describe, expect, it } from "vitest";

import { type Behaviour, outcomeOf, startUpstream } from "./upstream.ts";

/** How many requests an upstream sees of one call. */
async function attempts(
  behaviour: Behaviour,
  call: (client: AxiosInstance, url: string) => Promise<unknown>,
  options?: IAxiosRetryConfig,
): Promise<number> {
  const { url, requests } = await startUpstream(behaviour);
  const client = axios.create();
  axiosRetry(client, options);
  expect(await outcomeOf(call(client, url), 8_000)).toBe("failed");
  return requests.length;
}

const get = (client: AxiosInstance, url: string) => client.get(url);
const post = (client: AxiosInstance, url: string) => client.post(url, {});
const patch = (client: AxiosInstance, url: string) => client.patch(url, {});

describe("axios-retry", () => {
  it("retries three times by default", async () => {
    expect(await attempts(503, get)).toBe(4);
  });

  it("counts retries, not attempts", async () => {
    expect(await attempts(503, get, { retries: 2 })).toBe(3);
    expect(await attempts(503, get, { retries: 0 })).toBe(1);
  });

  it("repeats POST and PATCH on a network error", async () => {
    expect(await attempts("reset", post)).toBe(4);
    expect(await attempts("reset", patch)).toBe(4);
  });

  it("does not repeat POST on 503, unless isRetryableError is the condition", async () => {
    expect(await attempts(503, post)).toBe(1);
    expect(await attempts(503, post, { retryCondition: axiosRetry.isRetryableError })).toBe(4);
  });

  it.each([
    ["isSafeRequestError", 1, 1],
    ["isIdempotentRequestError", 1, 4],
  ] as const)("with %s never repeats POST", async (condition, posts, puts) => {
    const retryCondition = axiosRetry[condition];
    expect(await attempts("reset", post, { retryCondition })).toBe(posts);
    expect(await attempts("reset", (client, url) => client.put(url, {}), { retryCondition })).toBe(puts);
  });

  it("takes the timeout as one budget for all attempts, unless shouldResetTimeout", async () => {
    const slow = { status: 503, afterMs: 150 };
    const withTimeout = (client: AxiosInstance, url: string) => client.get(url, { timeout: 400 });
    expect(await attempts(slow, withTimeout, { retries: 5 })).toBeLessThanOrEqual(3);
    expect(await attempts(slow, withTimeout, { retries: 5, shouldResetTimeout: true })).toBe(6);
  });

  it("waits not at all by default, and from 200 ms with exponentialDelay", () => {
    const first = axiosRetry.exponentialDelay(1);
    expect(first).toBeGreaterThanOrEqual(200);
    expect(first).toBeLessThanOrEqual(240);
  });
});
