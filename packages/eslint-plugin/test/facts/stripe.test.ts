import Stripe from "stripe";
import { describe, expect, it } from "vitest";

import { type Behaviour, outcomeOf, startUpstream, type Upstream } from "./upstream.ts";

/** A fact that changes here is written in src/calls/sdks/stripe.ts. */
function clientOf({ url }: Upstream, config: Stripe.StripeConfig = {}): Stripe {
  const { hostname, port } = new URL(url);
  return new Stripe(["sk", "test", "loopback"].join("_"), { host: hostname, port, protocol: "http", telemetry: false, ...config });
}

const create = (stripe: Stripe, options?: Stripe.RequestOptions) => stripe.customers.create({ name: "x" }, options);

async function attempts(behaviour: Behaviour, config?: Stripe.StripeConfig, options?: Stripe.RequestOptions): Promise<number> {
  const upstream = await startUpstream(behaviour);
  expect(await outcomeOf(create(clientOf(upstream, config), options), 8_000)).toBe("failed");
  return upstream.requests.length;
}

describe("stripe (src/calls/sdks/stripe.ts)", () => {
  it("retries twice by default, a POST too", async () => {
    expect(await attempts(503)).toBe(3);
  });

  it("counts retries, not attempts, in the client and in the call", async () => {
    expect(await attempts(503, { maxNetworkRetries: 1 })).toBe(2);
    expect(await attempts(503, { maxNetworkRetries: 2 }, { maxNetworkRetries: 0 })).toBe(1);
  });

  it("does not retry 429", async () => {
    expect(await attempts(429)).toBe(1);
  });

  it("repeats once on a connection that is cut, even with maxNetworkRetries: 0", async () => {
    expect(await attempts("reset", { maxNetworkRetries: 0 })).toBe(2);
  });

  it("makes one key for a POST and keeps it over its own retries, and another for the next call", async () => {
    const upstream = await startUpstream(503);
    const stripe = clientOf(upstream, { maxNetworkRetries: 1 });
    await outcomeOf(create(stripe), 8_000);
    await outcomeOf(create(stripe), 8_000);
    const keys = upstream.requests.map(({ headers }) => headers["idempotency-key"]);
    expect(keys).toHaveLength(4);
    expect([keys[0] === keys[1], keys[1] === keys[2], keys[2] === keys[3]]).toEqual([true, false, true]);
    expect(keys[0]).toMatch(/^stripe-node-retry-/u);
  });

  it("makes a key without retries too, and sends the caller's own as it is", async () => {
    const upstream = await startUpstream(503);
    const stripe = clientOf(upstream, { maxNetworkRetries: 0 });
    await outcomeOf(create(stripe));
    await outcomeOf(create(stripe, { idempotencyKey: "own" }));
    expect(upstream.requests.map(({ headers }) => headers["idempotency-key"])).toEqual([
      expect.stringMatching(/^stripe-node-retry-/u),
      "own",
    ]);
  });

  it("has a timeout of 80 s", () => {
    expect(new Stripe("k").getApiField("timeout")).toBe(80_000);
  });

  it.each(["hang", "stall"] as const)("ends an attempt by silence with `timeout`: %s", async (behaviour) => {
    expect(await attempts(behaviour, { timeout: 200, maxNetworkRetries: 0 })).toBe(1);
  });

  it("ends each attempt with `timeout`, not all of them", async () => {
    expect(await attempts("hang", { timeout: 150, maxNetworkRetries: 1 })).toBe(2);
  });
});
