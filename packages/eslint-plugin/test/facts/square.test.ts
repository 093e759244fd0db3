import { SquareClient } from "square";
import { describe, expect, it } from "vitest";

import { type Behaviour, outcomeOf, startUpstream } from "./upstream.ts";

type Options = ConstructorParameters<typeof SquareClient>[0];

/** A fact that changes here is written in src/calls/sdks/square.ts. */
const pay = (client: SquareClient) => client.payments.create({ sourceId: "s", idempotencyKey: "k" });

async function attempts(behaviour: Behaviour, options?: Options): Promise<number> {
  const { url, requests } = await startUpstream(behaviour);
  expect(await outcomeOf(pay(new SquareClient({ token: "t", baseUrl: url, ...options })), 8_000)).toBe("failed");
  return requests.length;
}

describe("square (src/calls/sdks/square.ts)", () => {
  it("retries twice by default, payments too", async () => {
    expect(await attempts(503)).toBe(3);
  });

  it("counts retries, not attempts", async () => {
    expect(await attempts(503, { maxRetries: 1 })).toBe(2);
    expect(await attempts(503, { maxRetries: 0 })).toBe(1);
  });

  it("does not repeat a call whose connection is cut", async () => {
    expect(await attempts("reset")).toBe(1);
  });

  it("takes `timeoutInSeconds` in seconds, until the headers", async () => {
    expect(await attempts("hang", { timeoutInSeconds: 0.2, maxRetries: 0 })).toBe(1);
    const { url } = await startUpstream("hang");
    const slow = new SquareClient({ token: "t", baseUrl: url, timeoutInSeconds: 200 });
    expect(await outcomeOf(pay(slow), 800)).toBe("still waiting");
  });
});
