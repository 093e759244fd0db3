import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createAgeIdentity, openRotation } from "@holdfast/rotation";
import { loadPolicy } from "@holdfast/policy";
import { tools } from "@holdfast/testing";

import { interleave, outputOf, spread } from "./interleave.ts";

const names = ["node -e 0", "sops exec-env", "holdfast exec", "holdfast status"] as const;

/** Wall time to start a program that does nothing, with two secrets from one SOPS file in its environment, and to ask how old the two are. Markdown. */
export async function execTable(rounds: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
  try {
    const commands = await prepare(folder);
    const results = interleave(names, rounds, (name) => {
      const [program, ...args] = commands[name];
      const started = performance.now();
      outputOf(program, args, { ...process.env, SOPS_AGE_KEY_FILE: join(folder, "age.txt"), SOPS_DISABLE_VERSION_CHECK: "1" });
      return performance.now() - started;
    });
    const bare = results.get("node -e 0") ?? [];
    const rows = names.map((name) => {
      const runs = results.get(name) ?? [];
      return `| \`${name}\` | ${spread(
        runs.map((ms, index) => ms / (bare[index] ?? Number.NaN)),
        2,
      )} | ${spread(runs, 0)} |`;
    });
    return ["| command | wall time / `node -e 0` | milliseconds |", "| --- | --- | --- |", ...rows].join("\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same two values in one file: as a store of holdfast.yaml, and flat as `sops exec-env` wants them. */
async function prepare(folder: string): Promise<Record<(typeof names)[number], readonly [string, ...string[]]>> {
  const { recipient } = await createAgeIdentity(join(folder, "age.txt"));
  const policy = join(folder, "holdfast.yaml");
  const secret = (name: string) =>
    `  ${name}: { store: local, path: ${name}, env: ${name.toUpperCase()}, rotate: { with: generated, bytes: 32 } }\n`;
  writeFileSync(
    policy,
    `version: 1\nstores:\n  local: { kind: sops, file: secrets.sops.yaml, key: { age: { recipients: [${recipient}], identityFile: age.txt } } }\nsecrets:\n${secret("first")}${secret("second")}`,
  );
  const rotation = openRotation({ policy: loadPolicy(policy) });
  await rotation.rotate(["first", "second"]);
  await rotation.close();
  const sops = await tools.sops();
  const flat = join(folder, "flat.yaml");
  writeFileSync(flat, "FIRST: one\nSECOND: two\n");
  writeFileSync(flat, outputOf(sops, ["encrypt", "--age", recipient, flat]));
  const holdfast = join(createRequire(import.meta.url).resolve("holdfast/package.json"), "..", "bin", "holdfast.js");
  return {
    "node -e 0": [process.execPath, "-e", "0"],
    "sops exec-env": [sops, "exec-env", flat, "true"],
    "holdfast exec": [process.execPath, holdfast, "exec", "--policy", policy, "--", "true"],
    "holdfast status": [process.execPath, holdfast, "status", "--policy", policy],
  };
}
