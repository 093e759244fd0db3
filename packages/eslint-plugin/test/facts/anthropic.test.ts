import Anthropic, { type ClientOptions } from "@anthropic-ai/sdk";
import { describe, expect, it } from "vitest";

import { type Behaviour, outcomeOf, startUpstream } from "./upstream.ts";

/** A fact that changes here is written in src/calls/sdks/model-client.ts or src/calls/sdks/anthropic.ts. */
const complete = (client: Anthropic, options?: Anthropic.RequestOptions) =>
  client.messages.create({ model: "m", max_tokens: 1, messages: [] }, options);

async function attempts(behaviour: Behaviour, config?: ClientOptions, options?: Anthropic.RequestOptions): Promise<number> {
  const { url, requests } = await startUpstream(behaviour);
  const client = new Anthropic({ apiKey: "k", baseURL: url, ...config });
  expect(await outcomeOf(complete(client, options), 8_000)).toBe("failed");
  return requests.length;
}

describe("anthropic (src/calls/sdks/anthropic.ts)", () => {
  it("retries twice by default, a POST too", async () => {
    expect(await attempts(503)).toBe(3);
  });

  it("counts retries, not attempts, in the client and in the call", async () => {
    expect(await attempts("reset", { maxRetries: 1 })).toBe(2);
    expect(await attempts(503, { maxRetries: 2 }, { maxRetries: 0 })).toBe(1);
  });

  it("has a timeout of 10 minutes", () => {
    expect(new Anthropic({ apiKey: "k" }).timeout).toBe(600_000);
  });

  it("ends each attempt until the headers with `timeout`", async () => {
    expect(await attempts("hang", { timeout: 150, maxRetries: 1 })).toBe(2);
    const { url } = await startUpstream("stall");
    const client = new Anthropic({ apiKey: "k", baseURL: url, timeout: 150, maxRetries: 0 });
    expect(await outcomeOf(complete(client), 800)).toBe("still waiting");
  });

  it("ends everything with a signal", async () => {
    expect(await attempts("hang", {}, { signal: AbortSignal.timeout(150) })).toBe(1);
  });

  it("sends no idempotency key of its own", async () => {
    const { url, requests } = await startUpstream(503);
    await outcomeOf(complete(new Anthropic({ apiKey: "k", baseURL: url, maxRetries: 0 })));
    expect(requests[0]?.headers["idempotency-key"]).toBeUndefined();
  });

  it("takes other options for the client that withOptions makes", () => {
    const client = new Anthropic({ apiKey: "k", timeout: 5_000, maxRetries: 1 }).withOptions({ maxRetries: 4 });
    expect([client.timeout, client.maxRetries]).toEqual([5_000, 4]);
  });
});
