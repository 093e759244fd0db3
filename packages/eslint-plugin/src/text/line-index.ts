import type { TextPosition } from "./document.ts";

export interface LineIndex {
  /** `\n`, `\r\n` and a lone `\r` end a line, as in the Language Server Protocol. */
  positionAt(offset: number): TextPosition;
  offsetAt(position: TextPosition): number;
  readonly lines: readonly string[];
}

/** Finds the line of an offset in logarithmic time; nothing is computed before the first question. */
export function lineIndex(text: string): LineIndex {
  let starts: readonly number[] | undefined;
  let lines: readonly string[] | undefined;
  const lineStarts = () => (starts ??= startsOfLines(text));
  return {
    positionAt(offset) {
      const line = lastAtOrBefore(lineStarts(), offset);
      return { line: line + 1, column: offset - lineStarts()[line]! };
    },
    offsetAt({ line, column }) {
      const start = lineStarts()[line - 1];
      if (start === undefined) throw new RangeError(`There is no line ${line} in a text of ${lineStarts().length} lines.`);
      return Math.min(start + column, text.length);
    },
    get lines() {
      return (lines ??= lineStarts().map((start, line) => text.slice(start, lineStarts()[line + 1]).replace(/[\r\n]+$/, "")));
    },
  };
}

function startsOfLines(text: string): number[] {
  const starts = [0];
  let newline = text.indexOf("\n");
  let carriageReturn = text.indexOf("\r");
  while (newline !== -1 || carriageReturn !== -1) {
    const end = newline === -1 || (carriageReturn !== -1 && carriageReturn + 1 < newline) ? carriageReturn : newline;
    starts.push(end + 1);
    if (newline !== -1 && newline <= end) newline = text.indexOf("\n", end + 1);
    if (carriageReturn !== -1 && carriageReturn <= end) carriageReturn = text.indexOf("\r", end + 1);
  }
  return starts;
}

function lastAtOrBefore(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (sorted[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
