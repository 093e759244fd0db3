import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative, sep } from "node:path";

import type { Repository } from "./repositories.ts";

export interface CorpusFinding {
  readonly rule: string;
  readonly repository: string;
  /** From the repository's root, with `/`. */
  readonly path: string;
  readonly line: number;
  readonly message: string;
  /** The line itself, without its indentation. A finding of a secret has none. */
  readonly code: string;
}

interface FileResult {
  readonly filePath: string;
  readonly messages: readonly { readonly ruleId: string | null; readonly line?: number; readonly message: string }[];
}

const command = join(createRequire(import.meta.url).resolve("holdfast/package.json"), "..", "bin", "holdfast.js");

/** What `holdfast check` says of a repository, with nothing configured. */
export function findingsIn({ repository }: Repository, folder: string): CorpusFinding[] {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, "check", folder, "--format", "json"], {
    encoding: "utf8",
    cwd: folder,
    maxBuffer: 1 << 30,
  });
  if (status !== 0 && status !== 1) throw new Error(`holdfast check of ${repository} ended with ${status}: ${stderr}`);
  return (JSON.parse(stdout) as FileResult[]).flatMap(({ filePath, messages }) => {
    const ours = messages.filter(({ ruleId }) => ruleId?.startsWith("holdfast/"));
    const lines = ours.length > 0 ? readFileSync(filePath, "utf8").split("\n") : [];
    return ours.map(({ ruleId, line = 1, message }) => ({
      rule: (ruleId ?? "").replace("holdfast/", ""),
      repository,
      path: relative(folder, filePath).split(sep).join("/"),
      line,
      message,
      code: /secret/u.test(ruleId ?? "") ? "" : (lines[line - 1] ?? "").trim().slice(0, 200),
    }));
  });
}

/** The same whichever run it comes from, since the commit is fixed. */
export function keyOf({ rule, repository, path, line }: Pick<CorpusFinding, "rule" | "repository" | "path" | "line">): string {
  return `${rule} ${repository} ${path}:${line}`;
}

/** Findings in an order that has nothing to do with where they stand, so that the first forty are a fair sample. */
export function shuffled(findings: readonly CorpusFinding[]): CorpusFinding[] {
  const rank = (finding: CorpusFinding) => createHash("sha256").update(keyOf(finding)).digest("hex");
  return findings
    .map((finding) => [rank(finding), finding] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, finding]) => finding);
}
