import type { TextRange } from "../text/document.ts";

/** Where a credential works, as far as its prefix says. */
export type Mode = "live" | "test";

/** A credential found in a text. It holds no part of the value that is secret, so that no message can. */
export interface SecretFinding {
  /** The secret characters, and nothing around them. */
  readonly range: TextRange;
  /** `Stripe`; empty when no provider can be told. */
  readonly provider: string;
  /** `secret key` */
  readonly kind: string;
  readonly mode?: Mode;
  /** The public start of the value: `sk_live_`. */
  readonly prefix?: string;
  /** In characters. */
  readonly length: number;
  readonly evidence: Evidence;
  /** The environment variable to read it from. */
  readonly env: string;
}

/** `format`: sure wherever it stands. `generic-format` and `name`: judged by what is around, and not in tests. */
export type Evidence = { readonly by: "format" | "generic-format" } | { readonly by: "name"; readonly name: string };
