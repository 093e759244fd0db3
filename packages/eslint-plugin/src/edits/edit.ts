import type { TSESLint } from "@typescript-eslint/utils";

/** A replacement of a range of the text; an insertion has an empty range. */
export interface Edit {
  readonly range: readonly [number, number];
  readonly text: string;
}

/** Edits as ESLint wants them. */
export function applied(edits: readonly Edit[]): TSESLint.ReportFixFunction {
  return (fixer) => edits.map(({ range, text }) => fixer.replaceTextRange([...range], text));
}

export function insertedAt(offset: number, text: string): Edit {
  return { range: [offset, offset], text };
}

/** The white space a line begins with, for the line that holds `offset`. */
export function indentationAt(text: string, offset: number): string {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  return /^[ \t]*/u.exec(text.slice(start))?.[0] ?? "";
}
