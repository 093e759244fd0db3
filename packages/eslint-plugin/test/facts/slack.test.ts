import { retryPolicies, WebClient, type WebClientOptions } from "@slack/web-api";
import { describe, expect, it } from "vitest";

import { type Behaviour, outcomeOf, startUpstream } from "./upstream.ts";

/** A fact that changes here is written in src/calls/sdks/slack.ts. */
const atOnce = { minTimeout: 0, maxTimeout: 1 };

async function attempts(behaviour: Behaviour, options: WebClientOptions): Promise<number> {
  const { url, requests } = await startUpstream(behaviour);
  const client = new WebClient("t", { slackApiUrl: url, ...options });
  expect(await outcomeOf(client.chat.postMessage({ channel: "c", text: "t" }), 8_000)).toBe("failed");
  return requests.length;
}

describe("slack (src/calls/sdks/slack.ts)", () => {
  it("retries ten times by default, over half an hour", () => {
    expect(new WebClient("t")).toMatchObject({ retryConfig: retryPolicies.tenRetriesInAboutThirtyMinutes });
    expect(retryPolicies.tenRetriesInAboutThirtyMinutes).toEqual({ retries: 10, factor: 1.968_21, randomize: true });
    expect(retryPolicies.fiveRetriesInFiveMinutes.retries).toBe(5);
  });

  it("counts retries, not attempts, and repeats a POST", async () => {
    expect(await attempts(503, { retryConfig: { ...atOnce, retries: 2 } })).toBe(3);
    expect(await attempts("reset", { retryConfig: { ...atOnce, retries: 1 } })).toBe(2);
    expect(await attempts(503, { retryConfig: { retries: 0 } })).toBe(1);
  });

  it("repeats ten times with a configuration that names no number", async () => {
    expect(await attempts(503, { retryConfig: atOnce })).toBe(11);
  });

  it("has no timeout", async () => {
    const { url } = await startUpstream("hang");
    expect(await outcomeOf(new WebClient("t", { slackApiUrl: url }).auth.test(), 800)).toBe("still waiting");
  });

  it("ends each attempt with `timeout`", async () => {
    expect(await attempts("hang", { timeout: 150, retryConfig: { ...atOnce, retries: 1 } })).toBe(2);
  });
});
