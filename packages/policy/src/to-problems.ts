import { LineCounter } from "yaml";

import type { Finding, Span } from "./finding.ts";
import type { PolicyProblem } from "./problem.ts";

const mostProblems = 100;

/** Findings in the order of the file, their places in lines and columns. */
export function toProblems(findings: readonly Finding[], source: string, file: string): PolicyProblem[] {
  const lines = linesOf(source);
  const ordered = findings.toSorted((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  const shown = ordered.slice(0, mostProblems).map((finding) => toProblem(finding, source, lines, file));
  const last = shown.at(-1);
  if (ordered.length <= mostProblems || !last) return shown;
  return [...shown, { ...last, code: "too-many", severity: "error", message: `${ordered.length - mostProblems} more problems follow` }];
}

function toProblem({ code, severity, message, span }: Finding, source: string, lines: LineCounter, file: string): PolicyProblem {
  const place = (offset: number) => lines.linePos(Math.min(offset, source.length));
  const [start, end] = [place(span.start), place(endOf(span, source))];
  return { code, message, file, line: start.line, column: start.col, endLine: end.line, endColumn: end.col, severity };
}

/** A block of YAML ends with the white space after it, which is not what is wrong. */
function endOf({ start, end }: Span, source: string): number {
  const marked = source.slice(start, end).trimEnd().length;
  return marked > 0 ? start + marked : Math.max(start, end);
}

function linesOf(source: string): LineCounter {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (const { index } of source.matchAll(/\n/gu)) lines.addNewLine(index + 1);
  return lines;
}
