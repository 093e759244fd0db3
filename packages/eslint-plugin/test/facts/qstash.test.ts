import { Client } from "@upstash/qstash";
import { describe, expect, it, vi } from "vitest";

import { type Behaviour, outcomeOf, startUpstream } from "./upstream.ts";

const atOnce = () => 1;

/** A fact that changes here is written in src/calls/sdks/qstash.ts. */
async function publish(
  behaviour: Behaviour,
  retry?: false | { readonly retries?: number; readonly backoff?: () => number },
  patience = 4_000,
  body: object = {},
) {
  vi.spyOn(console, "warn").mockReturnValue(undefined);
  vi.spyOn(console, "error").mockReturnValue(undefined);
  const { url, requests } = await startUpstream(behaviour);
  const client = new Client({ token: "t", baseUrl: url, enableTelemetry: false, ...(retry !== undefined && { retry }) });
  const outcome = await outcomeOf(client.publishJSON({ url: "https://a.example", ...body }), patience);
  return { outcome, requests: requests.length, headers: requests[0]?.headers };
}

describe("qstash (src/calls/sdks/qstash.ts)", () => {
  it("retries network errors five times by default, a POST too, and no answers", async () => {
    expect(await publish("reset", { backoff: atOnce })).toMatchObject({ outcome: "failed", requests: 6 });
    expect(await publish(503, { backoff: atOnce })).toMatchObject({ outcome: "failed", requests: 1 });
  });

  it("counts retries, not attempts", async () => {
    expect(await publish("reset", { retries: 1, backoff: atOnce })).toMatchObject({ outcome: "failed", requests: 2 });
    expect(await publish("reset", false)).toMatchObject({ outcome: "failed", requests: 1 });
  });

  it("sends `retries` of a message to the vendor, for its deliveries", async () => {
    const { headers, requests } = await publish("reset", false, 4_000, { retries: 9 });
    expect([requests, headers?.["upstash-retries"]]).toEqual([1, "9"]);
  });

  it("has no timeout but that of fetch; `timeout` of a message is for its delivery", async () => {
    expect((await publish("hang", false, 800, { timeout: 1 })).outcome).toBe("still waiting");
  });

  it("makes no key, and sends `deduplicationId` as one", async () => {
    const key = async (body: object) => (await publish(503, false, 4_000, body)).headers?.["upstash-deduplication-id"];
    expect(await key({})).toBeUndefined();
    expect(await key({ deduplicationId: "d1" })).toBe("d1");
  });
});
