import twilio from "twilio";
import { describe, expect, it } from "vitest";

import { type Behaviour, outcomeOf, startUpstream } from "./upstream.ts";

const sid = `AC${"0".repeat(32)}`;
type Options = Parameters<typeof twilio>[2];

/** A fact that changes here is written in src/calls/sdks/twilio.ts. The SDK's HTTP client is asked directly: its hosts are fixed. */
async function post(behaviour: Behaviour, options: Options, patience = 3_000) {
  const { url, requests } = await startUpstream(behaviour);
  const call = twilio(sid, "token", options).httpClient.request({ method: "post", uri: url, data: {} } as never);
  const failing = call.then(({ statusCode }) => {
    if (statusCode >= 400) throw new Error(String(statusCode));
  });
  return { outcome: await outcomeOf(failing, patience), requests: requests.length };
}

describe("twilio (src/calls/sdks/twilio.ts)", () => {
  it("retries nothing by default", async () => {
    expect(await post(429, {})).toEqual({ outcome: "failed", requests: 1 });
    expect(await post(429, { maxRetries: 2 })).toEqual({ outcome: "failed", requests: 1 });
  });

  it("retries 429 three times with autoRetry, a POST too, and nothing else", async () => {
    expect(await post(429, { autoRetry: true })).toEqual({ outcome: "failed", requests: 4 });
    expect(await post(503, { autoRetry: true })).toEqual({ outcome: "failed", requests: 1 });
  });

  it("counts retries, not attempts, and takes none for three", async () => {
    expect(await post(429, { autoRetry: true, maxRetries: 1 })).toEqual({ outcome: "failed", requests: 2 });
    expect(await post(429, { autoRetry: true, maxRetries: 0 })).toEqual({ outcome: "failed", requests: 4 });
  });

  it("ends a request with `timeout`, and takes 0 for 30 s", async () => {
    expect(await post("hang", { timeout: 150 })).toEqual({ outcome: "failed", requests: 1 });
    expect(await post("hang", { timeout: 0 }, 800)).toEqual({ outcome: "still waiting", requests: 1 });
    expect(twilio(sid, "token", { timeout: 0 }).httpClient).toMatchObject({ defaultTimeout: 30_000 });
  });
});
