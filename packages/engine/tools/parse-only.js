// Parses a folder with ESLint, the same parser and no rule: what `holdfast check` is measured against.
import * as parser from "@typescript-eslint/parser";
import { ESLint } from "eslint";

const eslint = new ESLint({
  cwd: process.argv[2],
  overrideConfigFile: true,
  overrideConfig: [{ files: ["**/*.ts"], languageOptions: { parser } }],
});
const results = await eslint.lintFiles(["**/*.ts"]);
process.stdout.write(`${results.length} files\n`);
