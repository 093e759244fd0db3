import { printProblem } from "@holdfast/policy";

import { type ExitCode, exitCodes } from "../failure.ts";
import { lintFiles, type LintRun } from "../lint/lint-files.ts";
import { progressLine } from "../lint/progress-line.ts";
import { stylish } from "../lint/stylish.ts";
import { shownPath } from "../output/shown-path.ts";
import { printable, terminalOf } from "../output/terminal.ts";

export interface CheckOptions {
  readonly format: "stylish" | "json";
  readonly fix?: boolean;
  readonly quiet?: boolean;
  readonly maxWarnings?: number;
  readonly policy?: string;
}

/** `holdfast check`: 0 without findings, 1 with, 2 when something that was asked for could not be linted. */
export async function check(paths: readonly string[], options: CheckOptions): Promise<ExitCode> {
  const progress = progressLine(process.stderr, terminalOf(process.stderr));
  const run = lintFiles({
    paths: paths.length > 0 ? paths : ["."],
    action: options.fix ? "fix" : "lint",
    report: options.quiet ? "errors" : "everything",
    policyFile: options.policy,
    onFile: progress.show,
  });
  progress.clear();
  switch (options.format) {
    case "json":
      process.stdout.write(`${JSON.stringify(run.results)}\n`);
      break;
    case "stylish":
      process.stdout.write(stylish(run, terminalOf(process.stdout), `holdfast check${paths.map((path) => ` ${path}`).join("")}`));
      break;
  }
  for (const warning of run.policyWarnings)
    process.stderr.write(`holdfast: ${printable(printProblem({ ...warning, file: shownPath(warning.file) }))}\n`);
  for (const { message } of run.problems) process.stderr.write(`holdfast: ${message}\n`);
  return exitCodeOf(run, options.maxWarnings);
}

function exitCodeOf({ results, problems }: LintRun, maxWarnings: number | undefined): ExitCode {
  if (problems.some(({ severity }) => severity === "error")) return exitCodes.usage;
  const errors = results.reduce((total, { errorCount }) => total + errorCount, 0);
  const warnings = results.reduce((total, { warningCount }) => total + warningCount, 0);
  return errors > 0 || warnings > (maxWarnings ?? 0) ? exitCodes.findings : exitCodes.done;
}
