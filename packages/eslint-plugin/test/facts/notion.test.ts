import { Client, LogLevel } from "@notionhq/client";
import { describe, expect, it } from "vitest";

import { outcomeOf, startUpstream } from "./upstream.ts";

/** A fact that changes here is written in src/calls/sdks/notion.ts. */
type Options = ConstructorParameters<typeof Client>[0];

const quiet = { auth: "t", logLevel: LogLevel.ERROR, logger: () => undefined };
const atOnce = { initialRetryDelayMs: 1, maxRetryDelayMs: 2 };
const read = (client: Client) => client.users.me({});
const write = (client: Client) => client.comments.create({ parent: { page_id: "p" }, rich_text: [] });

/** Notion names the reason in the body, and only these are retried. */
async function refused(status: number, code: string, run: (client: Client) => Promise<unknown>, options?: Options): Promise<number> {
  const { url, requests } = await startUpstream({ status, json: { code, message: "no" } });
  expect(await outcomeOf(run(new Client({ ...quiet, retry: atOnce, baseUrl: url, ...options })), 4_000)).toBe("failed");
  return requests.length;
}

describe("notion (src/calls/sdks/notion.ts)", () => {
  it("retries twice: what it refused (429, 529) of every method, 500 and 503 of a GET or DELETE", async () => {
    expect(await refused(429, "rate_limited", write)).toBe(3);
    expect(await refused(503, "service_unavailable", read)).toBe(3);
    expect(await refused(503, "service_unavailable", write)).toBe(1);
  });

  it("does not retry network errors", async () => {
    const { url, requests } = await startUpstream("reset");
    expect(await outcomeOf(read(new Client({ ...quiet, baseUrl: url, retry: atOnce })))).toBe("failed");
    expect(requests).toHaveLength(1);
  });

  it("counts retries, not attempts", async () => {
    expect(await refused(429, "rate_limited", read, { retry: { ...atOnce, maxRetries: 1 } })).toBe(2);
    expect(await refused(429, "rate_limited", read, { retry: false })).toBe(1);
  });

  it("ends each attempt until the headers with `timeoutMs`", async () => {
    const wait = async (behaviour: "hang" | "stall") => {
      const { url } = await startUpstream(behaviour);
      return outcomeOf(read(new Client({ ...quiet, baseUrl: url, timeoutMs: 150 })), 800);
    };
    expect(await wait("hang")).toBe("failed");
    expect(await wait("stall")).toBe("still waiting");
  });
});
