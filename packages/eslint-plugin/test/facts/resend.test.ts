import { Resend } from "resend";
import { describe, expect, it } from "vitest";

import { type Behaviour, outcomeOf, startUpstream } from "./upstream.ts";

const mail = { from: "a@example.com", to: "b@example.com", subject: "s", text: "t" };

/** A fact that changes here is written in src/calls/sdks/resend.ts. The SDK never throws: what failed is in the answer. */
async function send(behaviour: Behaviour, options?: object, patience = 1_500) {
  const { url, requests } = await startUpstream(behaviour);
  const resend = new Resend("re_k", { baseUrl: url.slice(0, -1) });
  const outcome = await outcomeOf(resend.emails.send(mail, options), patience);
  return { outcome, keys: requests.map(({ headers }) => headers["idempotency-key"]) };
}

describe("resend (src/calls/sdks/resend.ts)", () => {
  it("retries nothing, and makes no key", async () => {
    expect(await send(503)).toEqual({ outcome: "answered", keys: [undefined] });
    expect(await send("reset")).toEqual({ outcome: "answered", keys: [undefined] });
  });

  it("takes the key from the options of the call", async () => {
    expect(await send(503, { idempotencyKey: "k1" })).toEqual({ outcome: "answered", keys: ["k1"] });
  });

  it("has no timeout but that of fetch, and ends with a signal", async () => {
    expect((await send("hang", {}, 800)).outcome).toBe("still waiting");
    expect((await send("stall", { signal: AbortSignal.timeout(150) })).outcome).toBe("answered");
  });
});
