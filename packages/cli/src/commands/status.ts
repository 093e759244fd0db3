import type { SecretStatus } from "@holdfast/rotation";

import { type ExitCode, exitCodes } from "../failure.ts";
import { answer } from "../output/json.ts";
import { count, printable, table, type Terminal, terminalOf } from "../output/terminal.ts";
import { isoOrNull, span } from "../output/time.ts";
import { gravestOf, rotationExitCode } from "../rotation-exit-code.ts";
import { named, withRotation } from "../rotation-session.ts";

export interface StatusOptions {
  readonly json?: boolean;
  readonly policy?: string;
}

/** `holdfast status`: 1 when a secret is overdue or has no value, and a store's own code when it could not be read. */
export async function status(names: readonly string[], options: StatusOptions): Promise<ExitCode> {
  const { statuses, issued } = await withRotation(options.policy, async (rotation, { policy }) => ({
    statuses: await rotation.status(named(names)),
    issued: new Set(policy.secrets.filter(({ rotate }) => rotate === undefined).map(({ name }) => name)),
  }));
  process.stdout.write(
    options.json ? answer({ secrets: statuses.map(jsonOf) }) : textOf(statuses, issued, terminalOf(process.stdout), Date.now()),
  );
  return gravestOf(statuses.map((status) => exitCodeOf(status, Date.now())));
}

/** A rotation that is unfinished may be one that runs right now, so it fails no CI job before its secret is due. */
function exitCodeOf({ state, error, dueAtMs }: SecretStatus, now: number): ExitCode {
  if (error) return rotationExitCode(error.code);
  switch (state) {
    case "overdue":
    case "missing":
      return exitCodes.findings;
    case "unfinished":
      return dueAtMs !== undefined && dueAtMs <= now ? exitCodes.findings : exitCodes.done;
    case "fresh":
    case "manual":
    case "overlap":
    case "unknown":
      return exitCodes.done;
  }
}

/** Every field is always there, so that a program can rely on it. */
function jsonOf({ secret, store, state, generation, phase, rotatedAtMs, dueAtMs, overlapEndsAtMs, error }: SecretStatus): object {
  return {
    secret,
    store,
    state,
    generation: generation ?? null,
    phase: phase ?? null,
    rotatedAt: isoOrNull(rotatedAtMs),
    dueAt: isoOrNull(dueAtMs),
    overlapEndsAt: isoOrNull(overlapEndsAtMs),
    error: error ?? null,
  };
}

function textOf(statuses: readonly SecretStatus[], issued: ReadonlySet<string>, { colors }: Terminal, now: number): string {
  if (statuses.length === 0) return "The policy names no secret.\n";
  const rows = statuses.map((status) => [
    printable(status.secret),
    age(status, now),
    due(status, now),
    phase(status, now),
    printable(status.store),
  ]);
  const printed = table([["SECRET", "AGE", "DUE", "PHASE", "STORE"], ...rows], (cell, column, row) => {
    if (row === 0) return colors.dim(cell);
    const at = statuses[row - 1];
    if (column !== 2 || !at) return cell;
    if (exitCodeOf(at, now) !== exitCodes.done) return colors.red(cell);
    return at.state === "unfinished" ? colors.yellow(cell) : cell;
  });
  const errors = statuses.flatMap(({ secret, error }) =>
    error ? [`${colors.red("✖")} ${printable(secret)}: ${printable(error.message)}\n`] : [],
  );
  return `${printed}\n${errors.join("")}${summary(statuses, issued, colors, now)}`;
}

function age({ rotatedAtMs }: SecretStatus, now: number): string {
  return rotatedAtMs === undefined ? "–" : span(now - rotatedAtMs);
}

function due({ state, dueAtMs }: SecretStatus, now: number): string {
  switch (state) {
    case "unknown":
      return "unknown";
    case "missing":
      return "no value yet";
    case "unfinished":
      return dueAtMs !== undefined && dueAtMs <= now ? `overdue by ${span(now - dueAtMs)}` : "unfinished";
    case "manual":
      return "by hand";
    case "overdue":
      return dueAtMs === undefined ? "overdue" : `overdue by ${span(now - dueAtMs)}`;
    case "fresh":
    case "overlap":
      return dueAtMs === undefined ? "by hand" : `in ${span(dueAtMs - now)}`;
  }
}

/** Where the newest rotation is, as long as it is not through. */
function phase({ phase, state, overlapEndsAtMs }: SecretStatus, now: number): string {
  if (state === "overlap" && overlapEndsAtMs !== undefined) {
    return overlapEndsAtMs > now ? `overlap, ${span(overlapEndsAtMs - now)} left` : "overlap is over";
  }
  return phase === undefined || phase === "retired" ? "–" : phase;
}

/** `issued`: secrets whose values come from elsewhere. */
function summary(statuses: readonly SecretStatus[], issued: ReadonlySet<string>, colors: Terminal["colors"], now: number): string {
  const having = (state: SecretStatus["state"]) => statuses.filter((status) => status.state === state).length;
  const [overdue, missing, unfinished, unknown] = [having("overdue"), having("missing"), having("unfinished"), having("unknown")];
  const parts = [
    overdue > 0 && `${overdue} overdue`,
    missing > 0 && `${missing} without a value`,
    unfinished > 0 && `${unfinished} unfinished`,
    unknown > 0 && `${unknown} unknown`,
  ].filter((part) => part !== false);
  if (parts.length === 0) return `${colors.green("✔")} Nothing is overdue in ${count(statuses.length, "secret")}.\n`;
  const mark = statuses.some((status) => exitCodeOf(status, now) !== exitCodes.done) ? colors.red("✖") : colors.yellow("▲");
  const toSet = statuses.filter(({ secret, state }) => state === "missing" && issued.has(secret)).map(({ secret }) => secret);
  const next = [
    unfinished > 0 && `${colors.bold("holdfast resume")} finishes what is unfinished`,
    toSet[0] !== undefined && `${colors.bold(`holdfast set ${printable(toSet[0])}`)} takes a value issued elsewhere`,
    overdue + missing > toSet.length && `${colors.bold("holdfast plan")} shows what a rotation would do`,
  ].filter((part) => part !== false);
  return `${mark} ${parts.join(", ")} of ${count(statuses.length, "secret")}.${next.map((step) => ` ${step}.`).join("")}\n`;
}
