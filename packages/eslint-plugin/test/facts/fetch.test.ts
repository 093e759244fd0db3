import { describe, expect, it } from "vitest";

import { outcomeOf, startUpstream } from "./upstream.ts";

describe("fetch", () => {
  it("sends a request once, whatever happens to it", async () => {
    for (const behaviour of [503, "reset"] as const) {
      const { url, requests } = await startUpstream(behaviour);
      await outcomeOf(fetch(url));
      expect(requests).toHaveLength(1);
    }
  });

  it("ignores `timeout`", async () => {
    const { url } = await startUpstream("hang");
    const controller = new AbortController();
    expect(await outcomeOf(fetch(url, { timeout: 100, signal: controller.signal } as RequestInit), 800)).toBe("still waiting");
    controller.abort();
  });

  it.each(["hang", "stall", "drip"] as const)("is ended by AbortSignal.timeout, body included: %s", async (behaviour) => {
    const { url } = await startUpstream(behaviour);
    expect(await outcomeOf(fetch(url, { signal: AbortSignal.timeout(200) }).then((response) => response.text()))).toBe("failed");
  });

  it("is ended by a timeout among other signals", async () => {
    const { url } = await startUpstream("hang");
    const signal = AbortSignal.any([new AbortController().signal, AbortSignal.timeout(200)]);
    expect(await outcomeOf(fetch(url, { signal }))).toBe("failed");
  });
});
