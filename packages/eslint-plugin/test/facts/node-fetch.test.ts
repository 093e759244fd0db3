import { createRequire } from "node:module";

import crossFetch from "cross-fetch";
import nodeFetch3 from "node-fetch";
import { describe, expect, it } from "vitest";

import { outcomeOf, startUpstream } from "./upstream.ts";

type Fetch = (url: string, init?: object) => Promise<{ text(): Promise<string> }>;
const require = createRequire(import.meta.url);
const nodeFetch2 = require("node-fetch-2") as Fetch;
const isomorphicFetch = require("isomorphic-fetch") as Fetch;

const all: readonly (readonly [string, Fetch])[] = [
  ["node-fetch 2", nodeFetch2],
  ["node-fetch 3", nodeFetch3 as unknown as Fetch],
  ["cross-fetch", crossFetch as unknown as Fetch],
  ["isomorphic-fetch", isomorphicFetch],
];

describe.each(all)("%s (src/calls/clients/node-fetch.ts)", (name, fetch) => {
  it("sends a request once, whatever happens to it", async () => {
    for (const behaviour of [503, "reset"] as const) {
      const { url, requests } = await startUpstream(behaviour);
      await outcomeOf(fetch(url));
      expect(requests).toHaveLength(1);
    }
  });

  it(`${name === "node-fetch 3" ? "ignores" : "ends with"} \`timeout\``, async () => {
    for (const behaviour of ["hang", "stall", "drip"] as const) {
      const { url } = await startUpstream(behaviour);
      const read = fetch(url, { timeout: 200 }).then((response) => response.text());
      expect(await outcomeOf(read, 1_000)).toBe(name !== "node-fetch 3" ? "failed" : behaviour === "drip" ? "answered" : "still waiting");
    }
  });

  it.each(["hang", "stall", "drip"] as const)("is ended by AbortSignal.timeout, body included: %s", async (behaviour) => {
    const { url } = await startUpstream(behaviour);
    const read = fetch(url, { signal: AbortSignal.timeout(200) }).then((response) => response.text());
    expect(await outcomeOf(read)).toBe("failed");
  });
});
