import { Client } from "@hubspot/api-client";
import { describe, expect, it, vi } from "vitest";

import { type Behaviour, outcomeOf, startUpstream } from "./upstream.ts";

type Options = ConstructorParameters<typeof Client>[0];

const failure = { status: 503, json: { status: "error", message: "no" } };

/** A fact that changes here is written in src/calls/sdks/hubspot.ts. */
async function create(behaviour: Behaviour, options: Options = {}, patience = 4_000) {
  vi.spyOn(console, "error").mockReturnValue(undefined);
  const { url, requests } = await startUpstream(behaviour);
  const client = new Client({ accessToken: "t", basePath: url.slice(0, -1), ...options });
  const run = () => client.crm.contacts.basicApi.create({ properties: {}, associations: [] });
  const outcome = await outcomeOf(run(), patience);
  return { outcome, requests: requests.length };
}

describe("hubspot (src/calls/sdks/hubspot.ts)", () => {
  it("retries nothing by itself", async () => {
    expect(await create(failure)).toEqual({ outcome: "failed", requests: 1 });
    expect(await create("reset")).toEqual({ outcome: "failed", requests: 1 });
  });

  it("counts attempts with `numberOfApiCallRetries`, of every method", async () => {
    expect(await create(failure, { numberOfApiCallRetries: 3 })).toEqual({ outcome: "failed", requests: 3 });
    expect(await create(failure, { numberOfApiCallRetries: 1 })).toEqual({ outcome: "failed", requests: 1 });
    expect(await create("reset", { numberOfApiCallRetries: 3 })).toEqual({ outcome: "failed", requests: 1 });
  });

  it("has no timeout", async () => {
    expect((await create("hang", {}, 800)).outcome).toBe("still waiting");
    expect((await create("stall", {}, 800)).outcome).toBe("still waiting");
  });

  it("runs all requests at once, or as many as `limiterOptions` says", async () => {
    const waiting = async (options: Options) => {
      const { url, requests } = await startUpstream("hang");
      const client = new Client({ accessToken: "t", basePath: url.slice(0, -1), ...options });
      const calls = Array.from({ length: 20 }, () => client.crm.contacts.basicApi.getById("1"));
      await outcomeOf(Promise.all(calls), 1_000);
      return requests.length;
    };
    expect(await waiting({})).toBe(20);
    expect(await waiting({ limiterOptions: { maxConcurrent: 3 } })).toBe(3);
  });
});
