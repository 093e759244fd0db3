import { type FetchOptions, ofetch } from "ofetch";
import { describe, expect, it } from "vitest";

import { type Behaviour, outcomeOf, startUpstream } from "./upstream.ts";

async function attempts(behaviour: Behaviour, options: FetchOptions = {}): Promise<number> {
  const { url, requests } = await startUpstream(behaviour);
  expect(await outcomeOf(ofetch(url, options as never))).toBe("failed");
  return requests.length;
}

describe("ofetch (src/calls/clients/ofetch.ts)", () => {
  it("retries GET and HEAD once by default, and no payload", async () => {
    expect(await attempts(503)).toBe(2);
    expect(await attempts(503, { method: "HEAD" })).toBe(2);
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) expect(await attempts(503, { method })).toBe(1);
  });

  it("repeats every method as often as is set, POST too", async () => {
    expect(await attempts(503, { method: "POST", retry: 2 })).toBe(3);
    expect(await attempts("reset", { method: "PATCH", retry: 2 })).toBe(3);
    expect(await attempts(503, { retry: false })).toBe(1);
  });

  it("ignores Retry-After", async () => {
    expect(await attempts({ status: 503, retryAfter: "60" })).toBe(2);
  });

  it.each([
    ["hang", "failed"],
    ["stall", "still waiting"],
    ["drip", "answered"],
  ] as const)("ends with `timeout` until the headers: %s %s", async (behaviour, outcome) => {
    const { url } = await startUpstream(behaviour);
    expect(await outcomeOf(ofetch(url, { timeout: 200, retry: false }))).toBe(outcome);
  });

  it("does not look at `timeout` beside a signal", async () => {
    const { url } = await startUpstream("hang");
    const controller = new AbortController();
    expect(await outcomeOf(ofetch(url, { timeout: 100, retry: false, signal: controller.signal }), 600)).toBe("still waiting");
    controller.abort();
  });

  it("sends the headers of the instance and of onRequest", async () => {
    const { url, requests } = await startUpstream(200);
    const onRequest = ({ options }: { options: { headers: Headers } }) => options.headers.set("idempotency-key", "1");
    await ofetch.create({ headers: { "x-created": "2" }, onRequest })(url, { method: "POST" });
    expect(requests[0]?.headers).toMatchObject({ "idempotency-key": "1", "x-created": "2" });
  });
});
