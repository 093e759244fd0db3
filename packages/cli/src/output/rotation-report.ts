import type { SecretOutcome, Step } from "@holdfast/rotation";

import { answerLine } from "./json.ts";
import { liveLines } from "./live-lines.ts";
import { count, printable, type Terminal, terminalOf } from "./terminal.ts";

/** What a person or a program is told while secrets are rotated. */
export interface RotationReport {
  step(step: Step): void;
  /** Ctrl-C was pressed: the step that runs is finished first. */
  stopping(): void;
  end(outcomes: readonly SecretOutcome[]): void;
  close(): void;
}

/** Outcomes go to standard output, progress to standard error: a live line a secret on a terminal, plain lines elsewhere. JSON is one object a line. */
export function rotationReport(format: "text" | "json", whenNothing: string): RotationReport {
  return format === "json" ? jsonLines() : terminalOf(process.stderr).interactive ? live(whenNothing) : plain(whenNothing);
}

function jsonLines(): RotationReport {
  const print = (event: object) => process.stdout.write(answerLine(event));
  return {
    step: ({ secret, generation, rotation, step, when }) => void print({ event: "step", secret, generation, rotation, step, when }),
    stopping: () => void print({ event: "stopping" }),
    end: (outcomes) => outcomes.forEach((outcome) => print(jsonOf(outcome))),
    close: () => undefined,
  };
}

/** Every field is always there, so that a program can rely on it. */
function jsonOf({ secret, result, generation, phase, note, error }: SecretOutcome): object {
  return {
    event: "outcome",
    secret,
    result,
    generation: generation ?? null,
    phase: phase ?? null,
    note: note ?? null,
    error: error ?? null,
  };
}

function plain(whenNothing: string): RotationReport {
  return {
    step({ secret, generation, step, when }) {
      if (when === "after") process.stderr.write(`${printable(secret)}  generation ${generation}  ${words[step].after}\n`);
    },
    stopping: () => void process.stderr.write(`${stoppingText}\n`),
    end: (outcomes) => void process.stdout.write(endText(outcomes, terminalOf(process.stdout), whenNothing)),
    close: () => undefined,
  };
}

function live(whenNothing: string): RotationReport {
  const lines = liveLines(process.stderr);
  return {
    step: ({ secret, generation, step, when }) => lines.set(secret, `  ${secret}  generation ${generation}  ${words[step][when]}`),
    stopping: () => lines.set("", `  ${stoppingText}`),
    end(outcomes) {
      lines.clear();
      process.stdout.write(endText(outcomes, terminalOf(process.stdout), whenNothing));
    },
    close: () => lines.clear(),
  };
}

const stoppingText = "Stopping after the step that runs now; press Ctrl-C again to stop at once.";

const words: Readonly<Record<Step["step"], Readonly<Record<Step["when"], string>>>> = {
  prepare: { before: "storing a new value as pending …", after: "new value stored as pending" },
  apply: { before: "making the new value valid …", after: "new value made valid" },
  verify: { before: "trying the new value …", after: "new value works" },
  promote: { before: "giving the new value to programs …", after: "programs get the new value" },
  overlap: { before: "keeping the previous value valid …", after: "previous value stays valid for its overlap" },
  retire: { before: "revoking the previous value …", after: "no older value is valid any more" },
};

function endText(outcomes: readonly SecretOutcome[], { colors }: Terminal, whenNothing: string): string {
  const lines = outcomes.filter((outcome) => !isUnbegun(outcome)).map((outcome) => `${line(outcome, colors)}\n`);
  return `${lines.join("")}${summary(outcomes, colors, whenNothing)}`;
}

/** Stopped by Ctrl-C before anything was done about it: one number says enough of these. */
function isUnbegun({ error }: SecretOutcome): boolean {
  return error?.code === "aborted";
}

function line({ secret, result, generation, note, error }: SecretOutcome, colors: Terminal["colors"]): string {
  const name = printable(secret);
  const facts = [generation !== undefined && `generation ${generation}`, note !== undefined && printable(note)].filter(Boolean).join(", ");
  const tail = facts ? `: ${facts}` : "";
  switch (result) {
    case "rotated":
    case "resumed":
    case "retired":
      return `${colors.green("✔")} ${name} ${result}${tail}`;
    case "skipped":
      return colors.dim(`- ${name} skipped${tail}`);
    case "busy":
      return `${colors.yellow("▲")} ${name} is held by another runner${tail}`;
    case "failed":
      return `${colors.red("✖")} ${name}: ${error ? printable(error.message) : `failed${tail}`}`;
  }
}

function summary(outcomes: readonly SecretOutcome[], colors: Terminal["colors"], whenNothing: string): string {
  const having = (...results: readonly SecretOutcome["result"][]) => outcomes.filter(({ result }) => results.includes(result)).length;
  const unbegun = outcomes.filter(isUnbegun).length;
  const [failed, busy] = [having("failed") - unbegun, having("busy")];
  if (outcomes.length === having("skipped")) return `${colors.green("✔")} ${whenNothing}.\n`;
  const parts = (["rotated", "resumed", "retired", "skipped"] as const)
    .map((result) => [having(result), result] as const)
    .filter(([amount]) => amount > 0)
    .map(([amount, result]) => `${amount} ${result}`);
  const bad = [failed > 0 && `${failed} failed`, busy > 0 && `${busy} busy`, unbegun > 0 && `${unbegun} not begun`].filter(
    (part) => part !== false,
  );
  const text = `${[...bad, ...parts].join(", ")} of ${count(outcomes.length, "secret")}.`;
  const unfinished = outcomes.some(
    ({ result, phase }) => result === "failed" && phase !== undefined && phase !== "overlap" && phase !== "retired",
  );
  return `${text}${unfinished ? ` ${colors.bold("holdfast resume")} finishes what is unfinished.` : ""}\n`;
}
