import type { Secret } from "./secret.ts";
import type { VaultSession } from "./vault/vault.ts";

/** Says which write of a document was read; opaque, and equal only for the same write. */
export type Version = string & { readonly __version: "document" };

/** A field of a document. Every string that comes from a store is wrapped, so that a document can be logged without telling anything. */
export type Field = Secret | number | boolean | null | readonly Field[] | { readonly [key: string]: Field };

/** What a store keeps at one path: `{ value, previous? }` for a secret, with whatever other programs put beside it. */
export type Document = Readonly<Record<string, Field>>;

export interface Versioned {
  readonly document: Document;
  readonly version: Version;
  /** The store's own time of the write in milliseconds since 1970, where it keeps one. */
  readonly writtenAtMs?: number;
}

/** What the store answered besides the document, for the audit log. */
export interface Receipt {
  readonly version: Version;
  /** The store's id of the request, where it has one (Vault's `request_id`). */
  readonly request?: string;
}

/**
 * Keeps documents; the one place where truth lives. Every method throws `RotationError`:
 * `unreachable`, `sealed`, `read-only`, `quota`, `denied` with the document certainly as it was; `unknown-outcome` for a write that may or may not have happened.
 */
export interface Store {
  readonly name: string;
  readonly kind: string;
  /** The server behind it, for what is not a document; only of stores that have one. */
  readonly vault?: VaultSession;
  /** Undefined when there is no document, or only deleted versions of one. */
  read(path: string): Promise<Versioned | undefined>;
  /** Writes the whole document if `expected` is still the newest version. @throws RotationError `conflict` otherwise, and nothing was written. */
  write(path: string, document: Document, expected: Version | "absent"): Promise<Receipt>;
  /** Removes the document with its history. */
  remove(path: string, expected: Version): Promise<void>;
  /** Whether this caller could read and write there; asks the store, changes nothing. */
  probe(path: string): Promise<{ readonly canRead: boolean; readonly canWrite: boolean; readonly why?: string }>;
  /** The store's clock in milliseconds since 1970. */
  now(): Promise<number>;
  close(): Promise<void>;
}

/** Texts that belong to a value, by name: `{ username: "app_b" }`. */
export type Fields = Readonly<Record<string, Secret>>;

/** A secret as it is used: the value, and what a program needs to use it. */
export interface Credential {
  readonly value: Secret;
  readonly fields: Fields;
}

/** What a rotator is told of the rotation it serves, and what it may ask for. Every method throws `RotationError`. */
export interface RotationContext {
  readonly secret: string;
  /** The same for every attempt at one rotation. */
  readonly rotation: string;
  readonly generation: number;
  /** What programs have now: the value in use before the new one is promoted, the new one afterwards. */
  readonly current: Credential | undefined;
  /** Whether an earlier run, or an earlier try in this one, may have begun this very step. What must never be done twice is looked up first. */
  readonly repeated: boolean;
  readonly signal: AbortSignal | undefined;
  /** The store that keeps the secret. */
  readonly store: Store;
  /** Another secret of the policy, such as the credential of an administrator; the read is recorded. */
  read(secret: string): Promise<Credential>;
  /** Requests to a store of kind `vault` with its login; the secret's own store without a name. Never send a token of your own. */
  vault(store?: string): Promise<VaultSession>;
  /** A path of the policy, which is relative to its folder, as an absolute one. */
  resolve(path: string): string;
  /** Environment variables, as the command was given them. */
  readonly env: NodeJS.ProcessEnv;
  /** Tells people something that is worth knowing and stops nothing; never a value. */
  advise(message: string): void;
}

/** What is stored before anything else happens. */
export interface Pending {
  /** Left out where the other side chooses the value: `apply` then returns it. */
  readonly value?: Secret;
  readonly fields?: Fields;
  /** What the rotator has to remember until the end of this rotation; kept in the state beside the secret, never given to programs. */
  readonly notes?: Fields;
}

/** A rotation's own candidate, with what `prepare` noted. */
export type Candidate = Credential & { readonly notes: Fields };

/**
 * Changes a secret where it is accepted. Every method may be called again for the same rotation and then does only what is missing.
 * A method that cannot work throws a `RotationError` whose message has no value in it; of any other error only the class is told.
 */
export interface Rotator {
  readonly kind: string;
  /** Whether the previous value can stay valid beside the new one. */
  readonly overlaps: boolean;
  /** Which fields of the document belong to the value and change with it; during the overlap the previous ones are kept as `previous_<field>`. */
  readonly fields?: readonly string[];
  /** What each step does here, a sentence each, for `plan`. */
  readonly sentences?: { readonly apply?: string; readonly verify?: string; readonly retire?: string };
  /** Pure or read-only: nothing outside has changed when it returns. */
  prepare(context: RotationContext): Promise<Pending>;
  /** Returns the credential where only the other side knew it; it is stored with the next phase, so whoever loses it here must find it when called again. */
  apply(pending: Pending, context: RotationContext): Promise<Credential | void>;
  /** A real use of the candidate. */
  verify(candidate: Candidate, context: RotationContext): Promise<"accepted" | "refused">;
  /** Revokes the previous credential and shows that it is refused. */
  retire(previous: Credential, context: RotationContext): Promise<void>;
  /** Undoes what `apply` may have done for a candidate that programs never got; `retire` is called with it where this is missing. */
  discard?(pending: Pending, context: RotationContext): Promise<void>;
  /** What would stop a rotation, a sentence each: missing rights, an unreachable server. Read-only. */
  obstacles?(context: RotationContext): Promise<readonly string[]>;
}

export type Bytes = Uint8Array;

/** A data key as the protecting key wrapped it. */
export interface Wrapped {
  readonly key: string;
  readonly ciphertext: Bytes;
}

/** Protects the data key of a store that is a file. */
export interface Key {
  readonly kind: string;
  wrap(plaintext: Bytes): Promise<Wrapped>;
  unwrap(wrapped: Wrapped): Promise<Bytes>;
}
