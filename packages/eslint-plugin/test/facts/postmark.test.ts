import { ServerClient } from "postmark";
import { describe, expect, it } from "vitest";

import { type Behaviour, outcomeOf, startUpstream } from "./upstream.ts";

/** A fact that changes here is written in src/calls/sdks/postmark.ts. */
async function send(behaviour: Behaviour, timeout?: number, patience = 1_500) {
  const { url, requests } = await startUpstream(behaviour);
  const requestHost = new URL(url).host;
  const client = new ServerClient("t", { requestHost, useHttps: false, ...(timeout !== undefined && { timeout }) });
  const outcome = await outcomeOf(client.sendEmail({ From: "a@example.com", To: "b@example.com", Subject: "s", TextBody: "t" }), patience);
  return { outcome, requests: requests.length };
}

describe("postmark (src/calls/sdks/postmark.ts)", () => {
  it("retries nothing", async () => {
    expect(await send(503)).toEqual({ outcome: "failed", requests: 1 });
    expect(await send("reset")).toEqual({ outcome: "failed", requests: 1 });
  });

  it("has a timeout of 180 s", () => {
    expect(new ServerClient("t").httpClient.clientOptions.timeout).toBe(180);
  });

  it("ends the whole attempt with `timeout`, in seconds", async () => {
    expect((await send("hang", 0.15)).outcome).toBe("failed");
    expect((await send("stall", 0.15)).outcome).toBe("failed");
    expect((await send("drip", 0.15)).outcome).toBe("failed");
  });
});
