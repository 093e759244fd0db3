import { type ClientRequest, get, type RequestOptions } from "node:http";

import { describe, expect, it } from "vitest";

import { type Behaviour, outcomeOf, startUpstream } from "./upstream.ts";

/** Answered once the body is there. */
async function outcome(behaviour: Behaviour, options: RequestOptions, prepare?: (request: ClientRequest) => void): Promise<string> {
  const { url } = await startUpstream(behaviour);
  return outcomeOf(
    new Promise<void>((resolve, reject) => {
      const request = get(url, options, (response) => {
        response.on("end", resolve).on("error", reject).resume();
      });
      request.on("error", reject);
      prepare?.(request);
    }),
    1_200,
  );
}

describe("node:http (src/calls/clients/node-http.ts)", () => {
  it("sends a request once, whatever happens to it", async () => {
    const { url, requests } = await startUpstream("reset");
    await outcomeOf(new Promise((resolve, reject) => get(url, resolve).on("error", reject)));
    expect(requests).toHaveLength(1);
  });

  it.each(["hang", "stall"] as const)("ends nothing with `timeout` alone: %s", async (behaviour) => {
    expect(await outcome(behaviour, { timeout: 200 })).toBe("still waiting");
    expect(await outcome(behaviour, {}, (request) => request.setTimeout(200))).toBe("still waiting");
  });

  it.each([
    ["hang", "failed"],
    ["stall", "failed"],
    ["drip", "answered"],
  ] as const)("ends with `timeout` and a listener that destroys the request, after silence: %s %s", async (behaviour, expected) => {
    expect(await outcome(behaviour, { timeout: 200 }, (request) => request.on("timeout", () => request.destroy(new Error("late"))))).toBe(
      expected,
    );
    expect(await outcome(behaviour, {}, (request) => request.setTimeout(200, () => request.destroy(new Error("late"))))).toBe(expected);
  });

  it.each(["hang", "stall", "drip"] as const)("ends with a signal, body included: %s", async (behaviour) => {
    expect(await outcome(behaviour, { signal: AbortSignal.timeout(200) })).toBe("failed");
  });
});
