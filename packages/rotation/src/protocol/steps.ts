import { randomUUID } from "node:crypto";

import type { ActFacts } from "../audit/trail.ts";
import { RotationError } from "../error.ts";
import type { Credential, Document, Pending, RotationContext, Version } from "../roles.ts";
import type { Step } from "../rotation.ts";
import type { Secret } from "../secret.ts";
import { isFieldName, promotedDocument, withoutPrevious } from "./consumers.ts";
import type { Action, Observation } from "./decide.ts";
import { leaseFor, whileRenewing } from "./lease.ts";
import type { Runner } from "./runner.ts";
import {
  type Applied,
  documentOf,
  type Lease,
  type Prepared,
  type Promoted,
  type RotationState,
  statePath,
  type Unpromoted,
} from "./state.ts";
import { writeAnnounced } from "./write.ts";

/** What a step has to work with, and the state document as this runner last wrote or read it. */
export interface Turn {
  readonly runner: Runner;
  readonly observation: Observation;
  readonly trace: string | undefined;
  /** Boundaries that were told of in this run, so that none is told twice when a step takes several acts. */
  readonly told: Set<string>;
  state: RotationState | undefined;
  stateVersion: Version | "absent";
}

/**
 * Performs one act. Whatever it throws, the store holds a state from which the next observation finds the way.
 * @returns whether a candidate that was tried was refused.
 */
export async function perform(action: Action, turn: Turn): Promise<"refused" | undefined> {
  switch (action.act) {
    case "prepare":
      return prepare(turn);
    case "claim":
      return writeState(turn, { ...action.state, lease: await newLease(turn) }, "claim");
    case "apply":
      return apply(turn, action.state);
    case "verify":
      return verify(turn, action.state);
    case "promote":
      return promote(turn, action.state);
    case "record-promoted":
      return recordPromoted(turn, action.state);
    case "overlap":
      return overlap(turn, action.state);
    case "withdraw":
      return withdraw(turn, action.state);
    case "revoke":
      return revoke(turn, action.state);
    case "discard":
      return discard(turn, action.state);
  }
}

async function prepare(turn: Turn): Promise<undefined> {
  const { runner, observation } = turn;
  const { consumers } = observation;
  const begun = {
    rotation: randomUUID(),
    generation: Math.max(consumers.generation ?? 0, observation.state?.generation ?? 0) + 1,
    beganAtMs: observation.nowMs,
  };
  await tell(turn, begun, "prepare", "before");
  const context = contextOf(turn, { ...begun, current: consumers.current });
  const pending = await asked(runner, "prepare", () => runner.rotator.prepare(context));
  requireFieldNames(runner, pending);
  const state: Prepared = {
    ...begun,
    phase: "prepared",
    pending,
    previous: consumers.current,
    lease: await newLease(turn),
  };
  await writeState(turn, state, "prepare");
  await tell(turn, begun, "prepare", "after");
}

async function apply(turn: Turn, state: Prepared): Promise<undefined> {
  const { runner } = turn;
  // Only the run that prepared it knows that nobody tried to apply it before, and only until it tries itself.
  const repeated = !turn.told.has(boundaryOf(state, "prepare", "after")) || turn.told.has(boundaryOf(state, "apply", "before"));
  await tell(turn, state, "apply", "before");
  const context = { ...contextOf(turn, { ...state, current: state.previous }), repeated };
  const applied = await effect(turn, state, "apply", state.pending.value, () => runner.rotator.apply(state.pending, context));
  const pending = candidateOf(runner, state.pending, applied ?? undefined);
  await writeState(turn, { ...state, phase: "applied", pending, lease: await newLease(turn) });
  await tell(turn, state, "apply", "after");
}

/** The candidate was just read from the store, so that what is tried is what consumers will get. */
async function verify(turn: Turn, state: Applied): Promise<"refused" | undefined> {
  const { runner } = turn;
  await tell(turn, state, "verify", "before");
  const context = contextOf(turn, { ...state, current: state.previous });
  const verdict = await asked(runner, "verify", () => keepingLease(turn, state, () => runner.rotator.verify(state.pending, context)));
  if (verdict === "refused") return "refused";
  await writeState(turn, { ...state, phase: "verified", lease: await newLease(turn) });
  await tell(turn, state, "verify", "after");
  return undefined;
}

