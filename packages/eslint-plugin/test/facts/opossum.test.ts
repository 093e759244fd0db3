import { createRequire } from "node:module";

import Breaker9 from "opossum";
import { describe, expect, it } from "vitest";

import { mostAtOnce, post } from "./attempts.ts";
import { outcomeOf, startUpstream } from "./upstream.ts";

/** The types of opossum are a package of their own, which this alias has not. */
const Breaker10 = createRequire(import.meta.url)("opossum-10") as typeof Breaker9;

describe.each([
  ["9", Breaker9],
  ["10", Breaker10],
])("opossum %s (a changed fact belongs into src/calls/retries/opossum.ts)", (_, CircuitBreaker) => {
  it("has a timeout of 10 s by default", () => {
    const breaker = new CircuitBreaker(() => Promise.resolve(), {});
    expect((breaker as unknown as { options: { timeout: number } }).options.timeout).toBe(10_000);
    breaker.shutdown();
  });

  it("ends the wait, not the request, and sends it once", async () => {
    const { url, requests } = await startUpstream({ status: 200, afterMs: 100 });
    const sent: Promise<void>[] = [];
    const breaker = new CircuitBreaker(
      () => {
        sent.push(post(url));
        return sent[0]!;
      },
      { timeout: 30 },
    );
    expect(await outcomeOf(breaker.fire())).toBe("failed");
    expect(await outcomeOf(sent[0]!)).toBe("answered");
    expect(requests).toHaveLength(1);
    breaker.shutdown();
  });

  it("ends nothing with timeout: false", async () => {
    const { url } = await startUpstream({ status: 200, afterMs: 100 });
    const breaker = new CircuitBreaker(() => post(url), { timeout: false });
    expect(await outcomeOf(breaker.fire())).toBe("answered");
    breaker.shutdown();
  });

  it("stops calling while it is open", async () => {
    const { url, requests } = await startUpstream(503);
    const breaker = new CircuitBreaker(() => post(url), { volumeThreshold: 1, resetTimeout: 10_000 });
    for (let index = 0; index < 3; index += 1) expect(await outcomeOf(breaker.fire())).toBe("failed");
    expect(requests).toHaveLength(1);
    breaker.shutdown();
  });

  it("refuses more than `capacity` at once", async () => {
    let run: (() => Promise<void>) | undefined;
    const breaker = new CircuitBreaker(() => run!(), { capacity: 2 });
    const most = await mostAtOnce((operation) => {
      run = operation;
      return breaker.fire().catch(() => undefined);
    });
    expect(most).toBe(2);
    breaker.shutdown();
  });
});
