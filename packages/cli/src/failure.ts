/** What the process ends with; stable, so that schedulers and CI can act on it. */
export const exitCodes = {
  done: 0,
  /** Findings of `check`, or a secret that is overdue. */
  findings: 1,
  /** A wrong option, a policy that does not parse, a file that cannot be read. */
  usage: 2,
  /** The store cannot be reached or is sealed: try again later. */
  unreachable: 3,
  /** A rotation stopped between two phases: `holdfast resume` finishes it. */
  unfinished: 4,
  /** The audit log does not verify, or could not be written. */
  audit: 5,
  denied: 6,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** An end of the command that a person has to read. `code` is stable; neither it nor the texts ever hold a secret. */
export interface FailureText {
  readonly code: string;
  readonly exitCode: ExitCode;
  /** What happened, to what; one sentence without its full stop. */
  readonly what: string;
  /** What was left as it was. */
  readonly left?: string;
  /** What to do. */
  readonly next?: string;
  /** More lines, such as every problem of a policy. */
  readonly lines?: readonly string[];
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Thrown by commands; `main` prints it and ends with its exit code. */
export class Failure extends Error {
  readonly code: string;
  readonly text: FailureText;

  constructor(text: FailureText, options?: { cause?: unknown }) {
    super(sentenceOf(text), options);
    this.name = "Failure";
    this.code = text.code;
    this.text = text;
  }

  toJSON(): object {
    const { code, what, left, next, lines, detail } = this.text;
    return {
      code,
      message: sentence(what),
      ...(left && { left: sentence(left) }),
      ...(next && { next: sentence(next) }),
      ...(lines && { lines }),
      ...detail,
    };
  }
}

/** `holdfast: <what>. <what was left>. <what to do>.` */
export function sentenceOf({ what, left, next }: Pick<FailureText, "what" | "left" | "next">): string {
  return [what, left, next]
    .filter((part) => part !== undefined)
    .map(sentence)
    .join(" ");
}

function sentence(text: string): string {
  return /[.!?…:]$/u.test(text) ? text : `${text}.`;
}
