import { formatDuration } from "@holdfast/policy";

import type { SecretPlan } from "../rotation.ts";
import { dueOf, nextStep, type Observation, type Request } from "./decide.ts";
import { printHolder } from "./holder.ts";
import type { Runner } from "./runner.ts";
import { type RotationState, statePath } from "./state.ts";
import { overlapMsOf } from "./steps.ts";
import { printIdle, printTime, roughly } from "./words.ts";

type Course = Pick<SecretPlan, "action" | "reason" | "steps" | "obstacles">;
type Planned = Pick<Runner, "path" | "store" | "rotator" | "terms">;

/** What `drive` would do with the same request, from the same observation. Pure. */
export function courseOf(runner: Planned, request: Request, seen: Observation): Course {
  const { state, lease } = seen;
  if (lease === "theirs" && state?.lease) {
    const until = printTime(state.lease.endsAtMs);
    return course("nothing", `${printHolder(state.lease.holder)} is at it`, [], [`Another runner holds the rotation until ${until}.`]);
  }
  const step = nextStep(request, runner.terms, seen);
  switch (step.act) {
    case "nothing":
      return course("nothing", printIdle(step.idle), []);
    case "stop":
      return course(
        "resume",
        `generation ${state?.generation} is unfinished`,
        [],
        ["The value was changed by somebody else since the rotation began; nothing is overwritten without --force."],
      );
    case "prepare":
      return course("rotate", whyNow(request, runner, seen), rotating(runner, seen, "prepare"));
    case "discard":
      return course("rotate", `generation ${step.state.generation} cannot go on and is given up`, [
        `Give up generation ${step.state.generation}: whatever of it is not in use stops working.`,
        ...rotating(runner, seen, "prepare"),
      ]);
    case "withdraw":
    case "revoke": {
      const { state } = step;
      if (state.phase !== "overlap") return course("resume", unfinished(state), retiring(runner));
      const reason =
        seen.nowMs < state.overlapEndsAtMs
          ? `forced ${roughly(state.overlapEndsAtMs - seen.nowMs)} before the end of the overlap`
          : "the overlap is over";
      const after = { ...seen, state: { ...state, phase: "retired" as const, retiredAtMs: seen.nowMs } };
      if (nextStep(request, runner.terms, after).act !== "prepare") return course("retire", reason, retiring(runner));
      return course("rotate", whyNow(request, runner, after), [...retiring(runner), ...rotating(runner, after, "prepare")]);
    }
    case "apply":
    case "verify":
    case "promote":
    case "record-promoted":
    case "overlap":
      return course("resume", unfinished(step.state), rotating(runner, seen, step.act));
  }
}

function course(action: Course["action"], reason: string, steps: readonly string[], obstacles: readonly string[] = []): Course {
  return { action, reason, steps, obstacles };
}

function unfinished({ generation, phase }: RotationState): string {
  return `generation ${generation} is unfinished after the phase "${phase}"`;
}

const acts = ["prepare", "apply", "verify", "promote", "record-promoted", "overlap"] as const;

function rotating(runner: Planned, { consumers, state }: Observation, from: (typeof acts)[number]): string[] {
  const { path, store, rotator } = runner;
  const previous = state !== undefined && "previous" in state && from !== "prepare" ? state.previous : consumers.current;
  const overlapMs = overlapMsOf(runner, { previous });
  const sentences: Record<(typeof acts)[number], string> = {
    prepare: `Store a new value as pending at ${statePath(path)} in ${store.name}.`,
    apply: rotator.sentences?.apply ?? `Make the new value valid beside the one in use (rotator "${rotator.kind}").`,
    verify: rotator.sentences?.verify ?? "Try the new value.",
    promote: `Write it to ${path} in ${store.name}, where programs read it.`,
    "record-promoted": `Record that ${path} holds it.`,
    overlap:
      overlapMs > 0
        ? `Keep the previous value valid for ${formatDuration(overlapMs)}; a later run revokes it.`
        : previous === undefined
          ? "Record the end: there is no previous value to revoke."
          : "Revoke the previous value at once.",
  };
  return acts.slice(acts.indexOf(from)).map((act) => sentences[act]);
}

function retiring({ path, store, rotator }: Planned): string[] {
  return [
    `Remove the previous value from ${path} in ${store.name}.`,
    rotator.sentences?.retire ?? `Revoke it (rotator "${rotator.kind}").`,
  ];
}

function whyNow(request: Request, { terms }: Pick<Runner, "terms">, { state, consumers, nowMs }: Observation): string {
  const due = dueOf(terms, { state, consumers });
  switch (due.kind) {
    case "missing":
      return "no value yet";
    case "age-unknown":
      return "the age of its value is not known";
    case "at":
      if (due.atMs <= nowMs) return nowMs - due.atMs < 1_000 ? "due now" : `overdue by ${roughly(nowMs - due.atMs)}`;
      return `asked for, although fresh for ${roughly(due.atMs - nowMs)}`;
    case "never":
      return request === "force" ? "forced" : "asked for";
  }
}
