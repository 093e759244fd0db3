import { shownPath } from "../../output/shown-path.ts";
import { count, printable, type Terminal, wrap } from "../../output/terminal.ts";
import type { LintRun } from "../lint-files.ts";
import { findingName, inOrder, type LintMessage, tallyOf } from "../linted-file.ts";

const indent = 17;

/** The findings for a person: where, how bad, why, which rule; a summary and the next step. */
export function stylish(run: LintRun, terminal: Terminal, command: string): string {
  const { colors, columns } = terminal;
  const blocks = run.files
    .filter(({ messages }) => messages.length > 0)
    .map(({ path, messages }) => {
      const lines = inOrder(messages).map((message) => finding(message, columns, colors));
      return `${colors.underline(shownPath(path))}\n${lines.join("")}\n`;
    });
  return `${blocks.length > 0 ? "\n" : ""}${blocks.join("")}${fixes(run)}${summary(run, terminal, command)}`;
}

/** How many findings there are, and what to do next. */
export function summary({ files }: LintRun, { colors }: Pick<Terminal, "colors">, command: string): string {
  if (files.length === 0) return "No file to lint.\n";
  const { errors, warnings, fixable } = tallyOf(files.flatMap(({ messages }) => messages));
  if (errors + warnings === 0) return `${colors.green("✔")} No findings in ${count(files.length, "file")}.\n`;
  const parts = [errors > 0 && count(errors, "error"), warnings > 0 && count(warnings, "warning")].filter(Boolean).join(", ");
  const mark = errors > 0 ? colors.red("✖") : colors.yellow("▲");
  const withFindings = files.filter(({ messages }) => messages.length > 0).length;
  const next =
    fixable > 0
      ? `${fixable === 1 ? "One has" : `${fixable} have`} a safe fix: ${colors.bold(`${command} --fix`)} applies ${fixable === 1 ? "it" : "them"}.`
      : "Each rule's page says why it matters and how to fix it; your editor offers the suggestions.";
  return `${mark} ${parts} in ${withFindings} of ${count(files.length, "file")}.\n  ${next}\n`;
}

function fixes({ fixedFiles }: LintRun): string {
  if (fixedFiles.length === 0) return "";
  return `Fixed what was safe in ${count(fixedFiles.length, "file")}: ${fixedFiles.map(shownPath).join(", ")}\n\n`;
}

/** The whole message: what it would lose at its end is the limit, and where the limit comes from. */
function finding(message: LintMessage, columns: number, colors: Terminal["colors"]): string {
  const place = `${message.line}:${message.column}`;
  const level = message.severity === 2 ? colors.red("error  ") : colors.yellow("warning");
  const rule = `${findingName(message)}${message.fix ? " (fixable)" : ""}`;
  const lines = wrap(printable(message.message), columns - indent);
  const last = lines.at(-1) ?? "";
  const withRule = last.length + 2 + rule.length <= columns - indent ? [`${last}  ${colors.dim(rule)}`] : [last, colors.dim(rule)];
  const [first = "", ...others] = [...lines.slice(0, -1), ...withRule];
  return [`  ${colors.dim(place.padStart(6))} ${level} ${first}`, ...others.map((line) => `${" ".repeat(indent)}${line}`)]
    .map((line) => `${line}\n`)
    .join("");
}
