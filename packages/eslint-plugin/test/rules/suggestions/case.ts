/** Code of a library's user on which rules make suggestions. Each of them, put into the code, must compile against the library's own types. */
export interface SuggestionCase {
  readonly name: string;
  /** A module that compiles as it is. */
  readonly code: string;
  /** The rules that must suggest something here, so that a rule that falls silent is noticed. */
  readonly from: readonly string[];
}
