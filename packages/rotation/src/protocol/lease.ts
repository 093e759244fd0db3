import type { Lease } from "./state.ts";
import { type Holder, isGone } from "./holder.ts";

/** How long a runner may be silent before another one takes its rotation over. */
export const LEASE_MS = 60_000;
/** A lease that is about to end is renewed before anything is done under it. */
const RENEW_BEFORE_MS = LEASE_MS / 3;

export function leaseFor(holder: Holder, nowMs: number): Lease {
  return { holder, endsAtMs: nowMs + LEASE_MS };
}

/** `free` also for a lease of this runner that has to be renewed, and for one of a runner that is known to be dead. */
export function leaseStanding(lease: Lease | undefined, self: Holder, nowMs: number): "mine" | "free" | "theirs" {
  if (lease === undefined || lease.endsAtMs <= nowMs) return "free";
  if (lease.holder.run === self.run) return lease.endsAtMs - nowMs > RENEW_BEFORE_MS ? "mine" : "free";
  return isGone(lease.holder, self) ? "free" : "theirs";
}

/**
 * Does `work`, which may take longer than a lease, and renews the lease meanwhile.
 * @throws what `work` throws, else what stopped the renewal: the lease may then belong to another runner.
 */
export async function whileRenewing<T>(renew: () => Promise<void>, work: () => Promise<T>): Promise<T> {
  const failures: unknown[] = [];
  let renewals = Promise.resolve();
  const timer = setInterval(() => {
    renewals = renewals.then(async () => {
      if (failures.length === 0) await renew().catch((error: unknown) => failures.push(error));
    });
  }, RENEW_BEFORE_MS);
  const [result] = await Promise.allSettled([work()]);
  clearInterval(timer);
  await renewals;
  if (result.status === "rejected") throw result.reason;
  if (failures.length > 0) throw failures[0];
  return result.value;
}
