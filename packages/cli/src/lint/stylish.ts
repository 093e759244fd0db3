import { shownPath } from "../output/shown-path.ts";
import { count, printable, type Terminal, wrap } from "../output/terminal.ts";
import type { LintResult, LintRun } from "./lint-files.ts";

const indent = 17;

/** The findings for a person: where, how bad, why in two lines at most, which rule; a summary and the next step. */
export function stylish({ results, fixedFiles }: LintRun, { colors, columns }: Terminal, command: string): string {
  const withFindings = results.filter(({ messages }) => messages.length > 0);
  const blocks = withFindings.map(({ filePath, messages }) => {
    const lines = [...messages].sort((a, b) => a.line - b.line || a.column - b.column).map((message) => finding(message, columns, colors));
    return `${colors.underline(shownPath(filePath))}\n${lines.join("")}\n`;
  });
  const fixed =
    fixedFiles.length > 0 ? `Fixed what was safe in ${count(fixedFiles.length, "file")}: ${fixedFiles.map(shownPath).join(", ")}\n\n` : "";
  return `${blocks.length > 0 ? "\n" : ""}${blocks.join("")}${fixed}${summary(results, withFindings, colors, command)}`;
}

function finding(message: LintResult["messages"][number], columns: number, colors: Terminal["colors"]): string {
  const place = `${message.line}:${message.column}`;
  const level = message.severity === 2 ? colors.red("error  ") : colors.yellow("warning");
  const rule = `${message.ruleId ?? (message.message.startsWith("Parsing error") ? "syntax" : "internal")}${message.fix ? " (fixable)" : ""}`;
  const [first = "", second] = twoLines(printable(message.message), columns - indent);
  const gap = " ".repeat(indent);
  const last = second ?? first;
  const fits = last.length + 2 + rule.length <= columns - indent;
  return [
    `  ${colors.dim(place.padStart(6))} ${level} ${first}`,
    ...(second === undefined ? [] : [`${gap}${second}`]),
    ...(fits ? [] : [`${gap}${colors.dim(rule)}`]),
  ]
    .map((line, index, all) => (fits && index === all.length - 1 ? `${line}  ${colors.dim(rule)}` : line))
    .map((line) => `${line}\n`)
    .join("");
}

function twoLines(text: string, width: number): string[] {
  const lines = wrap(text, width);
  if (lines.length <= 2) return lines;
  const [first = "", second = ""] = lines;
  return [first, second.length < width - 1 ? `${second} …` : `${second.slice(0, width - 2)} …`];
}

function summary(results: readonly LintResult[], withFindings: readonly LintResult[], colors: Terminal["colors"], command: string): string {
  if (results.length === 0) return "No file to lint.\n";
  const sum = (field: "errorCount" | "warningCount" | "fixableErrorCount" | "fixableWarningCount") =>
    results.reduce((total, result) => total + result[field], 0);
  const [errors, warnings, fixable] = [sum("errorCount"), sum("warningCount"), sum("fixableErrorCount") + sum("fixableWarningCount")];
  if (errors + warnings === 0) return `${colors.green("✔")} No findings in ${count(results.length, "file")}.\n`;
  const parts = [errors > 0 && count(errors, "error"), warnings > 0 && count(warnings, "warning")].filter(Boolean).join(", ");
  const mark = errors > 0 ? colors.red("✖") : colors.yellow("▲");
  const next =
    fixable > 0
      ? `${fixable === 1 ? "One has" : `${fixable} have`} a safe fix: ${colors.bold(`${command} --fix`)} applies ${fixable === 1 ? "it" : "them"}.`
      : "Each rule's page says why it matters and how to fix it; your editor offers the suggestions.";
  return `${mark} ${parts} in ${withFindings.length} of ${count(results.length, "file")}.\n  ${next}\n`;
}
