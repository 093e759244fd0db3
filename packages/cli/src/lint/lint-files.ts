import {
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { resolve } from "node:path";

import { createEngine, createPolicyLookup, type Engine, type FileProblem, filesToLint } from "@holdfast/engine";
import { loadPolicy, type Policy } from "@holdfast/policy";

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
}

export interface LintRequest {
  readonly paths: readonly string[];
  readonly action: "lint" | "fix";
  readonly report: "everything" | "errors";
  /** Without one, each file is judged by the nearest holdfast.yaml above it. */
  readonly policyFile?: string | undefined;
}

/** Lints files and folders. Throws the policy's own error when a holdfast.yaml on the way does not parse. */
export function lintFiles({ paths, action, report, policyFile }: LintRequest): LintRun {
  const engineFor = engines(policyFile);
  const { files, problems } = filesToLint(paths, { cwd: process.cwd() });
  const found = [...problems];
  const fixedFiles: string[] = [];
  const results = files.flatMap((path) => {
    try {
      const { text, encoding } = read(path);
      const engine = engineFor(path);
      if (action === "lint") return [resultOf(path, engine.lint({ path, text }), report)];
      const { output, messages, fixed } = engine.fix({ path, text });
      if (!fixed) return [resultOf(path, messages, report)];
      const refused = encoding === "utf-8" ? replace(path, output) : "it is not UTF-8 text";
      if (refused === undefined) fixedFiles.push(path);
      else
        found.push({
          path,
          code: "unreadable",
          severity: "error",
          message: `${path} could not be fixed: ${refused}. It was left as it was.`,
        });
      return [resultOf(path, refused === undefined ? messages : engine.lint({ path, text }), report)];
    } catch (error) {
      if (!isSystemError(error)) throw error;
      found.push({ path, code: "unreadable", severity: "error", message: `${path} could not be read: ${reasonOf(error)}.` });
      return [];
    }
  });
  return { results, problems: found, fixedFiles };
}

function engines(policyFile: string | undefined): (path: string) => Engine {
  const byPolicy = new Map<string, Engine>();
  const engine = (key: string, policy: Policy | undefined) => {
    const known = byPolicy.get(key) ?? createEngine({ policy });
    byPolicy.set(key, known);
    return known;
  };
  if (policyFile !== undefined) {
    const { policy } = loadPolicy(resolve(policyFile));
    return () => engine(policyFile, policy);
  }
  const lookup = createPolicyLookup();
  return (path) => {
    const result = lookup.policyFor(path);
    switch (result.kind) {
      case "none":
        return engine("", undefined);
      case "policy":
        return engine(result.file, result.policy);
      case "invalid":
        throw result.error;
    }
  };
}

function read(path: string): { text: string; encoding: "utf-8" | "unknown" } {
  const bytes = readFileSync(path);
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes), encoding: "utf-8" };
  } catch {
    return { text: bytes.toString("utf8"), encoding: "unknown" };
  }
}

/** The whole file or nothing, with its mode; the reason when it could not be written. */
function replace(path: string, text: string): string | undefined {
  const target = realpathSync(path);
  const temporary = `${target}.${process.pid}.holdfast-fix`;
  try {
    const file = openSync(temporary, "wx", 0o600);
    try {
      writeFileSync(file, text);
      fchmodSync(file, statSync(target).mode & 0o7777);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, target);
    return undefined;
  } catch (error) {
    rmSync(temporary, { force: true });
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

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case "EACCES":
    case "EPERM":
      return "permission denied";
    case "EROFS":
      return "the file system is read-only";
    case "ENOSPC":
    case "EDQUOT":
      return "the disk is full";
    case "ENOENT":
      return "it is no longer there";
    default:
      return message;
  }
}
