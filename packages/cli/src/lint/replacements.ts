import type { LintedFile, LintMessage } from "./linted-file.ts";

/** One change of a text: `range` counts UTF-16 units, after a byte order mark. */
export interface Replacement {
  readonly range: readonly [start: number, end: number];
  readonly text: string;
}

/** A fix as the changes it makes: ESLint joins edits into one that repeats everything between them. */
export function replacementsOf({ text: before }: LintedFile, { range: [start, end], text }: Replacement): readonly Replacement[] {
  return changedLines(before.slice(start, end), text).map(({ range, text }) => ({ range: [start + range[0], start + range[1]], text }));
}

/** Whether one of the changes repeats a secret that was found in the file. */
export function repeatsSecret(file: LintedFile, replacements: readonly Replacement[]): boolean {
  const secrets = secretsIn(file);
  return replacements.some(({ text }) => secrets.some((secret) => text.includes(secret)));
}

/** Line and column, both from 1, as ESLint counts them in code. */
export function placeAt(text: string, offset: number): { readonly line: number; readonly column: number } {
  const lines = text.slice(0, offset).split(lineBreak);
  return { line: lines.length, column: lines.at(-1)!.length + 1 };
}

const lineBreak = /\r\n|[\r\n\u2028\u2029]/u;
const secretRules = ["holdfast/no-hardcoded-secrets", "holdfast/no-default-secret"];

function secretsIn({ text, messages, suppressed }: LintedFile): string[] {
  const starts = [0, ...Array.from(text.matchAll(new RegExp(lineBreak, "gu")), (match) => match.index + match[0].length)];
  const offset = (line: number, column: number) => (starts[line - 1] ?? text.length) + column - 1;
  return [...messages, ...suppressed]
    .filter(({ ruleId }) => ruleId !== null && secretRules.includes(ruleId))
    .map((message: LintMessage) =>
      text.slice(offset(message.line, message.column), offset(message.endLine ?? message.line, message.endColumn ?? message.column + 1)),
    )
    .flatMap((found) => [
      found,
      ...Array.from(found.matchAll(/(?<quote>["'`])(?<inside>.+?)\k<quote>/gsu), ({ groups }) => groups!["inside"]!),
    ])
    .filter((found) => found.trim() !== "");
}

/** The lines that differ, by the longest common subsequence; the whole as one change where the texts are too long to compare. */
function changedLines(before: string, after: string): Replacement[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  if (old.length * now.length > 1_000_000) return [{ range: [0, before.length], text: after }];
  const common = commonLengths(old, now);
  const changes: { range: [number, number]; text: string }[] = [];
  let [row, column, offset] = [0, 0, 0];
  while (row < old.length || column < now.length) {
    if (row < old.length && column < now.length && old[row] === now[column]) {
      offset += old[row]!.length;
      row += 1;
      column += 1;
      continue;
    }
    const last = changes.at(-1);
    const change = last?.range[1] === offset ? last : { range: [offset, offset] as [number, number], text: "" };
    if (change !== last) changes.push(change);
    if (column >= now.length || (row < old.length && common[row + 1]![column]! >= common[row]![column + 1]!)) {
      offset += old[row]!.length;
      change.range[1] = offset;
      row += 1;
    } else {
      change.text += now[column]!;
      column += 1;
    }
  }
  return changes.map(({ range: [start, end], text }) => trimmed(start, before.slice(start, end), text));
}

/** Without what both texts begin and end with. */
function trimmed(at: number, before: string, after: string): Replacement {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return { range: [at + head, at + before.length - tail], text: after.slice(head, after.length - tail) };
}

/** Each with its line break. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/gu) ?? [];
}

/** How many lines the rests of both have in common, from each pair of lines on. */
function commonLengths(old: readonly string[], now: readonly string[]): number[][] {
  const lengths = Array.from({ length: old.length + 1 }, () => new Array<number>(now.length + 1).fill(0));
  for (let row = old.length - 1; row >= 0; row -= 1)
    for (let column = now.length - 1; column >= 0; column -= 1)
      lengths[row]![column] =
        old[row] === now[column] ? lengths[row + 1]![column + 1]! + 1 : Math.max(lengths[row + 1]![column]!, lengths[row]![column + 1]!);
  return lengths;
}
