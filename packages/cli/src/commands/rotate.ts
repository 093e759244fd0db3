import type { Rotation, SecretOutcome } from "@holdfast/rotation";

import { type ExitCode, exitCodes } from "../failure.ts";
import { rotationReport } from "../output/rotation-report.ts";
import { type RotationChoice, requireNamesForForce, shareOf, type ShareOptions } from "../rotation-choice.ts";
import { gravestOf, rotationExitCode } from "../rotation-exit-code.ts";
import { named, withRotation } from "../rotation-session.ts";
import { untilInterrupted } from "../until-interrupted.ts";

export interface ResumeOptions extends ShareOptions {
  readonly json?: boolean;
  readonly policy?: string;
}

export interface RotateOptions extends ResumeOptions, RotationChoice {}

/** `holdfast rotate`: the due ones or the named ones; a failure of one does not stop the others. */
export function rotate(names: readonly string[], options: RotateOptions): Promise<ExitCode> {
  const { all = false, force = false } = options;
  requireNamesForForce("rotate", names, { all, force });
  const choice = { all, force, ...shareOf(options) };
  return run(options, "Nothing is due", (rotation) => rotation.rotate(named(names), choice));
}

/** `holdfast resume`: finishes what a crash, an outage or Ctrl-C left, and retires what has overlapped long enough. */
export function resume(names: readonly string[], options: ResumeOptions): Promise<ExitCode> {
  const share = shareOf(options);
  return run(options, "Nothing is unfinished", (rotation) => rotation.resume(named(names), share));
}

async function run(
  { json, policy }: { readonly json?: boolean | undefined; readonly policy?: string | undefined },
  whenNothing: string,
  act: (rotation: Rotation) => Promise<SecretOutcome[]>,
): Promise<ExitCode> {
  const report = rotationReport(json ? "json" : "text", whenNothing);
  try {
    const outcomes = await untilInterrupted(report.stopping, (signal) => withRotation(policy, act, { signal, onStep: report.step }));
    report.end(outcomes);
    return gravestOf(outcomes.map(exitCodeOf));
  } finally {
    report.close();
  }
}

function exitCodeOf({ result, error }: SecretOutcome): ExitCode {
  switch (result) {
    case "rotated":
    case "resumed":
    case "retired":
    case "skipped":
      return exitCodes.done;
    case "busy":
      return exitCodes.unfinished;
    case "failed":
      return error ? rotationExitCode(error.code) : exitCodes.unfinished;
  }
}
