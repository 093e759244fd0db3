import { RotationError } from "../error.ts";
import type { SecretOutcome } from "../rotation.ts";
import { type Before, closeAbandoned } from "./abandoned.ts";
import { type Action, decide, type Decision, type Observation, type Request, type Stop } from "./decide.ts";
import { printHolder } from "./holder.ts";
import { observe } from "./observe.ts";
import type { Runner } from "./runner.ts";
import { type RotationState, statePath } from "./state.ts";
import { perform, release, type Turn } from "./steps.ts";
import { inSpan } from "./tracing.ts";
import { printIdle, printTime } from "./words.ts";

/** Other runners and programs may write between any two steps; after this many collisions something is wrong. */
const MAX_COLLISIONS = 20;

interface Progress {
  request: Request;
  did: "rotated" | "resumed" | "retired" | undefined;
  candidate: Observation["candidate"];
  lastAct: Action["act"] | undefined;
  collisions: number;
  /** What the store said before this run wrote anything; undefined once the debts of dead runners are settled. */
  before: Before | undefined;
  /** Rotation that was the newest when this run began. */
  newest: { readonly rotation: string | undefined } | undefined;
  last: Observation | undefined;
  turn: Turn | undefined;
  readonly told: Set<string>;
  readonly notes: string[];
}

/**
 * Brings one secret as far as it can go now: observe, decide, do one thing, observe again.
 * Never rejects; what stopped it is in the outcome, and a later call goes on from what the store holds.
 */
export async function drive(runner: Runner, request: Request): Promise<SecretOutcome> {
  const progress: Progress = {
    request,
    did: undefined,
    candidate: "untried",
    lastAct: undefined,
    collisions: 0,
    before: undefined,
    newest: undefined,
    last: undefined,
    turn: undefined,
    told: new Set(),
    notes: [],
  };
  try {
    for (;;) {
      const outcome = await next(runner, progress);
      if (outcome) return outcome;
    }
  } catch (error) {
    // Nobody should have to wait for the end of a lease; if this fails as well, they do.
    if (progress.turn) await release(progress.turn).catch(() => undefined);
    return failed(runner, progress, error);
  }
}

async function next(runner: Runner, progress: Progress): Promise<SecretOutcome | undefined> {
  const observation: Observation = { ...(await observe(runner)), candidate: progress.candidate };
  noteBeginning(progress, observation);
  const decision = decide(progress.request, runner.terms, observation);
  switch (decision.act) {
    case "nothing":
      if (progress.did === undefined && progress.request === "finish" && progress.before)
        await closeAbandoned(runner, progress.before, "unfenced");
      return ended(runner, progress, observation, decision);
    case "busy":
      return busy(runner, observation, decision);
    case "stop":
      if (await isOutdated(runner, observation)) return collide(progress, undefined);
      throw stopped(runner, decision.because);
    default:
      // A phase of two acts is stopped before the first or after the second, so that the phase that is told is the one programs see.
      if (runner.signal?.aborted && progress.lastAct !== "promote" && progress.lastAct !== "withdraw")
        throw aborted(runner, observation.state);
      return act(runner, progress, observation, decision);
  }
}

async function act(runner: Runner, progress: Progress, observation: Observation, action: Action): Promise<undefined> {
  const { state, stateVersion } = observation;
  try {
    await inSpan(`holdfast.${action.act}`, spanAttributes(runner, state), async (trace) => {
      progress.turn = { runner, observation, trace, told: progress.told, state, stateVersion };
      if ((await perform(action, progress.turn)) === "refused") progress.candidate = "refused";
    });
  } catch (error) {
    if (error instanceof RotationError && error.code === "conflict") return collide(progress, error);
    throw error;
  }
  advance(progress, action.act, state);
  if (progress.before && progress.turn?.stateVersion !== stateVersion) {
    const { before } = progress;
    progress.before = undefined;
    await closeAbandoned(runner, before, "fenced");
  }
  return undefined;
}

/** One run begins at most one rotation, and none besides one that it had to finish first. */
function advance(progress: Progress, what: Action["act"], state: RotationState | undefined): void {
  progress.lastAct = what;
  switch (what) {
    case "claim":
      return;
    case "prepare":
      progress.did = "rotated";
      progress.candidate = "untried";
      progress.request = "finish";
      return;
    case "discard":
      progress.candidate = "untried";
      progress.notes.push(`gave up generation ${state?.generation}, which could not go on`);
      return;
    case "revoke":
    case "withdraw":
      progress.did ??= state?.phase === "promoted" ? "resumed" : "retired";
      return;
    default:
      progress.did ??= "resumed";
      // A forced request keeps its force until the candidate has been tried.
      if (progress.request !== "force" || what === "promote" || what === "record-promoted" || what === "overlap")
        progress.request = "finish";
  }
}

