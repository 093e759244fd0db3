import * as parser from "@typescript-eslint/parser";
import { Linter } from "eslint";

import { noDefaultSecret } from "../../src/rules/no-default-secret.ts";
import { noHardcodedSecrets } from "../../src/rules/no-hardcoded-secrets.ts";
import { text } from "../../src/text/index.ts";

const plugin = { languages: { text }, rules: { "no-hardcoded-secrets": noHardcodedSecrets, "no-default-secret": noDefaultSecret } };

interface LintOptions {
  readonly rule?: keyof typeof plugin.rules;
  readonly filename?: string;
  readonly options?: object;
  readonly settings?: Record<string, unknown>;
}

/** The messages of a rule on secrets: for a code file through TypeScript's parser, for any other as text. */
export function lintSecrets(
  source: string,
  { rule = "no-hardcoded-secrets", filename = "src/pay.ts", options = {}, settings = {} }: LintOptions = {},
): Linter.LintMessage[] {
  const isCode = /\.[cm]?[jt]sx?$/.test(filename);
  const config: Linter.Config = {
    files: [(() => true) as unknown as string],
    plugins: { holdfast: plugin as never },
    rules: { [`holdfast/${rule}`]: ["error", options] },
    settings,
    ...(isCode
      ? { languageOptions: { parser: parser as unknown as Linter.Parser, parserOptions: { ecmaFeatures: { jsx: /x$/.test(filename) } } } }
      : { language: "holdfast/text" }),
  };
  return new Linter().verify(source, [config], { filename });
}

/** What each suggestion makes of the source. */
export function suggested(source: string, messages: readonly Linter.LintMessage[]): string[] {
  return messages
    .flatMap(({ suggestions = [] }) => suggestions)
    .map(({ fix }) => source.slice(0, fix.range[0]) + fix.text + source.slice(fix.range[1]));
}
