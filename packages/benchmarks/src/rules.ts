import { fileURLToPath } from "node:url";

import holdfast from "eslint-plugin-holdfast";

import { interleave, median, outputOf, spread } from "./interleave.ts";
import type { LintMeasurement } from "./lint-once.ts";

const once = fileURLToPath(new URL("lint-once.ts", import.meta.url));

/**
 * What each rule costs when it is the only one, as a ratio to parsing. The rules share one analysis of a file, so the sum is more than all of them together.
 * Markdown.
 */
export function rulesTable(rounds: number): string {
  const names = ["parse", ...Object.keys(holdfast.rules).map((name) => `rule:${name}`), "catalogue"];
  const results = interleave(names, rounds, (name) => JSON.parse(outputOf(process.execPath, [once, name])) as LintMeasurement);
  const parse = results.get("parse") ?? [];
  const rows = names.slice(1).map((name) => {
    const runs = results.get(name) ?? [];
    const cost = runs.map(({ cpuMs }, index) => cpuMs / (parse[index]?.cpuMs ?? Number.NaN) - 1);
    return [median(cost), `| ${name === "catalogue" ? "**every rule together**" : name.slice(5)} | ${spread(cost, 2)} |`] as const;
  });
  return ["| rule | CPU time / parse |", "| --- | --- |", ...rows.sort(([a], [b]) => b - a).map(([, row]) => row)].join("\n");
}
