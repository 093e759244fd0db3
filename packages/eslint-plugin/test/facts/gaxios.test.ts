import { Gaxios, type GaxiosOptions, request } from "gaxios";
import { describe, expect, it } from "vitest";

import { type Behaviour, outcomeOf, startUpstream } from "./upstream.ts";

/** No waiting between the attempts: their number is what counts here. */
const atOnce = { retryBackoff: () => Promise.resolve() };

async function attempts(behaviour: Behaviour, options: GaxiosOptions = {}): Promise<number> {
  const { url, requests } = await startUpstream(behaviour);
  expect(await outcomeOf(request({ url, ...options }), 4_000)).toBe("failed");
  return requests.length;
}

describe("gaxios (src/calls/clients/gaxios.ts)", () => {
  it("does not retry by itself", async () => {
    expect(await attempts(503)).toBe(1);
    expect(await attempts("reset")).toBe(1);
  });

  it("retries three times once it is told to, twice without an answer", async () => {
    expect(await attempts(503, { retry: true })).toBe(4);
    expect(await attempts(503, { retryConfig: atOnce })).toBe(4);
    expect(await attempts("reset", { retryConfig: atOnce })).toBe(3);
  });

  it("counts retries, and repeats no POST", async () => {
    expect(await attempts(503, { retryConfig: { retry: 2, ...atOnce } })).toBe(3);
    expect(await attempts(503, { method: "POST", retryConfig: { retry: 2, ...atOnce } })).toBe(1);
    expect(await attempts(503, { method: "POST", retryConfig: { retry: 2, httpMethodsToRetry: ["POST"], ...atOnce } })).toBe(3);
  });

  it("ignores Retry-After, and waits retryDelay before the first retry", async () => {
    const waits: number[] = [];
    const retryBackoff = (_error: unknown, defaultMs: number) => Promise.resolve(void waits.push(defaultMs));
    expect(await attempts({ status: 503, retryAfter: "60" }, { retryConfig: { retry: 3, retryBackoff } })).toBe(4);
    expect(waits).toEqual([100, 500, 1500]);
  });

  it.each(["hang", "stall", "drip"] as const)("ends with `timeout`, body included: %s", async (behaviour) => {
    expect(await attempts(behaviour, { timeout: 200 })).toBe(1);
  });

  it("gives the requests of an instance its defaults and what interceptors set", async () => {
    const { url, requests } = await startUpstream(200);
    const client = new Gaxios({ headers: { "x-made": "1" } });
    client.interceptors.request.add({
      resolved: (options) => {
        options.headers.set("idempotency-key", "2");
        return Promise.resolve(options);
      },
    });
    await client.request({ url, method: "POST" });
    expect(requests[0]?.headers).toMatchObject({ "x-made": "1", "idempotency-key": "2" });
  });
});
