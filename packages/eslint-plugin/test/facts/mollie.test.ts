import { Agent } from "node:https";
import { connect } from "node:net";

import { createMollieClient } from "@mollie/api-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { outcomeOf, startUpstream } from "./upstream.ts";

/** A fact that changes here is written in src/calls/sdks/mollie.ts. */
const clientFor = (url: string) => createMollieClient({ apiKey: `test_${"a".repeat(30)}`, apiEndpoint: url.replace("http:", "https:") });
const pay = (url: string, idempotencyKey?: string) =>
  clientFor(url).payments.create({
    amount: { currency: "EUR", value: "1.00" },
    description: "d",
    redirectUrl: "https://shop.example",
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  });

/** The SDK speaks https only: its connections go to the same place in the clear. */
beforeEach(() => {
  vi.spyOn(Agent.prototype as unknown as { createConnection: (to: { port: number }) => unknown }, "createConnection").mockImplementation(
    ({ port }) => connect(port, "127.0.0.1"),
  );
});
afterEach(() => vi.restoreAllMocks());

describe("mollie (src/calls/sdks/mollie.ts)", () => {
  it("retries twice on 5xx, a POST too, with one key that it makes itself, and waits as Retry-After says", async () => {
    const { url, requests } = await startUpstream({ status: 503, retryAfter: "0" });
    expect(await outcomeOf(pay(url), 8_000)).toBe("failed");
    const keys = requests.map(({ headers }) => headers["idempotency-key"]);
    expect(keys).toEqual([keys[0], keys[0], keys[0]]);
    expect(keys[0]).toMatch(/^.{24}$/u);
  });

  it("makes another key for the next call, and sends the caller's own as it is", async () => {
    const { url, requests } = await startUpstream(400);
    await outcomeOf(pay(url));
    await outcomeOf(pay(url));
    await outcomeOf(pay(url, "own"));
    const keys = requests.map(({ headers }) => headers["idempotency-key"]);
    expect(keys[0]).not.toBe(keys[1]);
    expect(keys[2]).toBe("own");
  });

  it("does not repeat a call whose connection is cut, or that was refused", async () => {
    for (const behaviour of ["reset", 429] as const) {
      const { url, requests } = await startUpstream(behaviour);
      expect(await outcomeOf(pay(url))).toBe("failed");
      expect(requests).toHaveLength(1);
    }
  });

  it("has no timeout", async () => {
    const { url } = await startUpstream("hang");
    expect(await outcomeOf(pay(url), 1_000)).toBe("still waiting");
  });
});
