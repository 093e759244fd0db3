import { dirname, resolve } from "node:path";

import { exitCodes, Failure } from "../failure.ts";
import { replaceFile } from "../files/replace-file.ts";
import { isSystemError, reasonOf } from "../files/system-error.ts";

/** Writes a file that only this user can read (mode 0600), as a whole or not at all. */
export function writePrivateFile(file: string, text: string): void {
  const target = resolve(file);
  try {
    replaceFile(target, text, { mode: 0o600 });
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
