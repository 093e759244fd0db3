import { fileURLToPath } from "node:url";

import { contestants, descriptions, peers } from "./contestants.ts";
import { interleave, median, outputOf, spread } from "./interleave.ts";
import type { LintMeasurement } from "./lint-once.ts";

const once = fileURLToPath(new URL("lint-once.ts", import.meta.url));

/** The corpus linted by each contestant: CPU time as a ratio to parsing alone, peak memory, findings. Markdown. */
export function lintTable(rounds: number): string {
  const results = interleave(contestants, rounds, (name) => JSON.parse(outputOf(process.execPath, [once, name])) as LintMeasurement);
  const parse = results.get("parse") ?? [];
  const rows = contestants.map((name) => {
    const runs = results.get(name) ?? [];
    const time = runs.map(({ cpuMs }, index) => cpuMs / (parse[index]?.cpuMs ?? Number.NaN));
    const memory = runs.map(({ peakMb }, index) => peakMb / (parse[index]?.peakMb ?? Number.NaN));
    const rulesOnly = time.map((ratio) => ratio - 1);
    return `| ${name} | ${descriptions[name]} | ${spread(time, 2)} | ${name === "parse" ? "–" : spread(rulesOnly, 2)} | ${spread(memory, 2)} | ${runs[0]?.findings} |`;
  });
  const rulesAlone = (name: (typeof contestants)[number], round: number): number =>
    (results.get(name)?.[round]?.cpuMs ?? Number.NaN) - (parse[round]?.cpuMs ?? Number.NaN);
  const share = parse.map((_, round) => rulesAlone("holdfast", round) / peers.reduce((sum, peer) => sum + rulesAlone(peer, round), 0));
  const { files, lines } = parse[0] ?? { files: 0, lines: 0 };
  return [
    `${files} files, ${lines} lines; parsing alone took ${median(parse.map(({ cpuMs }) => cpuMs)).toFixed(0)} ms of CPU time. Median (smallest–largest) of ${rounds} rounds.`,
    "",
    "| contestant | what it is | CPU time / parse | its rules alone / parse | peak memory / parse | findings |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows,
    "",
    `The rules of holdfast take ${spread(share, 2)} of what the rules of the three peers take, each run alone and added up; the limit is 0.50.`,
  ].join("\n");
}
