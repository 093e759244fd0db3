import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { corpus } from "./corpus.ts";

/** What a command took, of its whole process. */
export interface Peak {
  readonly cpuMs: number;
  readonly peakMb: number;
}

/** A temporary folder with so many files: the corpus over and over, each copy in a folder of its own. The caller removes it. */
export function copiesOfCorpus(files: number): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
  const texts = corpus();
  for (let index = 0; index < files; index += 1) {
    const { path, text } = texts[index % texts.length]!;
    const copy = `copy-${Math.floor(index / texts.length)}`;
    const target = join(folder, copy, `${String(index % texts.length).padStart(4, "0")}${extname(path)}`);
    mkdirSync(join(target, ".."), { recursive: true });
    writeFileSync(target, text);
  }
  return folder;
}

/** ESLint with no rules over the folder, as arguments of `node`. */
export function parseOf(folder: string): readonly string[] {
  return [fileURLToPath(new URL("parse-folder.ts", import.meta.url)), folder];
}

/** `holdfast check` over the folder, as arguments of `node`. */
export function checkOf(folder: string): readonly string[] {
  const holdfast = join(createRequire(import.meta.url).resolve("holdfast/package.json"), "..", "bin", "holdfast.js");
  return [holdfast, "check", folder, "--format", "json"];
}

/** Runs `node` with these arguments; its report is kept in `folder`. */
export function peakOf(args: readonly string[], folder: string): Peak {
  const report = join(folder, ".peak");
  const preload = pathToFileURL(fileURLToPath(new URL("report-peak.ts", import.meta.url))).href;
  const { status, stderr } = spawnSync(process.execPath, ["--import", preload, ...args], {
    encoding: "utf8",
    env: { ...process.env, HOLDFAST_PEAK_FILE: report },
    stdio: ["ignore", "ignore", "pipe"],
  });
  if (status !== 0 && status !== 1) throw new Error(`${args.join(" ")} ended with ${status}: ${stderr}`);
  return JSON.parse(readFileSync(report, "utf8")) as Peak;
}
