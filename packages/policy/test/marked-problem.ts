import type { PolicyProblem } from "../src/index.ts";

/** `3:5 [timout] unknown key …`: the brackets hold the text that is marked, of which a line break is ⏎. */
export function markedProblem({ line, column, endLine, endColumn, message, severity }: PolicyProblem, text: string): string {
  const lines = text.replace(/^\u{feff}/u, "").split("\n");
  const marked = lines
    .slice(line - 1, endLine)
    .map((content, at, all) => content.slice(at === 0 ? column - 1 : 0, at === all.length - 1 ? endColumn - 1 : undefined))
    .join("⏎");
  return `${line}:${column} [${marked}] ${severity === "warning" ? "warning: " : ""}${message}`;
}
