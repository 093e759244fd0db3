import { type Span, type ValueSyntax, valueReader } from "./assigned-value.ts";
import type { NamedValue } from "./judge.ts";

type Assignment = Omit<NamedValue, "context">;

/**
 * Every `name = value` of a text whose name has a word for a credential in it, in whichever of the usual notations: assignments, YAML, JSON,
 * INI, XML elements and attributes, `name`/`value` pairs, command line flags, URL parameters, calls. Reads only around such words.
 */
export function* credentialAssignments(text: string, syntax: ValueSyntax): Generator<Assignment> {
  const scan = new RegExp(nameWord);
  const valueAfter = valueReader(text, syntax);
  for (let match = scan.exec(text); match !== null; match = scan.exec(text)) {
    const name = nameAround(text, match.index, scan.lastIndex);
    if (!name) continue;
    scan.lastIndex = Math.max(scan.lastIndex, name.end);
    const value = valueAfter(name);
    if (value) yield { name: text.slice(name.start, name.end), ...value };
  }
}

/** The words the names of credentials are made of. A text with none of them has no credential assignment. */
export const nameWord = /pass(?:w|phrase|code|\b|_)|pwd|pswd|passwort|kennwort|senha|secret|token|key|auth|credential|bearer|salt|pass/gi;

const longestName = 80;

/** The name a word is part of; none when it is part of a long run such as base64. */
function nameAround(text: string, from: number, to: number): Span | undefined {
  let start = from;
  while (start > 0 && /[\w.$-]/.test(text[start - 1]!)) if (from - --start > longestName) return undefined;
  let end = to;
  while (end < text.length && /[\w-]/.test(text[end]!)) if (++end - to > longestName) return undefined;
  while (start < from && /[-.$]/.test(text[start]!)) start += 1;
  return { start, end };
}