async function promote(turn: Turn, state: Applied): Promise<undefined> {
  const { runner, observation } = turn;
  await tell(turn, state, "promote", "before");
  const previous = overlapMsOf(runner, state) > 0 ? state.previous : undefined;
  await writeConsumers(turn, state, "promote", promotedDocument(observation.consumers, state, previous), state.pending.value);
}

/** The overlap is counted from here, which is never earlier than the write that consumers see. */
async function recordPromoted(turn: Turn, state: Applied): Promise<undefined> {
  const { runner, observation } = turn;
  await tell(turn, state, "promote", "before");
  const promotedAtMs = observation.nowMs;
  const overlapEndsAtMs = promotedAtMs + overlapMsOf(runner, state);
  await writeState(turn, { ...state, phase: "promoted", lease: await newLease(turn), promotedAtMs, overlapEndsAtMs });
  await tell(turn, state, "promote", "after");
}

async function overlap(turn: Turn, state: Promoted): Promise<undefined> {
  await tell(turn, state, "overlap", "before");
  await writeState(turn, { ...state, phase: "overlap", lease: undefined });
  await tell(turn, state, "overlap", "after");
}

async function withdraw(turn: Turn, state: Promoted): Promise<undefined> {
  await tell(turn, state, "retire", "before");
  await writeConsumers(turn, state, "withdraw", withoutPrevious(turn.observation.consumers.document), state.previous?.value);
}

async function revoke(turn: Turn, state: Promoted): Promise<undefined> {
  const { runner } = turn;
  const { previous } = state;
  await tell(turn, state, "retire", "before");
  if (previous)
    await effect(turn, state, "revoke", previous.value, () =>
      runner.rotator.retire(previous, contextOf(turn, { ...state, current: state.pending })),
    );
  await writeState(turn, await retired(turn, state, state.promotedAtMs));
  await tell(turn, state, "retire", "after");
}

/** Gives up a rotation that cannot go on, because it was forced to: whatever of it is not in use stops working. */
async function discard(turn: Turn, state: Unpromoted | Promoted): Promise<undefined> {
  const { runner, observation } = turn;
  const { consumers } = observation;
  const wasPromoted = state.phase === "promoted" || state.phase === "overlap";
  const context = contextOf(turn, { ...state, current: consumers.current });
  const isOurs = wasPromoted && state.previous?.value.equals(consumers.previous?.value) === true;
  // Written even when nothing in it changes: compare-and-set shows that what was read is what is in use, before anything is revoked.
  if (consumers.version !== "absent")
    await (isOurs
      ? writeConsumers(turn, state, "withdraw", withoutPrevious(consumers.document), state.previous?.value)
      : writeConsumers(turn, state, "confirm", consumers.document, undefined));
  const isInUse = (value: Secret | undefined) => value !== undefined && value.equals(consumers.current?.value);
  const { pending, previous } = state;
  if (!isInUse(pending.value)) await effect(turn, state, "revoke", pending.value, () => discardCandidate(runner, pending, context));
  if (wasPromoted && previous && !isInUse(previous.value))
    await effect(turn, state, "revoke", previous.value, () => runner.rotator.retire(previous, context));
  await writeState(turn, await retired(turn, state, undefined));
}

/** Lets other runners go on at once. @throws whatever writing throws; the lease then ends by itself. */
export async function release(turn: Turn): Promise<void> {
  if (turn.state?.lease?.holder.run !== turn.runner.self.run) return;
  await writeState(turn, { ...turn.state, lease: undefined }, "release");
}

export function overlapMsOf({ rotator, terms }: Pick<Runner, "rotator" | "terms">, { previous }: Pick<Unpromoted, "previous">): number {
  return rotator.overlaps && previous !== undefined ? terms.overlapMs : 0;
}

async function discardCandidate({ rotator }: Runner, pending: Pending, context: RotationContext): Promise<void> {
  if (rotator.discard) return rotator.discard(pending, context);
  // Without a value there is nothing that a rotator without `discard` could revoke.
  if (pending.value) await rotator.retire({ value: pending.value, fields: pending.fields ?? {} }, context);
}

/** @throws RotationError `unfinished` for a rotator that left the value out and does not return it either: a fault of the rotator. */
function candidateOf(
  { rotator, secret }: Runner,
  { value, fields = {}, notes = {} }: Pending,
  applied: Credential | undefined,
): Applied["pending"] {
  const credential = applied ?? (value && { value, fields });
  if (credential) return { ...credential, notes };
  throw new RotationError("unfinished", `The rotator "${rotator.kind}" applied a new value of ${secret} without saying which.`, { secret });
}

