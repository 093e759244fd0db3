import { setTimeout as delay } from "node:timers/promises";

const pollMs = 25;

/** Asks again and again until the answer is yes; a rejection counts as "not yet". Throws after `withinMs`, naming what was waited for. */
export async function until(what: string, condition: () => Promise<boolean>, withinMs = 60_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  let lastError: unknown;
  while (performance.now() < deadline) {
    const met = await condition().catch((error: unknown) => {
      lastError = error;
      return false;
    });
    if (met) return;
    await delay(pollMs);
  }
  throw new Error(`waited ${withinMs / 1000} s in vain until ${what}`, lastError === undefined ? undefined : { cause: lastError });
}
