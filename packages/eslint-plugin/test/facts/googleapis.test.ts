import { drive, type drive_v3 } from "@googleapis/drive";
import { describe, expect, it } from "vitest";

import { type Behaviour, outcomeOf, startUpstream } from "./upstream.ts";

/** A fact that changes here is written in src/calls/sdks/googleapis.ts. */
async function call(behaviour: Behaviour, run: (api: drive_v3.Drive) => Promise<unknown>, options = {}, patience = 8_000) {
  const { url, requests } = await startUpstream(behaviour);
  const outcome = await outcomeOf(run(drive({ version: "v3", rootUrl: url, ...options })), patience);
  return { outcome, requests: requests.length };
}

const atOnce = { retryConfig: { retryDelay: 1, retryDelayMultiplier: 1 } };
const list = (api: drive_v3.Drive) => api.files.list();
const create = (api: drive_v3.Drive) => api.files.create({ requestBody: { name: "n" } });

describe("googleapis (src/calls/sdks/googleapis.ts)", () => {
  it("retries a GET three times by default, and no POST", async () => {
    expect(await call(503, list, atOnce)).toEqual({ outcome: "failed", requests: 4 });
    expect(await call(503, create, atOnce)).toEqual({ outcome: "failed", requests: 1 });
  });

  it("counts retries, not attempts, and none with retry: false", async () => {
    expect(await call(503, list, { retryConfig: { ...atOnce.retryConfig, retry: 1 } })).toEqual({ outcome: "failed", requests: 2 });
    expect(await call(503, list, { retry: false })).toEqual({ outcome: "failed", requests: 1 });
  });

  it("has no timeout", async () => {
    expect(await call("hang", list, {}, 800)).toEqual({ outcome: "still waiting", requests: 1 });
  });

  it("ends a request with `timeout`, of the API or of the call", async () => {
    expect(await call("hang", list, { timeout: 150, retry: false })).toEqual({ outcome: "failed", requests: 1 });
    expect(await call("hang", (api) => api.files.list({}, { timeout: 150, retry: false }))).toEqual({ outcome: "failed", requests: 1 });
  });
});
