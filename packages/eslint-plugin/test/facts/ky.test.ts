import ky2, { type Options } from "ky";
import ky1 from "ky-1";
import { describe, expect, it } from "vitest";

import { type Behaviour, outcomeOf, startUpstream } from "./upstream.ts";

const majors = [
  [1, ky1 as unknown as typeof ky2],
  [2, ky2],
] as const;

/** No waiting between the attempts: their number is what counts here. */
const atOnce = { delay: () => 1 };

describe.each(majors)("ky %i (src/calls/clients/ky.ts)", (major, ky) => {
  async function attempts(behaviour: Behaviour, options: Options = {}): Promise<number> {
    const { url, requests } = await startUpstream(behaviour);
    const retry = typeof options.retry === "number" ? { limit: options.retry, ...atOnce } : { ...atOnce, ...options.retry };
    expect(await outcomeOf(ky(url, { ...options, retry }).text())).toBe("failed");
    return requests.length;
  }

  it("retries twice by default, and counts retries", async () => {
    expect(await attempts(503)).toBe(3);
    expect(await attempts("reset")).toBe(3);
    expect(await attempts(503, { retry: 1 })).toBe(2);
    expect(await attempts(503, { retry: { limit: 0 } })).toBe(1);
  });

  it("does not repeat POST or PATCH unless they are among the methods", async () => {
    expect(await attempts(503, { method: "post", retry: 5 })).toBe(1);
    expect(await attempts("reset", { method: "patch", retry: 5 })).toBe(1);
    expect(await attempts(503, { method: "post", retry: { limit: 1, methods: ["post"] } })).toBe(2);
  });

  it("does not repeat an attempt that timed out", async () => {
    expect(await attempts("hang", { timeout: 150 })).toBe(1);
  });

  it("counts the timeout for each attempt", async () => {
    expect(await attempts({ status: 503, afterMs: 150 }, { timeout: 250, retry: 2 })).toBe(3);
  });

  it.each([
    ["hang", "failed"],
    ["stall", major === 1 ? "still waiting" : "failed"],
    ["drip", major === 1 ? "answered" : "failed"],
  ] as const)("ends with `timeout`: %s %s", async (behaviour, outcome) => {
    const { url } = await startUpstream(behaviour);
    const controller = new AbortController();
    expect(await outcomeOf(ky(url, { timeout: 200, signal: controller.signal }).text())).toBe(outcome);
    controller.abort();
  });

  it("heeds Retry-After, however short the backoff", async () => {
    const { url, requests } = await startUpstream({ status: 503, retryAfter: "60" });
    const controller = new AbortController();
    expect(await outcomeOf(ky(url, { retry: atOnce, signal: controller.signal }).text(), 400)).toBe("still waiting");
    expect(requests).toHaveLength(1);
    controller.abort();
  });

  it("sends the headers of the instance and of hooks", async () => {
    const { url, requests } = await startUpstream(200);
    const beforeRequest = [
      (state: unknown) => {
        const request = state instanceof Request ? state : (state as { request: Request }).request;
        request.headers.set("idempotency-key", "1");
      },
    ];
    await ky.create({ headers: { "x-created": "2" }, hooks: { beforeRequest } }).post(url);
    expect(requests[0]?.headers).toMatchObject({ "idempotency-key": "1", "x-created": "2" });
  });
});

it("ky 2 ends the whole operation with totalTimeout (src/calls/clients/ky.ts)", async () => {
  const { url, requests } = await startUpstream({ status: 503, afterMs: 150 });
  expect(await outcomeOf(ky2(url, { totalTimeout: 250, retry: { limit: 5, ...atOnce } }).text())).toBe("failed");
  expect(requests.length).toBeLessThan(6);
});
