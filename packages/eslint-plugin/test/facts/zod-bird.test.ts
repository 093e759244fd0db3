import { Tinybird } from "@chronark/zod-bird";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";

import { type Behaviour, outcomeOf, startUpstream } from "./upstream.ts";

/** A fact that changes here is written in src/calls/sdks/zod-bird.ts. */
async function call(behaviour: Behaviour, how: "pipe" | "event", patience = 8_000) {
  shortenWaits();
  const { url, requests } = await startUpstream(behaviour);
  const client = new Tinybird({ token: "t", baseUrl: url });
  const run =
    how === "pipe"
      ? client.buildPipe({ pipe: "p", data: z.object({}) })
      : client.buildIngestEndpoint({ datasource: "d", event: z.object({}) });
  return { outcome: await outcomeOf(run({}), patience), requests: requests.length };
}

const { setTimeout: wait } = globalThis;

/** The waits between attempts are of 1 s and of up to 4 s more; no other timer of the test is. */
function shortenWaits(): void {
  const shorter = (run: () => void, ms = 0, ...rest: unknown[]) => wait(run, ms >= 1_000 && ms <= 5_050 ? 0 : ms, ...rest);
  vi.spyOn(globalThis, "setTimeout").mockImplementation(shorter as typeof setTimeout);
}

describe("zod-bird (src/calls/sdks/zod-bird.ts)", () => {
  it("makes ten attempts on 429 and 5xx, for an event too", async () => {
    expect(await call(503, "pipe")).toEqual({ outcome: "failed", requests: 10 });
    expect(await call(429, "event")).toEqual({ outcome: "failed", requests: 10 });
  });

  it("does not repeat network errors", async () => {
    expect(await call("reset", "pipe")).toEqual({ outcome: "failed", requests: 1 });
  });

  it("has no timeout but that of fetch", async () => {
    expect(await call("hang", "pipe", 800)).toEqual({ outcome: "still waiting", requests: 1 });
  });
});
