/** `node tools/measure-memory.ts [files]`: peak memory of `holdfast check` beside ESLint that only parses the same files. Build first. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { writeRealisticFiles } from "./realistic-files.ts";

const files = Number(process.argv[2] ?? 5_000);
const folder = mkdtempSync(join(tmpdir(), "holdfast-memory-"));
try {
  writeRealisticFiles(folder, files);
  const parse = peakMegabytes([fileURLToPath(new URL("../../engine/tools/parse-only.js", import.meta.url)), folder]);
  const check = peakMegabytes([fileURLToPath(new URL("../bin/holdfast.js", import.meta.url)), "check", folder, "--format", "json"]);
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  process.stdout.write(`${files} files\n`);
  process.stdout.write(`  ESLint, no rule  ${parse.megabytes} MB  ${seconds(parse.ms)}\n`);
  process.stdout.write(`  holdfast check   ${check.megabytes} MB  ${seconds(check.ms)}\n`);
  process.stdout.write(`  ratio            ${(check.megabytes / parse.megabytes).toFixed(2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function peakMegabytes(args: readonly string[]): { megabytes: number; ms: number } {
  const report = "data:text/javascript,process.on('exit',()=>process.stderr.write('\\npeak '+process.resourceUsage().maxRSS))";
  const start = Date.now();
  const { stderr } = spawnSync(process.execPath, ["--import", report, ...args], { encoding: "utf8", maxBuffer: 1 << 30 });
  const peak = /\npeak (?<kilobytes>\d+)$/u.exec(stderr)?.groups?.["kilobytes"];
  if (peak === undefined) throw new Error(`the run ended without a report:\n${stderr}`);
  return { megabytes: Math.round(Number(peak) / 1024), ms: Date.now() - start };
}
