import { fileURLToPath } from "node:url";

import * as parser from "@typescript-eslint/parser";
import { Linter } from "eslint";
import ts from "typescript";

import plugin from "../../src/index.ts";
import type { SuggestionCase } from "./suggestions/case.ts";

/** A suggestion, or the fix of a finding, and the module with it put in. */
export interface Suggested {
  readonly rule: string;
  readonly says: string;
  readonly output: string;
}

/** Beside this folder's files, so that imports lead to the packages that are installed for the tests. */
const folder = fileURLToPath(new URL("./suggestions/", import.meta.url));

const config: Linter.Config[] = [
  { files: ["**/*.ts"], languageOptions: { parser: parser as unknown as Linter.Parser } },
  ...plugin.configs.strict,
  { settings: { holdfast: { alsoIn: ["test"] } } },
];

/** Everything the rules suggest for the code, each suggestion on its own. */
export function suggestionsFor({ code }: SuggestionCase): Suggested[] {
  const messages = new Linter({ configType: "flat", cwd: folder }).verify(code, config, { filename: `${folder}code.ts` });
  return messages.flatMap(({ ruleId, message, fix, suggestions = [] }) => {
    const rule = (ruleId ?? message).replace("holdfast/", "");
    const edits = [...(fix ? [{ desc: "the fix", fix }] : []), ...suggestions];
    return edits.map((edit) => ({
      rule,
      says: edit.desc,
      output: code.slice(0, edit.fix.range[0]) + edit.fix.text + code.slice(edit.fix.range[1]),
    }));
  });
}

const options: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  esModuleInterop: true,
  // Some libraries that run on servers name types of the browser in theirs.
  lib: ["lib.es2023.d.ts", "lib.dom.d.ts"],
  types: ["node"],
  experimentalDecorators: true,
};

/** What TypeScript says of each module, against the types of the installed libraries. One program for all of them: reading the libraries is what takes long. */
export function problemsOf(modules: readonly string[]): readonly (readonly string[])[] {
  const texts = new Map(modules.map((text, index) => [`${folder}module-${index}.ts`, text]));
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.readFile = (path) => texts.get(path) ?? readFile(path);
  host.getSourceFile = (path, language, ...rest) => {
    const text = texts.get(path);
    return text === undefined ? getSourceFile.call(host, path, language, ...rest) : ts.createSourceFile(path, text, language);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  return [...texts.keys()].map((path) => {
    const file = program.getSourceFile(path)!;
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(({ messageText }) =>
      ts.flattenDiagnosticMessageText(messageText, "\n"),
    );
  });
}
