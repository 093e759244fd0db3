import { rules } from "@holdfast/engine";

import { shownPath } from "../../output/shown-path.ts";
import { count, cutInMiddle, linkTo, printable, type Terminal, wrap } from "../../output/terminal.ts";
import type { LintRun } from "../lint-files.ts";
import { findingName, inOrder, type LintMessage, tallyOf } from "../linted-file.ts";

/** The findings for a person: where, how bad, why, which rule; a summary and the next step. */
export function stylish(run: LintRun, terminal: Terminal, command: string): string {
  const { colors } = terminal;
  const blocks = run.files
    .filter(({ messages }) => messages.length > 0)
    .map(({ path, messages }) => {
      const lines = inOrder(messages).map((message) => finding(message, terminal));
      return `${colors.underline(shownPath(path))}\n${lines.join("")}\n`;
    });
  return `${blocks.length > 0 ? "\n" : ""}${blocks.join("")}${fixes(run)}${summary(run, terminal, command)}`;
}

/** How many findings there are, and what to do next. */
export function summary({ files }: LintRun, { colors }: Pick<Terminal, "colors">, command: string): string {
  if (files.length === 0) return "No file to lint.\n";
  const { errors, warnings, fixable } = tallyOf(files.flatMap(({ messages }) => messages));
  if (errors + warnings === 0) return `${colors.green("✔")} No findings in ${count(files.length, "file")}.\n`;
  const parts = [
    errors > 0 && `${colors.red(marks.error)} ${count(errors, "error")}`,
    warnings > 0 && `${colors.yellow(marks.warning)} ${count(warnings, "warning")}`,
  ];
  const withFindings = files.filter(({ messages }) => messages.length > 0).length;
  const next =
    fixable > 0
      ? `${fixable === 1 ? "One has" : `${fixable} have`} a safe fix: ${colors.bold(`${command} --fix`)} applies ${fixable === 1 ? "it" : "them"}.`
      : `Each rule has a page on why it matters and how to fix it: ${pages}`;
  return `${parts.filter(Boolean).join(", ")} in ${withFindings} of ${count(files.length, "file")}.\n  ${next}\n`;
}

const pages = "https://github.com/holdfast-dev/holdfast/tree/main/docs/rules";
const marks = { error: "✖", warning: "▲" };

function fixes({ fixedFiles }: LintRun): string {
  if (fixedFiles.length === 0) return "";
  return `Fixed what was safe in ${count(fixedFiles.length, "file")}: ${fixedFiles.map(shownPath).join(", ")}\n\n`;
}

/** Two lines of a terminal that has 100 columns. */
function finding(message: LintMessage, terminal: Terminal): string {
  const { colors, columns } = terminal;
  const place = `${message.line}:${message.column}`.padStart(8);
  const indent = `${place} ✖ `.length;
  const mark = message.severity === 2 ? colors.red(marks.error) : colors.yellow(marks.warning);
  const name = findingName(message);
  const note = message.fix ? " (fix)" : "";
  const lines = fitted(printable(message.message), `${name}${note}`, columns - indent);
  const url = rules.get(name)?.url;
  const rule = colors.dim(`${url === undefined ? name : linkTo(url, name, terminal)}${note}`);
  const [first = "", ...others] = [...lines.slice(0, -1), `${lines.at(-1)!}${rule}`];
  return [`${colors.dim(place)} ${mark} ${first}`, ...others.map((line) => `${" ".repeat(indent)}${line}`)]
    .map((line) => `${line}\n`)
    .join("");
}

/**
 * The message with room for `rule` after its last line. What would take a third line loses the middle of its longest URL, path or piece of code: at its end a message has the
 * limit, and where the limit comes from.
 */
function fitted(message: string, rule: string, width: number): string[] {
  const whole = wrapped(message, rule, width);
  let [text, lines] = [message, whole];
  while (lines.length > 2) {
    const [longest = ""] = text.match(/`[^`]+`|\S+/gu)?.toSorted((a, b) => b.length - a.length) ?? [];
    if (longest.length <= shortestCut) return whole;
    text = text.replace(longest, () => cutInMiddle(longest, longest.length - 1));
    lines = wrapped(text, rule, width);
  }
  return lines;
}

/** Enough to know a host, and the end of a path. */
const shortestCut = 16;

function wrapped(message: string, rule: string, width: number): string[] {
  const lines = wrap(message, width);
  const last = lines.at(-1) ?? "";
  return last.length + 2 + rule.length <= width ? [...lines.slice(0, -1), `${last}  `] : [...lines, ""];
}
