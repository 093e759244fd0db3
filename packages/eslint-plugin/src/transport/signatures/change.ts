import type { Edit } from "../../edits/edit.ts";

/** Code to write instead, and whether the program then does the same but for what is wrong. */
export interface Change {
  readonly edits: readonly Edit[];
  readonly keeps: "behaviour" | "intent";
}
