import { rmSync } from "node:fs";

import { checkOf, copiesOfCorpus, parseOf, peakOf } from "./folder-of-copies.ts";
import { interleave, median } from "./interleave.ts";

const sizes = [100, 1_000, 10_000] as const;

/** Time and peak memory of `holdfast check` from 100 to 10,000 real files, beside ESLint parsing the same folder with no rules. Markdown. */
export function growthTable(rounds: number): string {
  const rows = sizes.map((files) => {
    const folder = copiesOfCorpus(files);
    try {
      const commands = { parse: parseOf(folder), check: checkOf(folder) };
      const results = interleave(["parse", "check"] as const, rounds, (name) => peakOf(commands[name], folder));
      const [parse, check] = [results.get("parse") ?? [], results.get("check") ?? []];
      const ratio = (of: (run: (typeof check)[number]) => number) => median(check.map((run, index) => of(run) / of(parse[index]!)));
      const perFile = median(check.map(({ cpuMs }) => cpuMs / files));
      return {
        files,
        perFile,
        time: ratio(({ cpuMs }) => cpuMs),
        memory: ratio(({ peakMb }) => peakMb),
        peakMb: median(check.map(({ peakMb }) => peakMb)),
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
  const smallest = rows[0]?.perFile ?? Number.NaN;
  return [
    "| files | CPU time / parse | CPU time per file / the same with 100 files | peak memory / parse | MB |",
    "| --- | --- | --- | --- | --- |",
    ...rows.map(
      ({ files, perFile, time, memory, peakMb }) =>
        `| ${files.toLocaleString("en")} | ${time.toFixed(2)} | ${(perFile / smallest).toFixed(2)} | ${memory.toFixed(2)} | ${peakMb.toFixed(0)} |`,
    ),
  ].join("\n");
}
