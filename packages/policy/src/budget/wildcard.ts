/** The text as part of a regular expression in which each `*` is the given expression. */
export function wildcardShape(text: string, wildcard: string): string {
  return text
    .split("*")
    .map((piece) => piece.replace(/[\\^$.+?()[\]{}|/]/gu, String.raw`\$&`))
    .join(wildcard);
}
