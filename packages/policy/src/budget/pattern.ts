/** A pattern that was read: whether it matches, and how much of what it matches it spells out. */
export interface Pattern {
  readonly matches: (text: string) => boolean;
  readonly literalCharacters: number;
}
