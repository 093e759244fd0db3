import { AnonymousCredential, BlobServiceClient, type StoragePipelineOptions } from "@azure/storage-blob";
import { describe, expect, it } from "vitest";

import { type Behaviour, outcomeOf, startUpstream } from "./upstream.ts";

const atOnce = { retryDelayInMs: 1, maxRetryDelayInMs: 2 };

/** A fact that changes here is written in src/calls/sdks/azure-blob.ts. */
async function upload(behaviour: Behaviour, options?: StoragePipelineOptions, abortSignal?: AbortSignal, patience = 4_000) {
  const { url, requests } = await startUpstream(behaviour);
  const service = new BlobServiceClient(`${url}account`, new AnonymousCredential(), options);
  const blob = service.getContainerClient("c").getBlockBlobClient("b");
  const outcome = await outcomeOf(blob.uploadData(Buffer.from("x"), abortSignal && { abortSignal }), patience);
  return { outcome, requests: requests.length };
}

describe("azure-blob (src/calls/sdks/azure-blob.ts)", () => {
  it("makes four attempts by default, of a write too", async () => {
    expect(await upload(503, { retryOptions: atOnce })).toEqual({ outcome: "failed", requests: 4 });
    expect(await upload("reset", { retryOptions: atOnce })).toEqual({ outcome: "failed", requests: 4 });
  });

  it("counts attempts, not retries", async () => {
    expect(await upload(503, { retryOptions: { ...atOnce, maxTries: 2 } })).toEqual({ outcome: "failed", requests: 2 });
    expect(await upload(503, { retryOptions: { maxTries: 1 } })).toEqual({ outcome: "failed", requests: 1 });
  });

  it("does not repeat a 429", async () => {
    expect(await upload(429, { retryOptions: atOnce })).toEqual({ outcome: "failed", requests: 1 });
  });

  it("repeats at once first, then after 4 s", async () => {
    expect(await upload(503, {}, undefined, 2_000)).toEqual({ outcome: "still waiting", requests: 2 });
  });

  it("has no timeout: `tryTimeoutInMs` is a wish to the server", async () => {
    expect(await upload("hang", { retryOptions: { tryTimeoutInMs: 100 } }, undefined, 800)).toMatchObject({ outcome: "still waiting" });
  });

  it("ends with a signal of the call", async () => {
    expect(await upload("hang", {}, AbortSignal.timeout(150))).toEqual({ outcome: "failed", requests: 1 });
  });
});
