import { spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { tools } from "@holdfast/testing";

import { copiesOfCorpus } from "./folder-of-copies.ts";
import { interleave, median, spread } from "./interleave.ts";

const files = 5_000;
const limit = 0.25;
/** A private key that every tool has to name, so that none is measured doing nothing. */
const planted = "planted.pem";
const names = ["gitleaks", "secretlint", "holdfast"] as const;

/** CPU time to look for secrets in the same folder, as a ratio to gitleaks. Markdown. */
export async function secretsTable(rounds: number): Promise<string> {
  const folder = copiesOfCorpus(files);
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  writeFileSync(join(folder, planted), privateKey.export({ type: "pkcs1", format: "pem" }));
  try {
    const commands = await commandsFor(folder);
    const results = interleave(names, rounds, (name) => cpuMsOf(commands[name]));
    const gitleaks = results.get("gitleaks") ?? [];
    const rows = names.map((name) => {
      const runs = results.get(name) ?? [];
      const ratios = runs.map((ms, index) => ms / (gitleaks[index] ?? Number.NaN));
      return `| ${name} | ${spread(ratios, 2)} | ${(median(runs) / 1000).toFixed(1)} |`;
    });
    return [
      `${files} files; the limit for holdfast is ${limit}.`,
      "",
      "| tool | CPU time / gitleaks | seconds of CPU time |",
      "| --- | --- | --- |",
      ...rows,
    ].join("\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Command = readonly [string, ...string[]];

async function commandsFor(folder: string): Promise<Record<(typeof names)[number], Command>> {
  const preset = JSON.stringify({ rules: [{ id: "@secretlint/secretlint-rule-preset-recommend" }] });
  return {
    gitleaks: [await tools.gitleaks(), "dir", folder, "--no-banner", "--log-level=error", "--report-format=json", "--report-path=-"],
    secretlint: [process.execPath, secretlint(), "--secretlintrcJSON", preset, "--format", "json", `${folder}/**/*`],
    holdfast: [process.execPath, fileURLToPath(new URL("search-secrets.ts", import.meta.url)), folder],
  };
}

function secretlint(): string {
  const manifest = createRequire(import.meta.url).resolve("secretlint/package.json");
  const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as { readonly bin: string };
  return join(dirname(manifest), bin);
}

/** User and system time of a program, as the shell's `times` tells it. */
function cpuMsOf([program, ...args]: Command): number {
  const { stdout, stderr } = spawnSync("/bin/sh", ["-c", '"$0" "$@"; echo; times', program, ...args], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  if (!stdout.includes(planted)) throw new Error(`${program} ${args.join(" ")} did not find ${planted}: ${stderr}`);
  const children = stdout.trim().split("\n").at(-1) ?? "";
  const times = [...children.matchAll(/(\d+)m([\d.]+)s/gu)].map(
    ([, minutes, seconds]) => Number(minutes) * 60_000 + Number(seconds) * 1000,
  );
  return times.reduce((total, ms) => total + ms, 0);
}