function requireFieldNames({ rotator, secret }: Runner, { fields = {} }: Pending): void {
  const wrong = Object.keys(fields).find((name) => !isFieldName(name));
  if (wrong === undefined) return;
  throw new RotationError(
    "invalid",
    `The rotator "${rotator.kind}" wants to keep a field "${wrong}" beside ${secret}, a name that Holdfast uses itself. Nothing was changed. Choose another name.`,
    { secret },
  );
}

async function retired(
  { runner }: Turn,
  { rotation, generation, beganAtMs }: RotationState,
  promotedAtMs: number | undefined,
): Promise<RotationState> {
  return { rotation, generation, beganAtMs, phase: "retired", promotedAtMs, retiredAtMs: await runner.clock(), lease: undefined };
}

async function newLease({ runner }: Turn): Promise<Lease> {
  return leaseFor(runner.self, await runner.clock());
}

async function writeState(turn: Turn, state: RotationState, action = "record"): Promise<undefined> {
  const { runner, stateVersion } = turn;
  const facts = factsOf(turn, state, action, action === "prepare" && "pending" in state ? state.pending.value : undefined);
  const path = statePath(runner.path);
  turn.stateVersion = await writeAnnounced(runner, { path, document: documentOf(state), expected: stateVersion, facts });
  turn.state = state;
}

async function writeConsumers(
  turn: Turn,
  state: RotationState,
  action: string,
  document: Document,
  value: Secret | undefined,
): Promise<void> {
  const { runner, observation } = turn;
  const facts = factsOf(turn, state, action, value);
  await writeAnnounced(runner, { path: runner.path, document, expected: observation.consumers.version, facts });
}

/** A change at the place that accepts the secret, between an intent and an outcome. */
async function effect<T>(
  turn: Turn,
  state: RotationState,
  action: string,
  value: Secret | undefined,
  change: () => Promise<T>,
): Promise<T> {
  const { runner } = turn;
  const announced = await runner.trail.announce(factsOf(turn, state, action, value));
  let changed: T;
  try {
    changed = await asked(runner, action, () => keepingLease(turn, state, change));
  } catch (error) {
    const { code } = error as RotationError;
    // A rotator that fails in the middle may have changed something: the next attempt looks.
    await runner.trail.conclude(announced, { result: "unknown", error: code });
    throw error;
  }
  await runner.trail.conclude(announced, { result: "done" });
  return changed;
}

function keepingLease<T>(turn: Turn, state: RotationState, work: () => Promise<T>): Promise<T> {
  return whileRenewing(async () => writeState(turn, { ...state, lease: await newLease(turn) }, "renew"), work);
}

/** An error that a rotator did not make for people could hold a value: it is not passed on. */
async function asked<T>({ rotator, secret }: Runner, doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RotationError) throw error;
    throw new RotationError(
      "unfinished",
      `The rotator "${rotator.kind}" failed to ${doing} ${secret}. The value in use was left as it was.`,
      { secret },
    );
  }
}

function contextOf(
  { runner }: Turn,
  { rotation, generation, current }: { rotation: string; generation: number; current: Credential | undefined },
): RotationContext {
  const { secret, store, signal, surroundings } = runner;
  // Whether it is a repetition matters where something is changed; only `apply` knows that it is not.
  return { ...surroundings, secret, store, signal, rotation, generation, current, repeated: true };
}

function factsOf(
  { runner, trace }: Turn,
  { generation, phase, rotation }: RotationState,
  action: string,
  value: Secret | undefined,
): ActFacts {
  return { action, secret: runner.secret, store: runner.store.name, generation, phase, rotation, trace, value };
}

function boundaryOf({ rotation }: { rotation: string }, step: Step["step"], when: Step["when"]): string {
  return `${rotation} ${step} ${when}`;
}

async function tell(
  { runner, told }: Turn,
  { rotation, generation }: { rotation: string; generation: number },
  step: Step["step"],
  when: Step["when"],
) {
  const boundary = boundaryOf({ rotation }, step, when);
  if (told.has(boundary)) return;
  told.add(boundary);
  await runner.onStep({ secret: runner.secret, generation, rotation, step, when });
}
