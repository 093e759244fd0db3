/** What stopped a rotation or a read. Stable: programs act on it. */
export type RotationErrorCode =
  /** No answer, a refused connection, a TLS error, a 5xx of a read. Try again later. */
  | "unreachable"
  | "sealed"
  | "read-only"
  | "quota"
  | "denied"
  /** Somebody else wrote the document since it was read; nothing was written. */
  | "conflict"
  /** A write whose answer was lost: read back before deciding anything. */
  | "unknown-outcome"
  /** Another runner holds the rotation. */
  | "busy"
  /** The rotation stopped between two phases and can be resumed. */
  | "unfinished"
  /** The new value was refused where it should be accepted. */
  | "refused"
  /** What the store holds is not what Holdfast wrote, or cannot be decrypted. */
  | "damaged"
  | "key-unavailable"
  | "audit"
  /** The policy or the caller asked for something that is not there. */
  | "invalid"
  | "aborted";

/** Message: what happened, to what, what was left as it was, what to do. Never a secret's value in it, nor in `cause`. */
export class RotationError extends Error {
  override readonly name = "RotationError";
  readonly code: RotationErrorCode;
  /** The secret it happened to, where there is one. */
  readonly secret: string | undefined;

  constructor(code: RotationErrorCode, message: string, options: { secret?: string | undefined; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.secret = options.secret;
  }

  /** Safe to log. */
  toJSON(): object {
    return { name: this.name, code: this.code, message: this.message, ...(this.secret !== undefined && { secret: this.secret }) };
  }
}
