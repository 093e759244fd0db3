/** A piece of a text and what stands there instead. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Applies edits that do not overlap, from the end of the text so that places stay right. What is put where a cut begins comes after the cut;
 * of several pieces put at one place the first in the list comes first.
 */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const ordered = edits.toReversed().sort((a, b) => b.start - a.start || b.end - a.end);
  return ordered.reduce((result, { start, end, text: piece }) => result.slice(0, start) + piece + result.slice(end), text);
}

export function lineStart(text: string, at: number): number {
  return text.lastIndexOf("\n", at - 1) + 1;
}

/** The place after the line break that ends the line of `at`; the end of the text without one. */
export function nextLine(text: string, at: number): number {
  // A block scalar ends behind its line break.
  if (at > 0 && text[at - 1] === "\n") return at;
  const end = text.indexOf("\n", at);
  return end === -1 ? text.length : end + 1;
}

export function indentAt(text: string, at: number): string {
  return /^[ \t]*/u.exec(text.slice(lineStart(text, at)))?.[0] ?? "";
}
