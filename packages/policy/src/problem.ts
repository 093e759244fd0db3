/** Something wrong at a place of holdfast.yaml. Lines and columns count from 1. */
export interface PolicyProblem {
  readonly code: PolicyProblemCode;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly severity: "error" | "warning";
}

export type PolicyProblemCode =
  | "unreadable"
  | "yaml-syntax"
  | "wrong-shape"
  | "unknown-key"
  | "unknown-store"
  | "unknown-secret"
  | "duplicate"
  | "secret-in-clear"
  | "timeout-above-slo"
  | "wrong-value"
  | "incomplete"
  | "overlap-above-every"
  | "too-many";

/** Thrown by `loadPolicy`: every error of the file, in order. */
export class PolicyError extends Error {
  readonly code = "policy-invalid";
  readonly problems: readonly PolicyProblem[];

  constructor(problems: readonly PolicyProblem[], options?: ErrorOptions) {
    super(problems.map(printProblem).join("\n"), options);
    this.name = "PolicyError";
    this.problems = problems;
  }

  toJSON(): object {
    return { name: this.name, code: this.code, problems: this.problems };
  }
}

/** `holdfast.yaml:12:3  message` */
export function printProblem({ file, line, column, message }: PolicyProblem): string {
  return `${file}:${line}:${column}  ${message}`;
}
