import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { relative, sep } from "node:path";

import { createEngine, filesToLint } from "@holdfast/engine";

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

const engine = createEngine();
const code = /\.(?:[cm]?[jt]s|[jt]sx|vue|svelte|astro)$/u;
/** Tests, stories and documentation: there only secrets are looked for, and what is one there is another question. */
const besideTheProduct =
  /(?:^|\/)(?:__[^/]*__|tests?|e2e|specs?|mocks?|fixtures|cypress|playwright|docs?|examples?|\.storybook)\/|[.-](?:test|spec|e2e|stories|d)\.[^/]*$/iu;

/** What is found in the code of a repository's product, with nothing configured. */
export function findingsIn({ repository }: Repository, folder: string): CorpusFinding[] {
  return filesToLint([folder], { cwd: folder }).files.flatMap((file) => {
    const path = relative(folder, file).split(sep).join("/");
    if (!code.test(path) || besideTheProduct.test(path)) return [];
    const text = readFileSync(file, "utf8");
    const lines = text.split("\n");
    return engine.lint({ path: file, text }).flatMap(({ ruleId, line, message }) => {
      const rule = ruleId?.replace("holdfast/", "");
      if (rule === undefined) return [];
      return [{ rule, repository, path, line, message, code: rule.includes("secret") ? "" : (lines[line - 1] ?? "").trim().slice(0, 200) }];
    });
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
