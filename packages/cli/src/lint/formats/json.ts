import type { LintedFile, LintMessage } from "../linted-file.ts";
import { tallyOf } from "../linted-file.ts";
import type { LintRun } from "../lint-files.ts";
import { repeatsSecret, type Replacement, replacementsOf } from "../replacements.ts";

/** ESLint's JSON (`eslint --format json`) without `source`, and without a fix that would repeat a secret of its file. */
export function json({ files }: LintRun): string {
  return `${JSON.stringify(files.map(resultOf))}\n`;
}

function resultOf(file: LintedFile): object {
  const { path, messages, suppressed } = file;
  const [errors, warnings] = [2, 1].map((level) => messages.filter(({ severity }) => severity === level));
  return {
    filePath: path,
    messages: messages.map((message) => printed(file, message)),
    suppressedMessages: suppressed.map((message) => printed(file, message)),
    errorCount: errors!.length,
    fatalErrorCount: errors!.filter(({ fatal }) => fatal).length,
    warningCount: warnings!.length,
    fixableErrorCount: tallyOf(errors!).fixable,
    fixableWarningCount: tallyOf(warnings!).fixable,
    usedDeprecatedRules: [],
  };
}

function printed(file: LintedFile, { fix, suggestions, ...message }: LintMessage): object {
  const kept = (suggestions ?? []).flatMap(({ fix, ...suggestion }) => withoutSecret(file, fix).map((fix) => ({ ...suggestion, fix })));
  const [safeFix] = fix ? withoutSecret(file, fix) : [];
  return { ...message, ...(safeFix && { fix: safeFix }), ...(kept.length > 0 && { suggestions: kept }) };
}

/** One change, as ESLint's shape has it: none when it would repeat a secret, be it between two changes. */
function withoutSecret(file: LintedFile, fix: Replacement): Replacement[] {
  const [first, ...others] = replacementsOf(file, fix);
  const joined = first && others.length === 0 ? first : fix;
  return repeatsSecret(file, [joined]) ? [] : [joined];
}
