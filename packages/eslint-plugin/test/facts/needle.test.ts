import needle, { type NeedleOptions } from "needle";
import { describe, expect, it } from "vitest";

import { outcomeOf, startUpstream } from "./upstream.ts";

describe("needle (src/calls/clients/needle.ts)", () => {
  it("sends a request once, whatever happens to it", async () => {
    for (const behaviour of [503, "reset"] as const) {
      const { url, requests } = await startUpstream(behaviour);
      await outcomeOf(needle("get", url));
      expect(requests).toHaveLength(1);
    }
  });

  it.each<[NeedleOptions, "hang" | "stall" | "drip", string]>([
    [{ timeout: 200 }, "hang", "still waiting"],
    [{ open_timeout: 200 }, "hang", "still waiting"],
    [{ response_timeout: 200 }, "hang", "failed"],
    [{ response_timeout: 200 }, "stall", "still waiting"],
    [{ response_timeout: 200 }, "drip", "answered"],
    [{ read_timeout: 200 }, "hang", "still waiting"],
    [{ read_timeout: 200 }, "stall", "failed"],
    [{ read_timeout: 200 }, "drip", "failed"],
  ])("with %j: %s %s", async (options, behaviour, outcome) => {
    const { url } = await startUpstream(behaviour);
    expect(await outcomeOf(needle("get", url, options), 1_200)).toBe(outcome);
  });

  it("takes its options behind the data, or right behind the URL of a GET", async () => {
    const { url, requests } = await startUpstream(200);
    await needle("get", url, { headers: { "x-get": "1" } });
    await needle("post", url, {}, { headers: { "x-post": "2" } });
    expect(requests.map(({ headers }) => headers)).toMatchObject([{ "x-get": "1" }, { "x-post": "2" }]);
  });
});
