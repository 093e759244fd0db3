import wretch3 from "wretch";
import wretch2 from "wretch-2";
import AbortAddon from "wretch/addons/abort";
import { retry as retry3 } from "wretch/middlewares";
import { retry as retry2 } from "wretch-2/middlewares";
import { describe, expect, it } from "vitest";

import { type Behaviour, outcomeOf, startUpstream } from "./upstream.ts";

const majors = [
  [2, wretch2 as unknown as typeof wretch3, retry2 as unknown as typeof retry3],
  [3, wretch3, retry3],
] as const;

describe.each(majors)("wretch %i (src/calls/clients/wretch.ts)", (major, wretch, retry) => {
  type RetryOptions = NonNullable<Parameters<typeof retry>[0]>;

  async function attempts(behaviour: Behaviour, options: RetryOptions, method: "get" | "post" = "get"): Promise<number> {
    const { url, requests } = await startUpstream(behaviour);
    const built = wretch(url).middlewares([retry({ delayTimer: 1, ...options })]);
    expect(await outcomeOf(built[method]().text())).toBe("failed");
    return requests.length;
  }

  it("retries ten times by default, and counts retries although it says attempts", async () => {
    expect(await attempts(503, {})).toBe(11);
    expect(await attempts(503, { maxAttempts: 2 })).toBe(3);
  });

  it("repeats POST", async () => {
    expect(await attempts(503, { maxAttempts: 2 }, "post")).toBe(3);
  });

  it("repeats no lost connection unless retryOnNetworkError", async () => {
    expect(await attempts("reset", { maxAttempts: 2 })).toBe(1);
    expect(await attempts("reset", { maxAttempts: 2, retryOnNetworkError: true }, "post")).toBe(3);
  });

  it(`repeats ${major === 2 ? "every" : "no"} answer of 4xx`, async () => {
    expect(await attempts(404, { maxAttempts: 2 })).toBe(major === 2 ? 3 : 1);
  });

  it("does not end with maxAttempts: 0", async () => {
    const { url, requests } = await startUpstream(503, 503, 503, 503, 503, 503, 503, 503, 503, 503, 503, 503, 200);
    const built = wretch(url).middlewares([retry({ maxAttempts: 0, delayTimer: 1 })]);
    expect(await outcomeOf(built.get().text())).toBe("answered");
    expect(requests).toHaveLength(13);
  });

  it("waits delayTimer more each time, and ignores Retry-After", async () => {
    const asked: [number, number][] = [];
    const delayRamp = (delay: number, attempt: number) => (asked.push([delay, attempt]), 1);
    expect(await attempts({ status: 503, retryAfter: "60" }, { maxAttempts: 2, delayTimer: 500, delayRamp })).toBe(3);
    expect(asked).toEqual([
      [500, 1],
      [500, 2],
    ]);
  });

  it("sends headers that are set before the method", async () => {
    const { url, requests } = await startUpstream(200);
    await wretch(url).headers({ "Idempotency-Key": "1" }).post({}).text();
    expect(requests[0]?.headers).toMatchObject({ "idempotency-key": "1" });
  });
});

describe("wretch and what ends it (src/calls/clients/wretch.ts)", () => {
  it.each(["hang", "stall", "drip"] as const)("a signal, body included: %s", async (behaviour) => {
    const { url } = await startUpstream(behaviour);
    const built = wretch3(url).options({ signal: AbortSignal.timeout(200) });
    expect(await outcomeOf(built.get().text())).toBe("failed");
  });

  it.each(["hang", "stall", "drip"] as const)(".setTimeout of the abort addon, body included: %s", async (behaviour) => {
    const { url } = await startUpstream(behaviour);
    expect(await outcomeOf(wretch3(url).addon(AbortAddon()).get().setTimeout(200).text())).toBe("failed");
  });
});
