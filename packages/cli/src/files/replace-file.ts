import { randomBytes } from "node:crypto";
import { closeSync, fchmodSync, fchownSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";

export interface FileRights {
  /** Such as 0o600. */
  readonly mode: number;
  /** Without it, the file belongs to the user of this process. */
  readonly owner?: { readonly uid: number; readonly gid: number };
}

/** Writes a file as a whole or not at all, by a rename in its folder. Throws the system's error; what was there before is then unchanged. */
export function replaceFile(target: string, text: string, { mode, owner }: FileRights): void {
  const there = statSync(target, { throwIfNoEntry: false });
  if (there?.isDirectory()) throw Object.assign(new Error("is a folder"), { code: "EISDIR", syscall: "open" });
  // A rename would put a file in the place of a terminal or pipe, such as /dev/stdout.
  if (there && !there.isFile()) throw Object.assign(new Error("it is no regular file"), { syscall: "open" });
  const temporary = `${target}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    const file = openSync(temporary, "wx", 0o600);
    try {
      writeFileSync(file, text);
      if (owner) fchownSync(file, owner.uid, owner.gid);
      fchmodSync(file, mode);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
