import type { Secret } from "./secret.ts";

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

/** What a rotator is told of the rotation it serves. */
export interface RotationContext {
  readonly secret: string;
  /** The same for every attempt at one rotation. */
  readonly rotation: string;
  readonly generation: number;
  readonly current: Secret | undefined;
  readonly signal: AbortSignal | undefined;
}

/** A value that is stored before anything else happens. */
export interface Pending {
  readonly value: Secret;
}

/** Changes a secret where it is accepted. Every method may be called again for the same rotation and then does only what is missing. */
export interface Rotator {
  readonly kind: string;
  /** Whether the previous value can stay valid beside the new one. */
  readonly overlaps: boolean;
  /** Pure or read-only: nothing outside has changed when it returns. */
  prepare(context: RotationContext): Promise<Pending>;
  apply(pending: Pending, context: RotationContext): Promise<void>;
  /** A real use of the candidate. */
  verify(candidate: Secret, context: RotationContext): Promise<"accepted" | "refused">;
  /** Revokes the previous value and shows that it is refused. */
  retire(previous: Secret, context: RotationContext): Promise<void>;
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
