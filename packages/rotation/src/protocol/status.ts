import type { SecretStatus } from "../rotation.ts";
import { dueOf, rotatedAtOf, type Observation, type Terms } from "./decide.ts";

export type Standing = Omit<SecretStatus, "secret" | "store" | "error">;

/** What a person wants to know of a secret, from what the store holds. Pure. */
export function standingOf(terms: Terms, { state, consumers, nowMs }: Observation, rotates: "by-policy" | "by-hand"): Standing {
  const due = rotates === "by-policy" ? dueOf(terms, { state, consumers }) : { kind: "never" as const };
  return {
    generation: consumers.current === undefined ? undefined : (consumers.generation ?? 0),
    phase: state?.phase,
    rotatedAtMs: rotatedAtOf(state, consumers),
    dueAtMs: due.kind === "at" ? due.atMs : undefined,
    overlapEndsAtMs: state?.phase === "overlap" || state?.phase === "promoted" ? state.overlapEndsAtMs : undefined,
    state: stateWord(),
  };

  function stateWord(): SecretStatus["state"] {
    if (state !== undefined && state.phase !== "retired" && state.phase !== "overlap") return "unfinished";
    if (consumers.current === undefined) return "missing";
    if (due.kind === "age-unknown" || (due.kind === "at" && due.atMs <= nowMs)) return "overdue";
    if (state?.phase === "overlap") return "overlap";
    return due.kind === "never" ? "manual" : "fresh";
  }
}
