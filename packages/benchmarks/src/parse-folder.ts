// ESLint with typescript-eslint's parser and no rules, over a folder.
import * as parser from "@typescript-eslint/parser";
import { ESLint, type Linter } from "eslint";

const folder = process.argv[2] ?? ".";
const eslint = new ESLint({
  cwd: folder,
  overrideConfigFile: true,
  overrideConfig: [{ files: ["**/*.{js,mjs,cjs,ts,mts,cts,tsx}"], languageOptions: { parser: parser as unknown as Linter.Parser } }],
});
await eslint.lintFiles(["."]);
