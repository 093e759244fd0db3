import { GoogleGenerativeAI, type RequestOptions, type SingleRequestOptions } from "@google/generative-ai";
import { describe, expect, it } from "vitest";

import { type Behaviour, outcomeOf, startUpstream } from "./upstream.ts";

/** A fact that changes here is written in src/calls/sdks/google-generative-ai.ts. */
async function ask(behaviour: Behaviour, model: RequestOptions = {}, call: SingleRequestOptions = {}, patience = 1_500) {
  const { url, requests } = await startUpstream(behaviour);
  const client = new GoogleGenerativeAI("k").getGenerativeModel({ model: "m" }, { baseUrl: url.slice(0, -1), ...model });
  return { outcome: await outcomeOf(client.generateContent("hello", call), patience), requests: requests.length };
}

describe("google-generative-ai (src/calls/sdks/google-generative-ai.ts)", () => {
  it("retries nothing", async () => {
    expect(await ask(503)).toEqual({ outcome: "failed", requests: 1 });
    expect(await ask("reset")).toEqual({ outcome: "failed", requests: 1 });
  });

  it("has no timeout but that of fetch", async () => {
    expect((await ask("hang", {}, {}, 800)).outcome).toBe("still waiting");
  });

  it("ends the whole call with `timeout` of the model or the call, or with a signal", async () => {
    expect((await ask("stall", { timeout: 150 })).outcome).toBe("failed");
    expect((await ask("stall", { timeout: 60_000 }, { timeout: 150 })).outcome).toBe("failed");
    expect((await ask("stall", {}, { signal: AbortSignal.timeout(150) })).outcome).toBe("failed");
  });
});
