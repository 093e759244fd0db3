import { rmSync } from "node:fs";

import { checkOf, copiesOfCorpus, parseOf, peakOf } from "./folder-of-copies.ts";
import { interleave, spread } from "./interleave.ts";

const names = ["ESLint with no rules", "holdfast check"] as const;
const files = 10_000;
const limit = 1.5;

/** Peak memory of `holdfast check` on a folder of 10,000 real files, as a ratio to ESLint parsing the same folder with no rules. Markdown. */
export function memoryTable(rounds: number): string {
  const folder = copiesOfCorpus(files);
  try {
    const commands = { "ESLint with no rules": parseOf(folder), "holdfast check": checkOf(folder) };
    const results = interleave(names, rounds, (name) => peakOf(commands[name], folder).peakMb);
    const parse = results.get("ESLint with no rules") ?? [];
    const rows = names.map((name) => {
      const runs = results.get(name) ?? [];
      const ratios = runs.map((mb, index) => mb / (parse[index] ?? Number.NaN));
      return `| ${name} | ${spread(ratios, 2)} | ${spread(runs, 0)} |`;
    });
    return [`${files} files; the limit is ${limit}.`, "", "| command | peak memory / parse | MB |", "| --- | --- | --- |", ...rows].join(
      "\n",
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
