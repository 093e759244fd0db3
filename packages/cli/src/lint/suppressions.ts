import { readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

import { exitCodes, Failure } from "../failure.ts";
import { isSystemError, reasonOf } from "../files/system-error.ts";
import type { LintedFile } from "./linted-file.ts";

/** What a project lives with until somebody mends it: how many errors of a rule a file may have, by its path from the folder and the rule's id. */
export type Suppressions = Readonly<Record<string, Readonly<Record<string, { readonly count: number }>>>>;

const fileName = "eslint-suppressions.json";

/** The file that `eslint --suppress-all` writes, of this folder; none when there is none. Throws `Failure` when it cannot be used. */
export function readSuppressions(folder: string): Suppressions {
  const file = join(folder, fileName);
  const text = read(file);
  if (text === undefined) return {};
  try {
    const parsed = JSON.parse(text) as unknown;
    if (isSuppressions(parsed)) return parsed;
  } catch {
    // Told below, as what holds something else is.
  }
  throw unusable(file, "it is not what eslint --suppress-all writes");
}

/** As ESLint does (eslint@10.15.0 lib/services/suppressions-service.js): up to the count all errors of a rule are silenced, above it none is. */
export function applySuppressions(file: LintedFile, suppressions: Suppressions, folder: string): LintedFile {
  const counts = suppressions[relative(folder, file.path).split(sep).join("/")];
  if (counts === undefined) return file;
  const errorsOf = (rule: string) => file.messages.filter(({ ruleId, severity }) => ruleId === rule && severity === 2).length;
  const silenced = new Set(Object.keys(counts).filter((rule) => errorsOf(rule) <= counts[rule]!.count));
  const isSilenced = ({ ruleId, severity }: LintedFile["messages"][number]) => severity === 2 && ruleId !== null && silenced.has(ruleId);
  return {
    ...file,
    messages: file.messages.filter((message) => !isSilenced(message)),
    suppressed: [
      ...file.suppressed,
      ...file.messages.filter(isSilenced).map((message) => ({ ...message, suppressions: [{ kind: "file", justification: "" }] })),
    ],
  };
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (error.code === "ENOENT") return undefined;
    throw unusable(file, reasonOf(error));
  }
}

function isSuppressions(value: unknown): value is Suppressions {
  const isObject = (candidate: unknown): candidate is Record<string, unknown> =>
    typeof candidate === "object" && candidate !== null && !Array.isArray(candidate);
  return (
    isObject(value) &&
    Object.values(value).every(
      (rules) => isObject(rules) && Object.values(rules).every((entry) => isObject(entry) && typeof entry["count"] === "number"),
    )
  );
}

function unusable(file: string, why: string): Failure {
  return new Failure({
    code: "suppressions",
    exitCode: exitCodes.usage,
    what: `${file} could not be used: ${why}`,
    left: "Nothing was linted",
    next: "Mend it, or write it anew with eslint --suppress-all",
  });
}
