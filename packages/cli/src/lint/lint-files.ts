import { accessSync, constants, readFileSync, realpathSync, statSync } from "node:fs";

import { type FileProblem, filesToLint, type Judgement } from "@holdfast/engine";
import type { PolicyProblem } from "@holdfast/policy";

import { replaceFile } from "../files/replace-file.ts";
import { isSystemError, reasonOf } from "../files/system-error.ts";
import { enginesByPolicy } from "./engines-by-policy.ts";
import type { LintedFile } from "./linted-file.ts";
import { applySuppressions, readSuppressions } from "./suppressions.ts";

export interface LintRun {
  readonly files: readonly LintedFile[];
  /** What was asked for and could not be linted. */
  readonly problems: readonly FileProblem[];
  /** Files that fixes were written to. */
  readonly fixedFiles: readonly string[];
  /** Warnings about each holdfast.yaml that files were judged by. */
  readonly policyWarnings: readonly PolicyProblem[];
}

export interface LintRequest {
  readonly paths: readonly string[];
  readonly action: "lint" | "fix";
  readonly report: "everything" | "errors";
  /** Without one, each file is judged by the nearest holdfast.yaml above it. */
  readonly policyFile?: string | undefined;
  /** Whether a disable comment that silences nothing is a warning. */
  readonly unusedDisables?: "report" | undefined;
  /** Called before each file with how many are done, of how many. */
  readonly onFile?: (done: number, total: number) => void;
}

/** Lints files and folders. Throws `PolicyError`, before any file is touched, when a holdfast.yaml on the way does not parse, and `Failure` for an eslint-suppressions.json. */
export function lintFiles({ paths, action, report, policyFile, unusedDisables, onFile }: LintRequest): LintRun {
  const folder = process.cwd();
  const { files: found, problems } = filesToLint(paths, { cwd: folder });
  const suppressions = readSuppressions(folder);
  const policyWarnings: PolicyProblem[] = [];
  const engineFor = enginesByPolicy({ policyFile, unusedDisables }, (warnings) => policyWarnings.push(...warnings));
  const judged = found.map((path) => ({ path, engine: engineFor(path) }));
  const failures = [...problems];
  const fixedFiles: string[] = [];
  const files = judged.flatMap(({ path, engine }, done): LintedFile[] => {
    onFile?.(done, judged.length);
    try {
      const { text, encoding } = read(path);
      if (action === "lint") return [linted(path, text, engine.judge({ path, text }), report)];
      const { output, fixed, ...judgement } = engine.fix({ path, text });
      if (!fixed) return [linted(path, text, judgement, report)];
      const refused = encoding === "utf-8" ? writeFix(path, output) : "it is not UTF-8 text";
      if (refused === undefined) {
        fixedFiles.push(path);
        return [linted(path, output, judgement, report)];
      }
      failures.push(problem(path, `could not be fixed: ${refused}. It was left as it was.`));
      return [linted(path, text, engine.judge({ path, text }), report)];
    } catch (error) {
      if (!isSystemError(error)) throw error;
      failures.push(problem(path, `could not be read: ${reasonOf(error)}.`));
      return [];
    }
  });
  // What a file is told depends on the files it imports: after a fix, all are judged by what is on disk now.
  if (fixedFiles.length > 0)
    return { ...lintFiles({ paths, action: "lint", report, policyFile, unusedDisables }), problems: failures, fixedFiles };
  return { files: files.map((file) => applySuppressions(file, suppressions, folder)), problems: failures, fixedFiles, policyWarnings };
}

function linted(path: string, text: string, { messages, suppressed }: Judgement, report: LintRequest["report"]): LintedFile {
  const isClean = messages.length === 0 && suppressed.length === 0;
  return {
    path,
    // Nobody asks for the text of a clean file, and over thousands of files the texts would fill the memory.
    text: isClean ? "" : text.replace(/^\uFEFF/u, ""),
    messages: report === "errors" ? messages.filter(({ severity }) => severity === 2) : messages,
    suppressed,
  };
}

function problem(path: string, what: string): FileProblem {
  return { path, code: "unreadable", severity: "error", message: `${path} ${what}` };
}

function read(path: string): { text: string; encoding: "utf-8" | "unknown" } {
  const bytes = readFileSync(path);
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes), encoding: "utf-8" };
  } catch {
    return { text: bytes.toString("utf8"), encoding: "unknown" };
  }
}

/** Keeps the mode, and for root the owner; the reason when it could not be written. A rename needs no right to the file itself, so that is asked for first. */
function writeFix(path: string, text: string): string | undefined {
  try {
    const target = realpathSync(path);
    accessSync(target, constants.W_OK);
    const { mode, uid, gid } = statSync(target);
    replaceFile(target, text, { mode: mode & 0o7777, ...(process.geteuid?.() === 0 && { owner: { uid, gid } }) });
    return undefined;
  } catch (error) {
    if (isSystemError(error)) return reasonOf(error);
    throw error;
  }
}
