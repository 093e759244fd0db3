import superagent, { type SuperAgentRequest } from "superagent";
import { describe, expect, it } from "vitest";

import { type Behaviour, outcomeOf, startUpstream } from "./upstream.ts";

async function attempts(behaviour: Behaviour, call: (url: string) => SuperAgentRequest): Promise<number> {
  const { url, requests } = await startUpstream(behaviour);
  expect(await outcomeOf(Promise.resolve(call(url)))).toBe("failed");
  return requests.length;
}

describe("superagent (src/calls/clients/superagent.ts)", () => {
  it("does not retry by itself", async () => {
    expect(await attempts(503, (url) => superagent.get(url))).toBe(1);
    expect(await attempts("reset", (url) => superagent.get(url))).toBe(1);
  });

  it("repeats every method, POST too, as often as .retry(n) says, and once when it says nothing", async () => {
    expect(await attempts(503, (url) => superagent.post(url).retry(2))).toBe(3);
    expect(await attempts("reset", (url) => superagent.post(url).retry(2))).toBe(3);
    expect(await attempts("hang", (url) => superagent.post(url).timeout(100).retry(2))).toBe(3);
    expect(await attempts(503, (url) => superagent.get(url).retry())).toBe(2);
  });

  it("ignores Retry-After", async () => {
    expect(await attempts({ status: 503, retryAfter: "60" }, (url) => superagent.get(url).retry(1))).toBe(2);
  });

  it.each(["hang", "stall", "drip"] as const)("ends an attempt with .timeout(ms), body included: %s", async (behaviour) => {
    expect(await attempts(behaviour, (url) => superagent.get(url).timeout(200))).toBe(1);
    expect(await attempts(behaviour, (url) => superagent.get(url).timeout({ deadline: 200 }))).toBe(1);
  });

  it.each([
    ["hang", "failed"],
    ["stall", "still waiting"],
    ["drip", "answered"],
  ] as const)("ends with .timeout({ response }) until the headers: %s %s", async (behaviour, outcome) => {
    const { url } = await startUpstream(behaviour);
    expect(await outcomeOf(Promise.resolve(superagent.get(url).timeout({ response: 200 })))).toBe(outcome);
  });

  it("gives the requests of an agent what the agent was told", async () => {
    const { url, requests } = await startUpstream(503);
    const agent = superagent.agent().set("x-agent", "1").retry(1);
    expect(await outcomeOf(Promise.resolve(agent.post(url).set("idempotency-key", "2")))).toBe("failed");
    expect(requests.map(({ headers }) => headers)).toMatchObject([{ "x-agent": "1", "idempotency-key": "2" }, { "x-agent": "1" }]);
  });
});
