import { printProblem } from "@holdfast/policy";

import { type ExitCode, exitCodes } from "../failure.ts";
import { writeOutput } from "../files/write-output.ts";
import { github } from "../lint/formats/github.ts";
import { html } from "../lint/formats/html.ts";
import { json } from "../lint/formats/json.ts";
import { sarif } from "../lint/formats/sarif.ts";
import { stylish, summary } from "../lint/formats/stylish.ts";
import { lintFiles, type LintRun } from "../lint/lint-files.ts";
import { tallyOf } from "../lint/linted-file.ts";
import { progressLine } from "../lint/progress-line.ts";
import { shownPath } from "../output/shown-path.ts";
import { plain, printable, type Terminal, terminalOf } from "../output/terminal.ts";

export interface CheckOptions {
  readonly format: "stylish" | "json" | "sarif" | "github" | "html";
  /** Write there, not to standard output. */
  readonly output?: string;
  readonly fix?: boolean;
  readonly quiet?: boolean;
  readonly maxWarnings?: number;
  readonly reportUnusedDisableDirectives?: boolean;
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
    unusedDisables: options.reportUnusedDisableDirectives ? "report" : undefined,
    onFile: progress.show,
  });
  progress.clear();
  const command = `holdfast check${paths.map((path) => ` ${path}`).join("")}`;
  if (options.output === undefined) process.stdout.write(printed(run, options.format, terminalOf(process.stdout), command));
  else {
    writeOutput(options.output, printed(run, options.format, plain, command), "usual");
    process.stderr.write(summary(run, terminalOf(process.stderr), command));
  }
  for (const warning of run.policyWarnings)
    process.stderr.write(`holdfast: ${printable(printProblem({ ...warning, file: shownPath(warning.file) }))}\n`);
  for (const { message } of run.problems) process.stderr.write(`holdfast: ${message}\n`);
  return exitCodeOf(run, options.maxWarnings);
}

function printed(run: LintRun, format: CheckOptions["format"], terminal: Terminal, command: string): string {
  switch (format) {
    case "stylish":
      return stylish(run, terminal, command);
    case "json":
      return json(run);
    case "sarif":
      return sarif(run);
    case "github":
      return github(run, process.env["GITHUB_WORKSPACE"]);
    case "html":
      return html(run, { folder: process.cwd(), at: new Date() });
  }
}

function exitCodeOf({ files, problems }: LintRun, maxWarnings: number | undefined): ExitCode {
  if (problems.some(({ severity }) => severity === "error")) return exitCodes.usage;
  const { errors, warnings } = tallyOf(files.flatMap(({ messages }) => messages));
  return errors > 0 || warnings > (maxWarnings ?? 0) ? exitCodes.findings : exitCodes.done;
}
