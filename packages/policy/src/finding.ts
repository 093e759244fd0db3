import type { PolicyProblem } from "./problem.ts";

/** Where something stands in the text: offsets in UTF-16 code units, the end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A problem before its place is known in lines and columns. */
export interface Finding extends Pick<PolicyProblem, "code" | "message" | "severity"> {
  readonly span: Span;
}

/** Keys and list indices from the root of the file. */
export type Path = readonly (string | number)[];
