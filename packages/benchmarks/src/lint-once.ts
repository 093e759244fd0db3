// Lints the corpus once with one contestant and prints what it took as JSON. A process of its own, so that memory and warm-up are its own too.
import * as parser from "@typescript-eslint/parser";
import { Linter } from "eslint";

import { configOf, type Contestant } from "./contestants.ts";
import { corpus } from "./corpus.ts";

export interface LintMeasurement {
  readonly files: number;
  readonly lines: number;
  readonly findings: number;
  /** Of the linting alone, without start-up and reading. */
  readonly cpuMs: number;
  /** Of the whole process. */
  readonly peakMb: number;
}

const contestant = process.argv[2] as Contestant;
const files = corpus();
const everyFile = [() => true] as unknown as string[];
const config: Linter.Config[] = [
  {
    files: everyFile,
    linterOptions: { reportUnusedDisableDirectives: "off" },
    languageOptions: { parser: parser as unknown as Linter.Parser, sourceType: "module" },
  },
  ...(await configOf(contestant)),
  { ignores: ["!**/node_modules/"] },
];
// Comments in the corpus switch on rules of other tools; those are nobody's findings.
const active: Linter.RulesRecord = Object.assign({}, ...config.map(({ rules }) => rules)) as Linter.RulesRecord;
const linter = new Linter({ configType: "flat", cwd: "/" });
const before = process.cpuUsage();
let findings = 0;
for (const { path, text } of files)
  findings += linter.verify(text, config, { filename: path }).filter(({ ruleId }) => ruleId !== null && ruleId in active).length;
const { user, system } = process.cpuUsage(before);
const measurement: LintMeasurement = {
  files: files.length,
  lines: files.reduce((total, { text }) => total + text.split("\n").length, 0),
  findings,
  cpuMs: (user + system) / 1000,
  peakMb: process.resourceUsage().maxRSS / 1024,
};
process.stdout.write(JSON.stringify(measurement));