/** When another runner rotated the secret since this run looked first, rotating it again is not what anybody asked for. */
function noteBeginning(progress: Progress, observation: Observation): void {
  const { state, consumers } = observation;
  progress.last = observation;
  if (progress.newest === undefined) {
    progress.newest = { rotation: state?.rotation };
    progress.before = { state, consumers };
  } else if (progress.did === undefined && state?.rotation !== progress.newest.rotation && progress.request !== "finish") {
    progress.request = "finish";
    progress.notes.push("another runner rotated it meanwhile");
  }
}

function collide(progress: Progress, error: RotationError | undefined): undefined {
  progress.collisions += 1;
  if (progress.collisions <= MAX_COLLISIONS) return undefined;
  throw (
    error ??
    new RotationError(
      "conflict",
      "The documents of the secret kept changing while they were read. Nothing was overwritten. Try again later.",
    )
  );
}

/** The two documents are read one after the other: before a person is told to look, it is made sure that they belong together. */
async function isOutdated({ store, path }: Runner, { stateVersion }: Observation): Promise<boolean> {
  return ((await store.read(statePath(path)))?.version ?? "absent") !== stateVersion;
}

function ended(
  { secret }: Runner,
  { did, notes }: Progress,
  { state, consumers }: Observation,
  { idle }: Extract<Decision, { act: "nothing" }>,
): SecretOutcome {
  const said = idle.reason === "finished" && did !== undefined ? [] : [printIdle(idle)];
  const note = [...notes, ...said].join("; ");
  return {
    secret,
    result: did ?? "skipped",
    generation: state?.generation ?? consumers.generation,
    phase: state?.phase,
    ...(note !== "" && { note }),
  };
}

function busy({ secret }: Runner, { state }: Observation, { lease }: Extract<Decision, { act: "busy" }>): SecretOutcome {
  return {
    secret,
    result: "busy",
    generation: state?.generation,
    phase: state?.phase,
    note: `held by ${printHolder(lease.holder)} until ${printTime(lease.endsAtMs)} unless it is renewed`,
  };
}

function failed({ secret }: Runner, { last, turn, notes }: Progress, thrown: unknown): SecretOutcome {
  const state = turn?.state ?? last?.state;
  return {
    secret,
    result: "failed",
    generation: state?.generation ?? last?.consumers.generation,
    phase: state?.phase,
    ...(notes.length > 0 && { note: notes.join("; ") }),
    error: errorOf(secret, thrown),
  };
}

/** An error that was not made for people could hold a value: it is not passed on. */
export function errorOf(secret: string, thrown: unknown): RotationError {
  if (!(thrown instanceof RotationError))
    return new RotationError(
      "unfinished",
      `The rotation of ${secret} stopped on an error of the program around it (${nameOf(thrown)}). Run "holdfast resume ${secret}".`,
      { secret },
    );
  return thrown.secret === undefined ? new RotationError(thrown.code, thrown.message, { secret, cause: thrown.cause }) : thrown;
}

/** The class only: a message could hold a value. */
function nameOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.constructor.name : typeof thrown;
}

function stopped({ secret, path, store }: Runner, because: Stop): RotationError {
  switch (because) {
    case "changed-by-hand":
      return new RotationError(
        "conflict",
        `The value of ${secret} (store ${store.name}, ${path}) was changed by somebody else since its rotation began. It was left as it is, and nothing was revoked. ` +
          `If it shall stay in use until the next rotation, run "holdfast rotate --force ${secret}", which gives up the unfinished rotation and begins another one from it.`,
        { secret },
      );
    case "refused":
      return new RotationError(
        "refused",
        `The new value of ${secret} was refused where it should be accepted. The value in use was left as it was. ` +
          `Find out why it is refused; "holdfast rotate --force ${secret}" tries it once more, then gives it up and begins another rotation.`,
        { secret },
      );
  }
}

function aborted({ secret }: Runner, state: RotationState | undefined): RotationError {
  if (state === undefined || state.phase === "retired" || state.phase === "overlap")
    return new RotationError("aborted", `The rotation of ${secret} was stopped before it began. Nothing was changed.`, { secret });
  return new RotationError(
    "unfinished",
    `The rotation of ${secret} was stopped after the phase "${state.phase}". No value was lost; run "holdfast resume ${secret}" to finish it.`,
    { secret },
  );
}

function spanAttributes({ secret, store, rotator }: Runner, state: RotationState | undefined): Record<string, string | number> {
  return {
    "holdfast.secret": secret,
    "holdfast.store": store.name,
    "holdfast.rotator": rotator.kind,
    ...(state && { "holdfast.rotation": state.rotation, "holdfast.generation": state.generation }),
  };
}
