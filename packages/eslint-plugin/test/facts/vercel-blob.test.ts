import { del } from "@vercel/blob";
import { afterEach, describe, expect, it, vi } from "vitest";

import { type Behaviour, outcomeOf, startUpstream } from "./upstream.ts";

afterEach(() => vi.unstubAllEnvs());

/** A fact that changes here is written in src/calls/sdks/vercel-blob.ts. */
async function remove(behaviour: Behaviour, retries: string | undefined, abortSignal?: AbortSignal, patience = 5_000) {
  const { url, requests } = await startUpstream(behaviour);
  vi.stubEnv("VERCEL_BLOB_API_URL", url.slice(0, -1));
  vi.stubEnv("VERCEL_BLOB_RETRIES", retries);
  const token = ["vercel", "blob", "rw", "store", "k"].join("_");
  const outcome = await outcomeOf(
    del("https://store.public.blob.vercel-storage.com/a", { token, ...(abortSignal && { abortSignal }) }),
    patience,
  );
  return { outcome, requests: requests.length };
}

describe("vercel-blob (src/calls/sdks/vercel-blob.ts)", () => {
  it("repeats as often as the environment says", async () => {
    expect(await remove(500, "0")).toEqual({ outcome: "failed", requests: 1 });
    expect(await remove(500, "1")).toEqual({ outcome: "failed", requests: 2 });
  });

  it("repeats without it too", async () => {
    const { outcome, requests } = await remove(500, undefined, undefined, 4_500);
    expect(outcome).toBe("still waiting");
    expect(requests).toBeGreaterThan(1);
  });

  it("has no timeout but that of fetch, and ends with a signal", async () => {
    expect((await remove("hang", "0", undefined, 800)).outcome).toBe("still waiting");
    expect((await remove("stall", "0", AbortSignal.timeout(150))).outcome).toBe("failed");
  });
});
