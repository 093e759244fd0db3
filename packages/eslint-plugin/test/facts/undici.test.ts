import * as undici8 from "undici";
import * as undici7 from "undici-7";
import { describe, expect, it } from "vitest";

import { type Behaviour, outcomeOf, startUpstream } from "./upstream.ts";

const majors = [
  [7, undici7 as unknown as typeof undici8],
  [8, undici8],
] as const;

/** No waiting between the attempts: their number is what counts here. */
const atOnce = { minTimeout: 1, maxTimeout: 1 };

describe.each(majors)("undici %i (src/calls/clients/undici.ts)", (_major, undici) => {
  const { Agent, Client, interceptors, request, RetryAgent } = undici;
  type Options = NonNullable<Parameters<typeof request>[1]>;

  const read = async (url: string, options?: Options) => (await request(url, options)).body.text();

  async function attempts(behaviour: Behaviour, options: Options, maxRetries?: number): Promise<number> {
    const { url, requests } = await startUpstream(behaviour);
    const dispatcher = new RetryAgent(new Agent(), { ...atOnce, ...(maxRetries !== undefined && { maxRetries }) });
    await outcomeOf(read(url, { ...options, dispatcher }));
    return requests.length;
  }

  it("sends a request once, whatever happens to it", async () => {
    for (const behaviour of [503, "reset"] as const) {
      const { url, requests } = await startUpstream(behaviour);
      await outcomeOf(read(url));
      expect(requests).toHaveLength(1);
    }
  });

  it("retries five times with RetryAgent, and counts retries", async () => {
    expect(await attempts(503, {})).toBe(6);
    expect(await attempts("reset", {})).toBe(6);
    expect(await attempts(503, {}, 2)).toBe(3);
  });

  it("repeats no POST", async () => {
    expect(await attempts(503, { method: "POST" })).toBe(1);
    expect(await attempts("reset", { method: "POST" })).toBe(1);
  });

  it("retries with interceptors.retry", async () => {
    const { url, requests } = await startUpstream(503);
    await outcomeOf(read(url, { dispatcher: new Agent().compose(interceptors.retry({ ...atOnce, maxRetries: 2 })) }));
    expect(requests).toHaveLength(3);
  });

  it("heeds Retry-After", async () => {
    const { url, requests } = await startUpstream({ status: 503, retryAfter: "60" }, 200);
    const dispatcher = new RetryAgent(new Agent(), { minTimeout: 1, maxTimeout: 60_000 });
    const controller = new AbortController();
    expect(await outcomeOf(read(url, { dispatcher, signal: controller.signal }), 700)).toBe("still waiting");
    expect(requests).toHaveLength(1);
    controller.abort();
  });

  it.each([
    [{ headersTimeout: 200 }, "hang", "failed"],
    [{ headersTimeout: 200 }, "stall", "still waiting"],
    [{ headersTimeout: 200 }, "drip", "answered"],
    [{ bodyTimeout: 200 }, "hang", "still waiting"],
    [{ bodyTimeout: 200 }, "stall", "failed"],
    [{ bodyTimeout: 200 }, "drip", "answered"],
  ] as const)("with %j: %s %s", async (options, behaviour, outcome) => {
    const { url } = await startUpstream(behaviour);
    const controller = new AbortController();
    expect(await outcomeOf(read(url, { ...options, signal: controller.signal }), 2_000)).toBe(outcome);
    controller.abort();
  });

  it.each(["hang", "stall", "drip"] as const)("is ended by a signal, body included: %s", async (behaviour) => {
    const { url } = await startUpstream(behaviour);
    expect(await outcomeOf(read(url, { signal: AbortSignal.timeout(200) }))).toBe("failed");
  });

  it("takes the timeouts of its dispatcher, and of the call before them", async () => {
    const { url } = await startUpstream("hang");
    const dispatcher = new Agent({ headersTimeout: 200 });
    expect(await outcomeOf(read(url, { dispatcher }), 2_000)).toBe("failed");
    const controller = new AbortController();
    expect(await outcomeOf(read(url, { dispatcher, headersTimeout: 60_000, signal: controller.signal }), 1_500)).toBe("still waiting");
    controller.abort();
    const client = new Client(url, { headersTimeout: 200 });
    expect(await outcomeOf(client.request({ path: "/", method: "GET" }), 2_000)).toBe("failed");
  });

  it("sends a request with a body and no method as PUT", async () => {
    const { url, requests } = await startUpstream(200);
    await read(url, { body: "{}" });
    expect(requests[0]?.method).toBe("PUT");
  });
});

describe("setGlobalDispatcher (src/calls/clients/undici-dispatcher.ts)", () => {
  it("is for Node's own fetch too", async () => {
    const { getGlobalDispatcher, setGlobalDispatcher, Agent } = undici8;
    const before = getGlobalDispatcher();
    setGlobalDispatcher(new Agent({ headersTimeout: 200 }));
    try {
      const { url } = await startUpstream("hang");
      expect(await outcomeOf(fetch(url), 2_000)).toBe("failed");
    } finally {
      setGlobalDispatcher(before);
    }
  });
});
