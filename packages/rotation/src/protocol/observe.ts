import { type Consumers, consumersOf } from "./consumers.ts";
import type { Observation } from "./decide.ts";
import { leaseStanding } from "./lease.ts";
import type { Runner } from "./runner.ts";
import { type RotationState, stateOf, statePath } from "./state.ts";

type Observer = Pick<Runner, "store" | "path" | "self" | "clock"> & { readonly rotator?: Runner["rotator"] };

/** Reads both documents of a secret. The state comes first: a consumers' document is never older than the state it is judged by. */
export async function observe({ store, path, self, clock, rotator }: Observer): Promise<Omit<Observation, "candidate">> {
  const stored = await store.read(statePath(path));
  const state = stored && stateOf(stored.document, statePath(path));
  let consumers = consumersOf(await store.read(path), path, rotator && (rotator.fields ?? []));
  // A replica of the store may lag behind. If it was the document that went back, the second answer is the same.
  if (isBehind(consumers, state)) consumers = consumersOf(await store.read(path), path, rotator && (rotator.fields ?? []));
  const nowMs = await clock();
  return { nowMs, state, stateVersion: stored?.version ?? "absent", consumers, lease: leaseStanding(state?.lease, self, nowMs) };
}

function isBehind({ generation = 0 }: Consumers, state: RotationState | undefined): boolean {
  const wasPromoted = state !== undefined && "promotedAtMs" in state && state.promotedAtMs !== undefined;
  return wasPromoted && generation < state.generation;
}
