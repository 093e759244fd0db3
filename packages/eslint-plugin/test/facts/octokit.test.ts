import { Octokit as Core } from "@octokit/core";
import { retry } from "@octokit/plugin-retry";
import { Octokit } from "octokit";
import { describe, expect, it } from "vitest";

import { type Behaviour, outcomeOf, startUpstream } from "./upstream.ts";

const ignore = () => undefined;
const quiet = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const atOnce = { retryAfterBaseValue: 1 };
const throttle = { enabled: false };

/** A fact that changes here is written in src/calls/sdks/octokit.ts. */
async function post(behaviour: Behaviour, Client: typeof Core, options = {}, patience = 4_000) {
  const { url, requests } = await startUpstream(behaviour);
  const octokit = new Client({ baseUrl: url.slice(0, -1), log: quiet, ...options });
  return { outcome: await outcomeOf(octokit.request("POST /repos"), patience), requests: requests.length };
}

describe("octokit (src/calls/sdks/octokit.ts)", () => {
  it("retries nothing by itself", async () => {
    expect(await post(503, Core)).toEqual({ outcome: "failed", requests: 1 });
    expect(await post("reset", Core)).toEqual({ outcome: "failed", requests: 1 });
  });

  it("retries three times with the plugin, a POST too", async () => {
    const Retrying = Core.plugin(retry);
    expect(await post(503, Retrying, { retry: atOnce })).toEqual({ outcome: "failed", requests: 4 });
    expect(await post("reset", Retrying, { retry: atOnce })).toEqual({ outcome: "failed", requests: 4 });
  });

  it("brings the plugin with the package octokit", async () => {
    const options = { retry: atOnce, throttle };
    expect(await post(503, Octokit as typeof Core, options)).toEqual({ outcome: "failed", requests: 4 });
    expect(await post(503, Octokit as typeof Core, { ...options, request: { retries: 1 } })).toEqual({ outcome: "failed", requests: 2 });
    expect(await post(503, Octokit as typeof Core, { retry: { enabled: false }, throttle })).toEqual({ outcome: "failed", requests: 1 });
  });

  it("ignores `request.timeout`, and ends with a signal", async () => {
    expect(await post("hang", Core, { request: { timeout: 100 } }, 800)).toEqual({ outcome: "still waiting", requests: 1 });
    expect(await post("hang", Core, { request: { signal: AbortSignal.timeout(150) } })).toEqual({ outcome: "failed", requests: 1 });
  });
});
