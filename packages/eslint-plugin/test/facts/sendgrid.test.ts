import { MailService } from "@sendgrid/mail";
import { describe, expect, it } from "vitest";

import { type Behaviour, outcomeOf, startUpstream } from "./upstream.ts";

/** The client of the package is a field that its types do not show. */
type Inner = { readonly client: { setDefaultRequest(name: string, value: string): void } };

/** A fact that changes here is written in src/calls/sdks/sendgrid.ts. */
async function send(behaviour: Behaviour, timeout?: number, patience = 1_500) {
  const { url, requests } = await startUpstream(behaviour);
  const service = new MailService();
  service.setApiKey(["SG", "k"].join("."));
  (service as unknown as Inner).client.setDefaultRequest("baseUrl", url);
  if (timeout !== undefined) service.setTimeout(timeout);
  const outcome = await outcomeOf(service.send({ from: "a@example.com", to: "b@example.com", subject: "s", text: "t" }), patience);
  return { outcome, requests: requests.length };
}

describe("sendgrid (src/calls/sdks/sendgrid.ts)", () => {
  it("retries nothing", async () => {
    expect(await send(503)).toEqual({ outcome: "failed", requests: 1 });
    expect(await send("reset")).toEqual({ outcome: "failed", requests: 1 });
  });

  it("has no timeout", async () => {
    expect((await send("hang", undefined, 800)).outcome).toBe("still waiting");
  });

  it("ends silence with setTimeout, and no answer that goes on slowly", async () => {
    expect((await send("hang", 150)).outcome).toBe("failed");
    expect((await send("stall", 150)).outcome).toBe("failed");
    expect((await send("drip", 300)).outcome).toBe("answered");
  });
});
