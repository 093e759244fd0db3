import { consumersOf } from "./consumers.ts";
import type { Observation } from "./decide.ts";
import { leaseStanding } from "./lease.ts";
import type { Runner } from "./runner.ts";
import { stateOf, statePath } from "./state.ts";

/** Reads both documents of a secret. The state comes first: a consumers' document is never older than the state it is judged by. */
export async function observe({
  store,
  path,
  self,
  clock,
}: Pick<Runner, "store" | "path" | "self" | "clock">): Promise<Omit<Observation, "candidate">> {
  const stored = await store.read(statePath(path));
  const state = stored && stateOf(stored.document, statePath(path));
  const consumers = consumersOf(await store.read(path), path);
  const nowMs = await clock();
  return { nowMs, state, stateVersion: stored?.version ?? "absent", consumers, lease: leaseStanding(state?.lease, self, nowMs) };
}
