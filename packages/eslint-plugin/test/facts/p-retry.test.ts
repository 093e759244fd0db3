import pRetry, { AbortError, type Options } from "p-retry";
import { describe, expect, it } from "vitest";

import { outcomeOf, startUpstream } from "./upstream.ts";

/** No waiting between the attempts: their number is what counts here. */
const atOnce: Options = { minTimeout: 0, maxTimeout: 0 };

async function attempts(operation: () => Promise<unknown>, options?: Options): Promise<number> {
  let count = 0;
  const counted = () => {
    count += 1;
    return operation();
  };
  expect(await outcomeOf(pRetry(counted, { ...atOnce, ...options }))).toBe("failed");
  return count;
}

const failing = () => Promise.reject(new Error("no"));

describe("p-retry", () => {
  it("retries ten times by default", async () => {
    expect(await attempts(failing)).toBe(11);
  });

  it("counts retries, not attempts", async () => {
    expect(await attempts(failing, { retries: 2 })).toBe(3);
    expect(await attempts(failing, { retries: 0 })).toBe(1);
  });

  it("repeats whatever the function sends, POST too", async () => {
    const { url, requests } = await startUpstream(503);
    const post = async () => {
      const response = await fetch(url, { method: "POST" });
      if (!response.ok) throw new Error(String(response.status));
    };
    await attempts(post, { retries: 2 });
    expect(requests.map(({ method }) => method)).toEqual(["POST", "POST", "POST"]);
  });

  it("repeats a request whose connection is cut", async () => {
    const { url, requests } = await startUpstream("reset");
    await attempts(() => fetch(url, { method: "POST" }), { retries: 1 });
    expect(requests).toHaveLength(2);
  });

  it("does not repeat an AbortError or a mistake of the program", async () => {
    expect(await attempts(() => Promise.reject(new AbortError("no")))).toBe(1);
    expect(await attempts(() => Promise.reject(new TypeError("x is not a function")))).toBe(1);
  });
});
