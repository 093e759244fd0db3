import { Configuration, PlaidApi } from "plaid";
import { describe, expect, it } from "vitest";

import { type Behaviour, outcomeOf, startUpstream } from "./upstream.ts";

/** A fact that changes here is written in src/calls/sdks/plaid.ts. */
async function call(behaviour: Behaviour, baseOptions?: object, options?: object) {
  const { url, requests } = await startUpstream(behaviour);
  const client = new PlaidApi(new Configuration({ basePath: url.slice(0, -1), baseOptions }));
  return { outcome: await outcomeOf(client.itemGet({ access_token: "t" }, options), 800), requests: requests.length };
}

describe("plaid (src/calls/sdks/plaid.ts)", () => {
  it("has no timeout and no retries", async () => {
    expect(await call("hang")).toEqual({ outcome: "still waiting", requests: 1 });
    expect(await call(503)).toEqual({ outcome: "failed", requests: 1 });
    expect(await call("reset")).toEqual({ outcome: "failed", requests: 1 });
  });

  it("takes axios's timeout from the configuration, and from the call", async () => {
    expect(await call("hang", { timeout: 150 })).toEqual({ outcome: "failed", requests: 1 });
    expect(await call("hang", {}, { timeout: 150 })).toEqual({ outcome: "failed", requests: 1 });
  });
});
