import type { Engine } from "@holdfast/engine";

export type LintMessage = ReturnType<Engine["lint"]>[number];

/** What the rules say of one file. */
export interface LintedFile {
  readonly path: string;
  /** As it was judged, without a byte order mark, where anything was found: it may hold the very secrets that were found, so no format prints from it. */
  readonly text: string;
  readonly messages: readonly LintMessage[];
  /** Found, and silenced by a comment or by eslint-suppressions.json. */
  readonly suppressed: readonly LintMessage[];
}

export interface Tally {
  readonly errors: number;
  readonly warnings: number;
  /** Of both, those with a safe fix. */
  readonly fixable: number;
}

export function tallyOf(messages: readonly LintMessage[]): Tally {
  return {
    errors: messages.filter(({ severity }) => severity === 2).length,
    warnings: messages.filter(({ severity }) => severity === 1).length,
    fixable: messages.filter(({ fix }) => fix).length,
  };
}

/** In the order of the text. */
export function inOrder(messages: readonly LintMessage[]): LintMessage[] {
  return messages.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

/** `holdfast/max-retries`; what is no rule's finding is `syntax`, `unused-disable`, or `internal` when a rule failed. */
export function findingName({ ruleId, fatal, message }: LintMessage): string {
  if (ruleId !== null) return ruleId;
  if (!fatal) return "unused-disable";
  return message.startsWith("Parsing error") ? "syntax" : "internal";
}
