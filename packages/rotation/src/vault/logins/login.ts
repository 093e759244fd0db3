import type { Secret } from "../../secret.ts";
import type { Effect, VaultAnswer } from "../answer.ts";
import type { Body } from "../body.ts";
import type { ClientIdentity } from "../transport.ts";

/** One request without a login before it. */
export type Ask = (request: {
  readonly method: "GET" | "POST";
  readonly path: readonly string[];
  readonly body?: Body;
  readonly token: Secret | undefined;
  readonly what: string;
  /** `read` without it: what takes effect only once is a `write`, and is not sent again when its answer is lost. */
  readonly effect?: Effect;
  /** What to do when the credential is refused; only of logins. */
  readonly advice?: string;
  /** Shown by every connection from this request on. */
  readonly identity?: ClientIdentity;
}) => Promise<VaultAnswer>;

/** A way to a token. Credentials are read at every login, so that renewed ones are noticed. */
export type LoginMethod =
  /** Somebody else's token: renewed, never revoked. */
  | { readonly kind: "given"; readonly read: () => Promise<Secret> }
  /** A token of our own: revoked at the end. */
  | { readonly kind: "login"; readonly logIn: (ask: Ask) => Promise<VaultAnswer> };
