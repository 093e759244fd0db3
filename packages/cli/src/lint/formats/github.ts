import { isAbsolute, relative, resolve, sep } from "node:path";

import { findingName, inOrder, type LintMessage } from "../linted-file.ts";
import type { LintRun } from "../lint-files.ts";

/**
 * One workflow command a finding, which GitHub Actions shows at its line: `::error file=src/psp.ts,line=5,…,title=holdfast/max-retries::message`.
 * Paths count from `workspace`, the root of the checkout (GITHUB_WORKSPACE), so that a job may run in any folder of it.
 */
export function github({ files }: LintRun, workspace: string = process.cwd()): string {
  return files
    .flatMap(({ path, messages }) => inOrder(messages).map((message) => `${command(pathFrom(workspace, path), message)}\n`))
    .join("");
}

function command(file: string, message: LintMessage): string {
  const { line, column, endLine, endColumn } = message;
  const properties = {
    file,
    line,
    endLine: endLine ?? line,
    col: column,
    // A runner ignores columns of a range over several lines.
    ...(endColumn !== undefined && (endLine ?? line) === line && { endColumn }),
    title: findingName(message),
  };
  const list = Object.entries(properties).map(([name, value]) => `${name}=${escapedProperty(String(value))}`);
  return `::${message.severity === 2 ? "error" : "warning"} ${list.join(",")}::${escaped(message.message)}`;
}

function pathFrom(workspace: string, path: string): string {
  const inside = relative(resolve(workspace), path);
  return (inside.startsWith("..") || isAbsolute(inside) ? path : inside).split(sep).join("/");
}

/** As actions/toolkit escapes (@actions/core@1.11.1 lib/command.js): nothing in a message can start a command of its own. */
function escaped(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapedProperty(text: string): string {
  return escaped(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
