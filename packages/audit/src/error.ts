/** What went wrong with an audit log. Every message says what happened, to what, and what was left as it was. */
export type AuditErrorCode =
  | "disk-full"
  | "denied"
  | "read-only"
  | "write-failed"
  | "locked"
  | "lock-lost"
  | "log-damaged"
  | "log-replaced"
  | "closed"
  | "invalid-record"
  | "key-mode"
  | "key-invalid"
  | "sign-failed"
  | "note-invalid"
  | "not-found";

export class AuditError extends Error {
  override readonly name = "AuditError";
  readonly code: AuditErrorCode;

  constructor(code: AuditErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  /** Safe to log: the code and the message; an audit log never holds a secret's value, so neither do its errors. */
  toJSON(): { name: string; code: AuditErrorCode; message: string } {
    return { name: this.name, code: this.code, message: this.message };
  }
}

/** Names a failed system call on `file` in a person's words; `leftAs` says what is on disk now. */
export function fromSystem(error: unknown, doing: string, file: string, leftAs: string): AuditError {
  if (error instanceof AuditError) return error;
  const system = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  const reason = SYSTEM_ERRORS[system] ?? {
    code: "write-failed",
    why: `it failed${system ? ` with ${system}` : ""}`,
    todo: "Check the disk, then try again.",
  };
  return new AuditError(reason.code, `Cannot ${doing} ${file}: ${reason.why}. ${leftAs} ${reason.todo}`, { cause: error });
}

const full = {
  code: "disk-full",
  why: "the disk, the quota or the file-size limit is full",
  todo: "Free some space, then try again.",
} as const;
const denied = {
  code: "denied",
  why: "permission was denied",
  todo: "Give this user write access to the folder, then try again.",
} as const;
const SYSTEM_ERRORS: Record<string, { code: AuditErrorCode; why: string; todo: string }> = {
  ENOSPC: full,
  EDQUOT: full,
  EFBIG: full,
  EACCES: denied,
  EPERM: denied,
  EROFS: { code: "read-only", why: "the file system is read-only", todo: "Mount it writable or choose another folder." },
  ENOTDIR: { code: "not-found", why: "a part of the path is a file, not a folder", todo: "Choose another folder." },
  ENOENT: { code: "not-found", why: "it does not exist", todo: "Check the path." },
};
