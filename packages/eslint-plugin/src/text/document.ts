/** Offsets count UTF-16 units from the start of the text, after a byte order mark. */
export type TextRange = readonly [start: number, end: number];

/** Lines count from 1, columns from 0, as in ESTree. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

export interface TextLocation {
  readonly start: TextPosition;
  readonly end: TextPosition;
}

/** An `eslint-disable…` or `eslint-enable` comment, in whichever comment syntax the file has. */
export interface DirectiveComment {
  readonly type: "DirectiveComment";
  readonly range: TextRange;
  readonly directive: "disable" | "enable" | "disable-line" | "disable-next-line";
  /** The rule names as written: `holdfast/no-hardcoded-secrets, other/rule`; empty means every rule. */
  readonly rules: string;
  /** What follows ` -- `, which ESLint shows beside a suppressed message. */
  readonly reason: string;
}

/** The whole file. Its text is not cut into tokens: what a rule looks for decides how it reads the text, at the places it finds. */
export interface TextDocument {
  readonly type: "Document";
  readonly range: TextRange;
  readonly comments: readonly DirectiveComment[];
}

export type TextNode = TextDocument | DirectiveComment;
