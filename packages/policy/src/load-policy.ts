import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

import { parsePolicy } from "./parse-policy.ts";
import type { Policy } from "./policy.ts";
import { PolicyError, type PolicyProblem } from "./problem.ts";
import { largestBytes, tooLarge } from "./yaml/unreadable-text.ts";

export interface PolicyFile {
  /** Absolute. */
  readonly file: string;
  /** What relative paths of the policy are relative to. */
  readonly directory: string;
  readonly policy: Policy;
  /** Warnings only. */
  readonly problems: readonly PolicyProblem[];
}

/** Reads a policy from disk. @throws PolicyError that lists every problem when the file cannot be read or holds an error. */
export function loadPolicy(file: string): PolicyFile {
  const absolute = resolve(file);
  const { policy, problems } = parsePolicy(readText(absolute), { file: absolute });
  if (!policy) throw new PolicyError(problems);
  return { file: absolute, directory: dirname(absolute), policy, problems };
}

function readText(file: string): string {
  const bytes = readBytes(file);
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    throw unreadable(file, "the file is UTF-16: save it as UTF-8");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw unreadable(file, "the file is not UTF-8 text: save it as UTF-8");
  }
}

function readBytes(file: string): Uint8Array {
  try {
    const status = statSync(file);
    // A pipe or device would keep the reader waiting.
    if (!status.isFile())
      throw unreadable(
        file,
        status.isDirectory() ? "this is a folder: expected a file" : "this is a pipe, socket or device: expected a regular file",
      );
    if (status.size > largestBytes) throw unreadable(file, tooLarge);
    return readFileSync(file);
  } catch (error) {
    if (error instanceof PolicyError) throw error;
    throw unreadable(file, why(error as NodeJS.ErrnoException), error);
  }
}

function why({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return "there is no such file";
    case "EACCES":
    case "EPERM":
      return "permission denied: this user may not read the file";
    case "ELOOP":
      return "the symbolic links that lead here go round in a circle";
    default:
      return `the file could not be read: ${code ?? message}`;
  }
}

function unreadable(file: string, message: string, cause?: unknown): PolicyError {
  return new PolicyError([{ code: "unreadable", message, file, line: 1, column: 1, endLine: 1, endColumn: 1, severity: "error" }], {
    cause,
  });
}
