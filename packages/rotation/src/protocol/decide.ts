import type { Version } from "../roles.ts";
import { standing, type Consumers } from "./consumers.ts";
import type { Applied, Lease, Prepared, Promoted, RotationState, Unpromoted } from "./state.ts";

/**
 * What was asked for. `finish`: what was begun, nothing new. `when-due`: and a new rotation when the value is too old or missing.
 * `now`: and a new rotation in any case. `force`: and even if that ends an overlap early or gives up a rotation that cannot go on.
 */
export type Request = "finish" | "when-due" | "now" | "force";

/** What the policy and the rotator say, in milliseconds. */
export interface Terms {
  readonly everyMs: number | undefined;
  readonly overlapMs: number;
}

/** Everything a decision rests on, all of it read from the store just before. */
export interface Observation {
  /** The store's clock. */
  readonly nowMs: number;
  readonly state: RotationState | undefined;
  readonly stateVersion: Version | "absent";
  readonly consumers: Consumers;
  /** `theirs`: another runner that may be alive holds it. */
  readonly lease: "mine" | "free" | "theirs";
  /** What trying the candidate showed in this run. */
  readonly candidate: "untried" | "refused";
}

export type Idle =
  | { readonly reason: "finished" }
  | { readonly reason: "manual" }
  | { readonly reason: "fresh"; readonly untilMs: number }
  | { readonly reason: "overlap"; readonly untilMs: number };

export type Stop = "changed-by-hand" | "refused";

/** Each act is at most one change of the consumers' document or of the place that accepts the secret; then everything is read again. */
export type Decision = Step | { readonly act: "busy"; readonly lease: Lease } | { readonly act: "claim"; readonly state: RotationState };
export type Action = Exclude<Decision, { readonly act: "nothing" | "stop" | "busy" }>;

/** What is to be done by whoever holds the rotation. */
export type Step =
  | { readonly act: "nothing"; readonly idle: Idle }
  | { readonly act: "stop"; readonly because: Stop }
  | { readonly act: "prepare" }
  | { readonly act: "apply"; readonly state: Prepared }
  | { readonly act: "verify" | "promote" | "record-promoted"; readonly state: Applied }
  | { readonly act: "overlap" | "withdraw" | "revoke"; readonly state: Promoted }
  | { readonly act: "discard"; readonly state: Unpromoted | Promoted };

/** The next step of a rotation. Pure: every path of it can be tested without a store. */
export function decide(request: Request, terms: Terms, observation: Observation): Decision {
  const { state, lease } = observation;
  if (lease === "theirs" && state?.lease) return { act: "busy", lease: state.lease };
  const next = nextStep(request, terms, observation);
  // Preparing takes the lease with the same write; every other action changes something and must own the rotation first.
  return "state" in next && lease !== "mine" ? { act: "claim", state: next.state } : next;
}

/** The same, without asking who holds the rotation. */
export function nextStep(request: Request, terms: Terms, { state, consumers, candidate, nowMs }: Observation): Step {
  if (state === undefined || state.phase === "retired") return beginning(request, terms, { state, consumers, nowMs });
  const stands = standing(state, consumers);
  const giveUp = (because: Stop): Step => (request === "force" ? { act: "discard", state } : { act: "stop", because });
  switch (state.phase) {
    case "prepared":
      return stands === "changed" ? giveUp("changed-by-hand") : { act: "apply", state };
    case "applied":
    case "verified":
      if (stands === "changed") return giveUp("changed-by-hand");
      if (candidate === "refused") return giveUp("refused");
      if (state.phase === "applied") return { act: "verify", state };
      return { act: stands === "promoted" ? "record-promoted" : "promote", state };
    case "promoted":
      if (stands !== "promoted") return giveUp("changed-by-hand");
      return overlaps(state, nowMs) ? { act: "overlap", state } : retirement(state, consumers);
    case "overlap":
      if (overlaps(state, nowMs) && request !== "force")
        return { act: "nothing", idle: { reason: "overlap", untilMs: state.overlapEndsAtMs } };
      return stands === "promoted" ? retirement(state, consumers) : giveUp("changed-by-hand");
  }
}

/** A rotation without overlap has none either when the clock of the store goes back a little, as that of a cluster does. */
function overlaps({ promotedAtMs, overlapEndsAtMs }: Promoted, nowMs: number): boolean {
  return overlapEndsAtMs > promotedAtMs && nowMs < overlapEndsAtMs;
}

/** Consumers stop being told of the previous value before it stops working. */
function retirement(state: Promoted, consumers: Consumers): Step {
  return { act: consumers.previous && state.previous?.value.equals(consumers.previous.value) ? "withdraw" : "revoke", state };
}

type Rest = Pick<Observation, "consumers" | "nowMs" | "state">;

function beginning(request: Request, terms: Terms, rest: Rest): Step {
  if (request === "finish") return { act: "nothing", idle: { reason: "finished" } };
  if (request !== "when-due") return { act: "prepare" };
  const due = dueOf(terms, rest);
  switch (due.kind) {
    case "never":
      return { act: "nothing", idle: { reason: "manual" } };
    case "at":
      return due.atMs <= rest.nowMs ? { act: "prepare" } : { act: "nothing", idle: { reason: "fresh", untilMs: due.atMs } };
    case "missing":
    case "age-unknown":
      return { act: "prepare" };
  }
}

export type Due =
  | { readonly kind: "missing" }
  | { readonly kind: "never" }
  | { readonly kind: "at"; readonly atMs: number; readonly rotatedAtMs: number }
  /** There is a value and a maximum age, and nothing tells how old the value is. */
  | { readonly kind: "age-unknown" };

/** When the value has to be replaced, by the age the store knows. */
export function dueOf({ everyMs }: Terms, { consumers, state }: Omit<Rest, "nowMs">): Due {
  if (consumers.current === undefined) return { kind: "missing" };
  if (everyMs === undefined) return { kind: "never" };
  const rotatedAtMs = rotatedAtOf(state, consumers);
  return rotatedAtMs === undefined ? { kind: "age-unknown" } : { kind: "at", atMs: rotatedAtMs + everyMs, rotatedAtMs };
}

/** A value that was written over by hand since the last rotation is as old as that write. */
export function rotatedAtOf(state: RotationState | undefined, consumers: Consumers): number | undefined {
  if (consumers.current === undefined) return undefined;
  const promotedAtMs = state && "promotedAtMs" in state ? state.promotedAtMs : undefined;
  return state?.rotation === consumers.rotation && promotedAtMs !== undefined ? promotedAtMs : (consumers.writtenAtMs ?? promotedAtMs);
}
