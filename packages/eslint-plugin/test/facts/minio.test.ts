import { Client } from "minio";
import { describe, expect, it, vi } from "vitest";

import { type Behaviour, outcomeOf, startUpstream } from "./upstream.ts";

const atOnce = { baseDelayMs: 1, maximumDelayMs: 2 };

/** A fact that changes here is written in src/calls/sdks/minio.ts. */
async function put(behaviour: Behaviour, retryOptions?: object, patience = 4_000) {
  vi.spyOn(console, "warn").mockReturnValue(undefined);
  const { url, requests } = await startUpstream(behaviour);
  const { hostname: endPoint, port } = new URL(url);
  const options = { endPoint, port: Number(port), useSSL: false, accessKey: "a", secretKey: "s", region: "us-east-1" };
  const client = new Client({ ...options, ...(retryOptions && { retryOptions }) });
  const outcome = await outcomeOf(client.putObject("bucket", "name", "x"), patience);
  return { outcome, requests: requests.length };
}

describe("minio (src/calls/sdks/minio.ts)", () => {
  it("retries once by default, a write too, and no network error", async () => {
    expect(await put(503, atOnce)).toEqual({ outcome: "failed", requests: 2 });
    expect(await put(429, atOnce)).toEqual({ outcome: "failed", requests: 2 });
    expect(await put("reset", atOnce)).toEqual({ outcome: "failed", requests: 1 });
  });

  it("counts retries, not attempts", async () => {
    expect(await put(503, { ...atOnce, maximumRetryCount: 3 })).toEqual({ outcome: "failed", requests: 4 });
    expect(await put(503, { disableRetry: true })).toEqual({ outcome: "failed", requests: 1 });
  });

  it("has no timeout", async () => {
    expect((await put("hang", {}, 800)).outcome).toBe("still waiting");
    expect((await put("stall", {}, 800)).outcome).not.toBe("failed");
  });
});
