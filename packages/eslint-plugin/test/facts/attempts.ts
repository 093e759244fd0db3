import { expect } from "vitest";

import { outcomeOf } from "./upstream.ts";

/** How often a retry library runs an operation that always fails. */
export async function attemptsOf(run: (operation: () => Promise<never>) => Promise<unknown>): Promise<number> {
  let count = 0;
  const failing = () => {
    count += 1;
    return Promise.reject(new Error("no"));
  };
  expect(await outcomeOf(run(failing))).toBe("failed");
  return count;
}

/** The most functions that ran at the same time, of ten that were given to `start` at once. */
export async function mostAtOnce(start: (operation: () => Promise<void>) => Promise<unknown>): Promise<number> {
  let [running, most] = [0, 0];
  const operation = async () => {
    running += 1;
    most = Math.max(most, running);
    // Some limiters start each function by a timer of its own.
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setTimeout(resolve, 1));
    running -= 1;
  };
  await Promise.all(Array.from({ length: 10 }, () => start(operation)));
  return most;
}

/** POSTs to the URL, and fails for an answer that is no success. */
export async function post(url: string): Promise<void> {
  const response = await fetch(url, { method: "POST" });
  if (!response.ok) throw new Error(String(response.status));
}
