import axios from "axios";
import { describe, expect, it } from "vitest";

import { outcomeOf, startUpstream } from "./upstream.ts";

describe("axios", () => {
  it("has no timeout", () => {
    expect(axios.defaults.timeout).toBe(0);
  });

  it("sends a request once, whatever happens to it", async () => {
    for (const behaviour of [503, "reset"] as const) {
      const { url, requests } = await startUpstream(behaviour);
      expect(await outcomeOf(axios.get(url))).toBe("failed");
      expect(requests).toHaveLength(1);
    }
  });

  it.each([
    ["hang", "failed"],
    ["stall", "failed"],
    ["drip", "answered"], // a bound on silence, not on the whole
  ] as const)("ends with `timeout` by the http adapter: %s %s", async (behaviour, outcome) => {
    const { url } = await startUpstream(behaviour);
    expect(await outcomeOf(axios.get(url, { timeout: 200, adapter: "http" }))).toBe(outcome);
  });

  it.each(["hang", "stall", "drip"] as const)("ends with `timeout` by the fetch adapter, as a total: %s", async (behaviour) => {
    const { url } = await startUpstream(behaviour);
    expect(await outcomeOf(axios.get(url, { timeout: 200, adapter: "fetch" }))).toBe("failed");
  });

  it.each(["hang", "stall", "drip"] as const)("ends with AbortSignal.timeout, as a total: %s", async (behaviour) => {
    const { url } = await startUpstream(behaviour);
    expect(await outcomeOf(axios.get(url, { signal: AbortSignal.timeout(200) }))).toBe("failed");
  });

  it("takes the timeout of the call before that of the instance, and that before the defaults of the instance's creation", async () => {
    const client = axios.create({ timeout: 5_000 });
    expect(client.defaults.timeout).toBe(5_000);
    client.defaults.timeout = 100;
    const { url } = await startUpstream("hang");
    expect(await outcomeOf(client.get(url))).toBe("failed");
    expect(await outcomeOf(client.get(url, { timeout: 5_000 }), 800)).toBe("still waiting");
  });

  it("gives an instance the library's defaults of the moment it is made", () => {
    axios.defaults.timeout = 123;
    try {
      expect(axios.create().defaults.timeout).toBe(123);
    } finally {
      axios.defaults.timeout = 0;
    }
  });

  it("sends the headers of the instance, of its defaults and of interceptors", async () => {
    const { url, requests } = await startUpstream(200);
    const client = axios.create({ headers: { "X-Created": "1" } });
    client.defaults.headers.common["X-Default"] = "2";
    client.interceptors.request.use((config) => {
      config.headers.set("Idempotency-Key", "3");
      return config;
    });
    await client.post(url, {});
    expect(requests[0]?.headers).toMatchObject({ "x-created": "1", "x-default": "2", "idempotency-key": "3" });
  });
});
