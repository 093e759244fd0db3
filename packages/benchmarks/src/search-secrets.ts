// Looks for secrets in every file of a folder, read as text, as `configs.secrets` does; prints the files that hold one.
import { readFileSync } from "node:fs";

import type { Linter as ESLintLinter } from "eslint";
import { Linter } from "eslint/universal";
import { filesToLint } from "@holdfast/engine";
import holdfast from "eslint-plugin-holdfast";

const everyFile = [() => true] as unknown as string[];
const linter = new Linter({ configType: "flat", cwd: "/" });
const config: ESLintLinter.Config[] = [
  { ...holdfast.configs.secrets[0], files: everyFile, linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: "off" } },
];
for (const path of filesToLint([process.argv[2] ?? "."]).files)
  if (linter.verify(readFileSync(path, "utf8"), config, { filename: path }).length > 0) process.stdout.write(`${path}\n`);
