import { realpathSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

import { exitCodes, Failure } from "../failure.ts";
import { replaceFile } from "./replace-file.ts";
import { isSystemError, reasonOf } from "./system-error.ts";

/** `private`: only this user can read it (0600), and a link is replaced itself. `usual`: as it was, or as new files are made here; through a link. */
export type Readers = "private" | "usual";

/** Writes the file that `--output` names, as a whole or not at all. Throws `Failure`. */
export function writeOutput(file: string, text: string, readers: Readers): void {
  const target = resolve(file);
  try {
    if (readers === "private") replaceFile(target, text, { mode: 0o600 });
    else replaceUsual(target, text);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new Failure({
      code: "not-written",
      exitCode: exitCodes.usage,
      what: `${file} could not be written: ${reasonOf(error)}`,
      left: "What was there before is unchanged",
      next: `Make ${dirname(target)} writable or choose another file`,
    });
  }
}

function replaceUsual(target: string, text: string): void {
  const there = statSync(target, { throwIfNoEntry: false });
  const mode = there ? there.mode & 0o7777 : 0o666 & ~process.umask();
  replaceFile(there?.isFile() ? realpathSync(target) : target, text, { mode });
}
