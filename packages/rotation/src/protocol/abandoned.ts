import type { AuditRecord } from "@holdfast/audit";

import type { Ending } from "../audit/trail.ts";
import { type Consumers, standing } from "./consumers.ts";
import type { Runner } from "./runner.ts";
import { hasReached, type RotationState } from "./state.ts";

/** What the store said before this runner wrote anything. */
export interface Before {
  readonly state: RotationState | undefined;
  readonly consumers: Consumers;
}

/**
 * Writes the outcomes that dead processes still owe the audit log, as far as the store shows them.
 * `fenced`: this runner has written the state document since, so a write of a dead one that is still under way can no longer land.
 */
export async function closeAbandoned({ trail, secret, store }: Runner, before: Before, certainty: "fenced" | "unfenced"): Promise<void> {
  for (const intent of await trail.abandoned(secret)) {
    const { action = "", sequence, generation, phase, rotation } = intent;
    const result = endingOf(intent, before, certainty);
    await trail.conclude({ sequence, facts: { action, secret, store: store.name, generation, phase, rotation } }, { result });
  }
}

export function endingOf(intent: AuditRecord, { state, consumers }: Before, certainty: "fenced" | "unfenced"): Ending["result"] {
  const notWritten = certainty === "fenced" ? "failed" : "unknown";
  if (state === undefined || state.rotation !== intent.rotation) {
    // Generations only grow: a rotation beyond the newest one was never stored.
    const neverBegan = intent.action === "prepare" && (intent.generation ?? 0) > (state?.generation ?? consumers.generation ?? 0);
    return neverBegan ? notWritten : "unknown";
  }
  const shown = (done: boolean) => (done ? "done" : "unknown");
  switch (intent.action) {
    case "prepare":
      return "done";
    case "record":
      return hasReached(state.phase, intent.phase as RotationState["phase"]) ? "done" : notWritten;
    case "apply":
      return shown(hasReached(state.phase, "applied"));
    case "promote":
      return shown(state.phase === "retired" || standing(state, consumers) === "promoted");
    case "withdraw":
    case "revoke":
      return shown(state.phase === "retired");
    case "claim":
      return shown(state.lease?.holder.pid === intent.actor.pid && state.lease.holder.host === intent.actor.host);
    default:
      return "unknown";
  }
}
