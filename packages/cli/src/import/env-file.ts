import { readFileSync, statSync } from "node:fs";
import { parseEnv } from "node:util";

import { exitCodes, Failure } from "../failure.ts";
import { isSystemError, reasonOf } from "../files/system-error.ts";

/** Larger ones hold something else. */
const largestBytes = 1024 * 1024;

/** The variables of a .env file as Node's --env-file reads them, empty ones left out. Throws `Failure`, which holds no value. */
export function readEnvFile(file: string): Map<string, string> {
  try {
    const status = statSync(file);
    if (!status.isFile()) throw unusable(file, "it is no regular file");
    if (status.size > largestBytes) throw unusable(file, "it is larger than 1 MiB");
    const text = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
    return new Map(Object.entries(parseEnv(text)).filter((entry): entry is [string, string] => Boolean(entry[1])));
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (isSystemError(error)) throw unusable(file, reasonOf(error));
    throw unusable(file, "it is not UTF-8 text");
  }
}

function unusable(file: string, why: string): Failure {
  return new Failure({
    code: "not-read",
    exitCode: exitCodes.usage,
    what: `${file} could not be read: ${why}`,
    left: "Nothing was written",
    next: "Name a file with lines such as API_KEY=value",
  });
}
