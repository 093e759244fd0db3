import { InferenceClient } from "@huggingface/inference";
import { describe, expect, it } from "vitest";

import { type Behaviour, outcomeOf, startUpstream } from "./upstream.ts";

const none = { retry_on_error: false };

/** A fact that changes here is written in src/calls/sdks/huggingface.ts. */
async function ask(behaviours: readonly Behaviour[], client: object = {}, call: object = {}, patience = 1_500) {
  const { url, requests } = await startUpstream(...behaviours);
  const endpoint = new InferenceClient("hf_k", client).endpoint(url);
  return { outcome: await outcomeOf(endpoint.textGeneration({ inputs: "hello" }, call), patience), requests: requests.length };
}

describe("huggingface (src/calls/sdks/huggingface.ts)", () => {
  it("repeats on 503 without end and without a wait, a POST too", async () => {
    const refusals = Array.from({ length: 25 }, () => 503);
    expect(await ask([...refusals, 500])).toEqual({ outcome: "failed", requests: 26 });
  });

  it("repeats nothing else", async () => {
    expect(await ask([500])).toEqual({ outcome: "failed", requests: 1 });
    expect(await ask([429])).toEqual({ outcome: "failed", requests: 1 });
    expect(await ask(["reset"])).toEqual({ outcome: "failed", requests: 1 });
  });

  it("repeats nothing with `retry_on_error: false`, of the client or the call", async () => {
    expect(await ask([503], none)).toEqual({ outcome: "failed", requests: 1 });
    expect(await ask([503], {}, none)).toEqual({ outcome: "failed", requests: 1 });
  });

  it("has no timeout but that of fetch, and ends with a signal", async () => {
    expect((await ask(["hang"], {}, {}, 800)).outcome).toBe("still waiting");
    expect((await ask(["stall"], {}, { signal: AbortSignal.timeout(150) })).outcome).toBe("failed");
  });
});
