import { IdempotencyStrategy, Storage, type StorageOptions } from "@google-cloud/storage";
import { describe, expect, it } from "vitest";

import { type Behaviour, outcomeOf, startUpstream } from "./upstream.ts";

/** A fact that changes here is written in src/calls/sdks/google-storage.ts. */
async function call(behaviour: Behaviour, run: (storage: Storage) => Promise<unknown>, options: StorageOptions = {}, patience = 15_000) {
  const { url, requests } = await startUpstream(behaviour);
  const storage = new Storage({ projectId: "p", apiEndpoint: url.slice(0, -1), useAuthWithCustomEndpoint: false, ...options });
  return { outcome: await outcomeOf(run(storage), patience), requests: requests.length };
}

const atOnce = { retryDelayMultiplier: 1, maxRetryDelay: 0.01 };
const read = (storage: Storage) => storage.bucket("b").getMetadata();
const write = (storage: Storage) => storage.createBucket("b");
const setting = (storage: Storage) => storage.bucket("b").setMetadata({ labels: { a: "b" } });

describe("google-storage (src/calls/sdks/google-storage.ts)", () => {
  it("retries reads three times by default", async () => {
    expect(new Storage({ projectId: "p" }).retryOptions).toMatchObject({
      autoRetry: true,
      maxRetries: 3,
      totalTimeout: 600,
      maxRetryDelay: 64,
    });
    expect(await call(503, read, { retryOptions: atOnce })).toEqual({ outcome: "failed", requests: 4 });
  }, 20_000);

  it("counts retries, not attempts, and none with autoRetry: false", async () => {
    expect(await call(503, read, { retryOptions: { ...atOnce, maxRetries: 1 } })).toEqual({ outcome: "failed", requests: 2 });
    expect(await call(503, read, { retryOptions: { ...atOnce, autoRetry: false } })).toEqual({ outcome: "failed", requests: 1 });
  }, 20_000);

  it("repeats a write without a precondition only under RetryAlways", async () => {
    expect(await call(503, setting, { retryOptions: atOnce })).toEqual({ outcome: "failed", requests: 1 });
    const retryOptions = { ...atOnce, idempotencyStrategy: IdempotencyStrategy.RetryAlways, maxRetries: 1 };
    expect(await call(503, setting, { retryOptions })).toEqual({ outcome: "failed", requests: 2 });
  }, 20_000);

  it("ends a request with `timeout` in milliseconds", async () => {
    expect(await call("hang", write, { timeout: 200, retryOptions: { autoRetry: false } })).toMatchObject({ outcome: "failed" });
    expect(await call("hang", write, { retryOptions: { autoRetry: false } }, 800)).toEqual({ outcome: "still waiting", requests: 1 });
  });
});
