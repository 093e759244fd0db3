import { stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { lock as acquire } from "proper-lockfile";
import { AuditError, fromSystem } from "../error.ts";
import { FILES } from "./files.ts";

/** A lock whose holder has not renewed it for this long is taken over: its process is dead or stopped. */
const STALE_MS = 5_000;
const DEFAULT_WAIT_MS = 30_000;

export interface Held {
  /** @throws AuditError `lock-lost` when another process may hold the lock by now, for example after the machine slept. */
  ensure(): Promise<void>;
}

/** Runs `work` while no other process (or log of this process) writes to the folder. */
export async function withLock<T>(directory: string, work: (held: Held) => Promise<T>, waitMs = DEFAULT_WAIT_MS): Promise<T> {
  const lease = { lost: false };
  const release = await take(directory, waitMs, () => (lease.lost = true));
  try {
    const mine = await lockStat(directory);
    return await work({
      async ensure() {
        const now = await lockStat(directory);
        // Birth time tells another holder's lock from this one; the age, one this process could not renew.
        const taken = now === undefined || now.ino !== mine?.ino || now.birthtimeMs !== mine.birthtimeMs;
        if (lease.lost || taken || Date.now() - now.mtimeMs > STALE_MS * 0.8)
          throw new AuditError(
            "lock-lost",
            `The lock of the audit log ${directory} was lost while this process was held up. Nothing was written; try again.`,
          );
      },
    });
  } finally {
    if (!lease.lost) await release().catch(() => undefined);
  }
}

function lockStat(directory: string) {
  return stat(join(directory, FILES.lock)).catch(() => undefined);
}

async function take(directory: string, waitMs: number, onCompromised: () => void): Promise<() => Promise<void>> {
  const deadlineMs = Date.now() + waitMs;
  for (;;) {
    try {
      return await acquire(join(directory, FILES.records), {
        lockfilePath: join(directory, FILES.lock),
        realpath: false,
        stale: STALE_MS,
        update: STALE_MS / 5,
        onCompromised,
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ELOCKED")
        throw fromSystem(error, "lock the audit log", directory, "Nothing was written.");
      if (Date.now() > deadlineMs)
        throw new AuditError(
          "locked",
          `Another process has held the audit log ${directory} for ${waitMs} ms. Nothing was written; try again when it is done.`,
        );
    }
    await wait(2 + Math.random() * 10);
  }
}
