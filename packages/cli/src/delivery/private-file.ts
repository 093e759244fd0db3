import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

import { exitCodes, Failure } from "../failure.ts";

/** Writes a file that only this user can read (mode 0600), as a whole or not at all. */
export function writePrivateFile(file: string, text: string): void {
  const target = resolve(file);
  const temporary = `${target}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    if (statSync(target, { throwIfNoEntry: false })?.isDirectory()) throw Object.assign(new Error("is a folder"), { code: "EISDIR" });
    const descriptor = openSync(temporary, "wx", 0o600);
    try {
      writeFileSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new Failure({
      code: "not-written",
      exitCode: exitCodes.usage,
      what: `${file} could not be written: ${reason(error as NodeJS.ErrnoException)}`,
      left: "What was there before is unchanged",
      next: `Make ${dirname(target)} writable or choose another file`,
    });
  }
}

function reason({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case "EACCES":
    case "EPERM":
      return "permission denied";
    case "ENOENT":
      return "its folder does not exist";
    case "EISDIR":
      return "it is a folder";
    case "EROFS":
      return "the file system is read-only";
    case "ENOSPC":
    case "EDQUOT":
      return "the disk is full";
    default:
      return code ?? message;
  }
}
