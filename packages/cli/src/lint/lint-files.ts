import { accessSync, constants, readFileSync, realpathSync, statSync } from "node:fs";

import { type Engine, type FileProblem, filesToLint } from "@holdfast/engine";
import type { PolicyProblem } from "@holdfast/policy";

import { replaceFile } from "../files/replace-file.ts";
import { isSystemError, reasonOf } from "../files/system-error.ts";
import { enginesByPolicy } from "./engines-by-policy.ts";

type LintMessage = ReturnType<Engine["lint"]>[number];

/** ESLint's result object (`eslint --format json`), without `source`: it would hold the very secrets that were found. */
export interface LintResult {
  readonly filePath: string;
  readonly messages: readonly LintMessage[];
  readonly suppressedMessages: readonly LintMessage[];
  readonly errorCount: number;
  readonly fatalErrorCount: number;
  readonly warningCount: number;
  readonly fixableErrorCount: number;
  readonly fixableWarningCount: number;
  readonly usedDeprecatedRules: readonly never[];
}

export interface LintRun {
  readonly results: readonly LintResult[];
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
  /** Called before each file with how many are done, of how many. */
  readonly onFile?: (done: number, total: number) => void;
}

/** Lints files and folders. Throws `PolicyError`, before any file is touched, when a holdfast.yaml on the way does not parse. */
export function lintFiles({ paths, action, report, policyFile, onFile }: LintRequest): LintRun {
  const { files, problems } = filesToLint(paths, { cwd: process.cwd() });
  const policyWarnings: PolicyProblem[] = [];
  const engineFor = enginesByPolicy(policyFile, (warnings) => policyWarnings.push(...warnings));
  const judged = files.map((path) => ({ path, engine: engineFor(path) }));
  const found = [...problems];
  const fixedFiles: string[] = [];
  const results = judged.flatMap(({ path, engine }, done) => {
    onFile?.(done, judged.length);
    try {
      const { text, encoding } = read(path);
      if (action === "lint") return [resultOf(path, engine.lint({ path, text }), report)];
      const { output, messages, fixed } = engine.fix({ path, text });
      if (!fixed) return [resultOf(path, messages, report)];
      const refused = encoding === "utf-8" ? writeFix(path, output) : "it is not UTF-8 text";
      if (refused === undefined) fixedFiles.push(path);
      else found.push(problem(path, `could not be fixed: ${refused}. It was left as it was.`));
      return [resultOf(path, refused === undefined ? messages : engine.lint({ path, text }), report)];
    } catch (error) {
      if (!isSystemError(error)) throw error;
      found.push(problem(path, `could not be read: ${reasonOf(error)}.`));
      return [];
    }
  });
  // What a file is told depends on the files it imports: after a fix, all are judged by what is on disk now.
  if (fixedFiles.length > 0) return { ...lintFiles({ paths, action: "lint", report, policyFile }), problems: found, fixedFiles };
  return { results, problems: found, fixedFiles, policyWarnings };
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

function resultOf(filePath: string, all: readonly LintMessage[], report: LintRequest["report"]): LintResult {
  const messages = report === "errors" ? all.filter(({ severity }) => severity === 2) : all;
  const errors = messages.filter(({ severity }) => severity === 2);
  const warnings = messages.filter(({ severity }) => severity === 1);
  return {
    filePath,
    messages,
    suppressedMessages: [],
    errorCount: errors.length,
    fatalErrorCount: errors.filter(({ fatal }) => fatal).length,
    warningCount: warnings.length,
    fixableErrorCount: errors.filter(({ fix }) => fix).length,
    fixableWarningCount: warnings.filter(({ fix }) => fix).length,
    usedDeprecatedRules: [],
  };
}
