import retry from "retry";
import { describe, expect, it } from "vitest";

import { attemptsOf } from "./attempts.ts";

function run(fail: () => Promise<unknown>, options: Parameters<typeof retry.operation>[0]): Promise<unknown> {
  const operation = retry.operation(options as retry.OperationOptions);
  return new Promise((resolve, reject) => {
    operation.attempt(() => {
      fail().then(resolve, (error: Error) => {
        if (!operation.retry(error)) reject(error);
      });
    });
  });
}

describe("retry (a changed fact belongs into src/calls/retries/retry.ts)", () => {
  it("retries ten times by default", async () => {
    expect(await attemptsOf((fail) => run(fail, { minTimeout: 0, maxTimeout: 0 }))).toBe(11);
  });

  it("counts retries, not attempts", async () => {
    expect(await attemptsOf((fail) => run(fail, { retries: 2, minTimeout: 0, maxTimeout: 0 }))).toBe(3);
    expect(await attemptsOf((fail) => run(fail, { retries: 0 }))).toBe(1);
  });

  it("takes an array for the delays themselves", async () => {
    expect(await attemptsOf((fail) => run(fail, [1, 1]))).toBe(3);
  });

  it("waits 1 s, doubled each time, without jitter", () => {
    expect(retry.timeouts({ retries: 4 })).toEqual([1000, 2000, 4000, 8000]);
    expect(retry.timeouts().at(-1)).toBe(512_000);
  });
});
