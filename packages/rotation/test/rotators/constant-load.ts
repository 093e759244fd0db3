import { setImmediate } from "node:timers/promises";

import type { Credential } from "../../src/index.ts";
import type { RotatedSecret } from "./rotated-secret.ts";

export interface Load {
  readonly logins: number;
  /** Values that were refused although the store held them when they were read. */
  readonly refusals: number;
}

/**
 * A program that logs in every 10 ms with what the store last told it, as long as `work` takes. `refreshed` resolves when it has read the store once more:
 * an overlap is to be longer than programs keep a value.
 */
export async function underConstantLoad(
  secret: RotatedSecret,
  logIn: (credential: Credential) => Promise<boolean>,
  work: (refreshed: () => Promise<void>) => Promise<void>,
): Promise<Load> {
  let [logins, refusals] = [0, 0];
  let credential = (await secret.inUse())!;
  let isOver = false;
  let reads = 0;
  const refreshing = (async () => {
    for (; !isOver; reads += 1) credential = (await secret.inUse())!;
  })();
  /** The read that is under way may have begun before the last change. */
  const refreshed = async (): Promise<void> => {
    const enough = reads + 2;
    while (reads < enough) await setImmediate();
  };
  const running = new Set<Promise<void>>();
  const timer = setInterval(() => {
    const login = logIn(credential).then((isAccepted) => {
      logins += 1;
      if (!isAccepted) refusals += 1;
    });
    running.add(login);
    void login.finally(() => running.delete(login));
  }, 10);
  try {
    await work(refreshed);
  } finally {
    isOver = true;
    clearInterval(timer);
    await refreshing;
    await Promise.all(running);
  }
  return { logins, refusals };
}
