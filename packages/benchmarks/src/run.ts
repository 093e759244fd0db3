// Measures and prints; with --write the tables go into docs/benchmarks.md. Ratios to a peer of the same run, never bare times: machines differ.
//   npm run bench [-- lint|rules|memory|growth|exec|secrets] [--rounds N] [--write]
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { execTable } from "./exec.ts";
import { growthTable } from "./growth.ts";
import { lintTable } from "./lint.ts";
import { memoryTable } from "./memory.ts";
import { rulesTable } from "./rules.ts";
import { secretsTable } from "./secrets.ts";

const page = fileURLToPath(new URL("../../../docs/benchmarks.md", import.meta.url));
const benchmarks: Readonly<Record<string, (rounds: number) => string | Promise<string>>> = {
  lint: lintTable,
  rules: rulesTable,
  memory: memoryTable,
  growth: growthTable,
  exec: execTable,
  secrets: secretsTable,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "5" }, write: { type: "boolean", default: false } },
});
const chosen = positionals.length > 0 ? positionals : Object.keys(benchmarks);
for (const name of chosen) {
  const measure = benchmarks[name];
  if (!measure) throw new Error(`there is no benchmark ${name}; there are ${Object.keys(benchmarks).join(", ")}`);
  const table = await measure(Number(values.rounds));
  process.stdout.write(`\n## ${name}\n\n${table}\n`);
  if (values.write) keep(name, table);
}

/** Puts a table between its markers. */
function keep(name: string, table: string): void {
  const between = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(\n<!-- end ${name} -->)`, "u");
  const text = readFileSync(page, "utf8");
  if (!between.test(text)) throw new Error(`docs/benchmarks.md has no place for ${name}`);
  writeFileSync(
    page,
    text.replace(between, (_all, start: string, end: string) => `${start}\n${table}\n${end}`),
  );
}
