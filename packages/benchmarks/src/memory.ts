import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { spawnSync } from "node:child_process";

import { corpus } from "./corpus.ts";
import { interleave, spread } from "./interleave.ts";

const names = ["ESLint with no rules", "holdfast check"] as const;
const files = 5_000;
const limit = 1.5;

/** Peak memory of `holdfast check` on a folder of 5,000 real files, as a ratio to ESLint parsing the same folder with no rules. Markdown. */
export function memoryTable(rounds: number): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
  try {
    spread5000(folder);
    const holdfast = join(createRequire(import.meta.url).resolve("holdfast/package.json"), "..", "bin", "holdfast.js");
    const commands = {
      "ESLint with no rules": [fileURLToPath(new URL("parse-folder.ts", import.meta.url)), folder],
      "holdfast check": [holdfast, "check", folder, "--format", "json"],
    };
    const results = interleave(names, rounds, (name) => peakMbOf(commands[name], folder));
    const parse = results.get("ESLint with no rules") ?? [];
    const rows = names.map((name) => {
      const runs = results.get(name) ?? [];
      return `| ${name} | ${spread(
        runs.map((mb, index) => mb / (parse[index] ?? Number.NaN)),
        2,
      )} | ${spread(runs, 0)} |`;
    });
    return [`${files} files; the limit is ${limit}.`, "", "| command | peak memory / parse | MB |", "| --- | --- | --- |", ...rows].join(
      "\n",
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The corpus over and over, each copy in a folder of its own. */
function spread5000(folder: string): void {
  const texts = corpus();
  for (let index = 0; index < files; index += 1) {
    const { path, text } = texts[index % texts.length]!;
    const target = join(
      folder,
      `copy-${Math.floor(index / texts.length)}`,
      `${String(index % texts.length).padStart(4, "0")}${extname(path)}`,
    );
    mkdirSync(join(target, ".."), { recursive: true });
    writeFileSync(target, text);
  }
}

function peakMbOf(args: readonly string[], folder: string): number {
  const report = join(folder, ".peak");
  const preload = pathToFileURL(fileURLToPath(new URL("report-peak.ts", import.meta.url))).href;
  const { status, stderr } = spawnSync(process.execPath, ["--import", preload, ...args], {
    encoding: "utf8",
    env: { ...process.env, HOLDFAST_PEAK_FILE: report },
    stdio: ["ignore", "ignore", "pipe"],
  });
  if (status !== 0 && status !== 1) throw new Error(`${args.join(" ")} ended with ${status}: ${stderr}`);
  return Number(readFileSync(report, "utf8")) / 1024;
}
