import type { Origin, Value } from "./value.ts";
import { originOf } from "./value.ts";

/** A documented or measured behaviour of a library, and where it is written. */
export interface LibraryFact {
  readonly library: string;
  /** For people: "axios-retry default", "got default". */
  readonly says: string;
  readonly source: string;
}

/** What is known of a setting, and where it was said. Unknown is never reported. */
export type Fact<T> =
  | { readonly kind: "known"; readonly value: T; readonly origin: Origin | undefined }
  | { readonly kind: "default"; readonly value: T; readonly library: LibraryFact }
  | { readonly kind: "unknown"; readonly why: string };

export function known<T>(value: T, origin?: Origin): Fact<T> {
  return { kind: "known", value, origin };
}

export function unknownFact<T>(why: string): Fact<T> {
  return { kind: "unknown", why };
}

/** A number, or what the library does when the option is absent. Strings of digits (environment fallbacks) count. */
export function numberFact(value: Value, whenAbsent: Fact<number>): Fact<number> {
  if (value.kind === "absent") return whenAbsent;
  if (value.kind !== "primitive") return unknownFact("not a literal number");
  const number = typeof value.value === "string" && /^\d+(\.\d+)?$/u.test(value.value) ? Number(value.value) : value.value;
  return typeof number === "number" ? known(number, originOf(value)) : unknownFact("not a number");
}
