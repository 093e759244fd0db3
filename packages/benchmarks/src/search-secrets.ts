// Looks for secrets in every file of a folder, read as text, as `configs.secrets` does; prints how many it found.
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
let findings = 0;
for (const path of filesToLint([process.argv[2] ?? "."]).files)
  findings += linter.verify(readFileSync(path, "utf8"), config, { filename: path }).length;
process.stdout.write(String(findings));
