import { createGraphQLClient } from "@shopify/graphql-client";
import { describe, expect, it } from "vitest";

import { type Behaviour, outcomeOf, startUpstream } from "./upstream.ts";

/** A fact that changes here is written in src/calls/sdks/shopify.ts. The client reports failures in its answer, and throws none. */
async function mutate(behaviour: Behaviour, clientOptions = {}, options = {}, patience = 5_000) {
  const { url, requests } = await startUpstream(behaviour);
  const client = createGraphQLClient({ url, headers: {}, ...clientOptions });
  const call = client.request("mutation { a { id } }", options).then(({ errors }) => {
    if (errors) throw new Error(errors.message);
  });
  return { outcome: await outcomeOf(call, patience), requests: requests.length };
}

describe("shopify (src/calls/sdks/shopify.ts)", () => {
  it("retries nothing by default", async () => {
    expect(await mutate(503)).toEqual({ outcome: "failed", requests: 1 });
    expect(await mutate("reset")).toEqual({ outcome: "failed", requests: 1 });
  });

  it("counts retries, not attempts, and repeats mutations", async () => {
    const retryAfter = { status: 503, retryAfter: "0" };
    expect(await mutate(retryAfter, { retries: 2 })).toEqual({ outcome: "failed", requests: 3 });
    expect(await mutate(retryAfter, { retries: 2 }, { retries: 1 })).toEqual({ outcome: "failed", requests: 2 });
    expect(await mutate("reset", { retries: 1 })).toEqual({ outcome: "failed", requests: 2 });
  });

  it("ends with a signal of the call, and else waits", async () => {
    expect(await mutate("hang", {}, { signal: AbortSignal.timeout(150) })).toEqual({ outcome: "failed", requests: 1 });
    expect(await mutate("hang", {}, {}, 800)).toEqual({ outcome: "still waiting", requests: 1 });
  });
});
