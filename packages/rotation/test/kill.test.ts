import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";

import { describeWithServers, useVault } from "@holdfast/testing/vitest";
import { describe, expect, it } from "vitest";

import { openRotation, type Phase, Secret, verifyAudit } from "../src/index.ts";
import { stateOf, statePath } from "../src/protocol/state.ts";
import { openStore } from "../src/stores/open-store.ts";
import { type PolicyFolder, policyFolder } from "./policy-folder.ts";
import { startRunner } from "./runner-process.ts";

const secret = "psp/webhook";
type Overlap = "none" | "a day";

/** A policy, and where what it rotates is kept. */
interface Place extends PolicyFolder {
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
}

async function placeInFile(overlap: Overlap): Promise<Place> {
  return { ...(await policyFolder({ secrets: declared("local", "psp", overlap) })), path: "psp", env: {} };
}

async function placeInVault(vault: ReturnType<typeof useVault>, overlap: Overlap): Promise<Place> {
  const path = `psp-${randomUUID()}`;
  const store = `prod: { kind: vault, address: "${vault.address}", mount: ${vault.mount} }`;
  const made = await policyFolder({ store, secrets: declared("prod", path, overlap) });
  return { ...made, path, env: { VAULT_TOKEN: vault.token } };
}

function declared(store: string, path: string, overlap: Overlap): string {
  return `${secret}: { store: ${store}, path: ${path}, rotate: { with: generated }${overlap === "none" ? "" : ", overlap: 24h"} }`;
}

/** Reads the store itself, past everything that rotates. */
async function look({
  policy,
  path,
  env,
}: Place): Promise<{ value: string | undefined; pending: string | undefined; phase: Phase | undefined }> {
  const store = await openStore(policy.policy.stores[0]!, { directory: policy.directory, env: { ...process.env, ...env } });
  try {
    const kept = (await store.read(path))?.document;
    const found = (await store.read(statePath(path)))?.document;
    const state = found && stateOf(found, statePath(path));
    const text = (field: unknown) => (field instanceof Secret ? field.reveal() : undefined);
    return { value: text(kept?.["value"]), pending: text(found?.["pending"]), phase: state?.phase };
  } finally {
    await store.close();
  }
}

/** What a dead process left is taken over or removed after some seconds of silence; this lets those seconds pass at once. */
function letSecondsPass(folder: string): void {
  const long = new Date(Date.now() - 3_600_000);
  for (const { name, parentPath } of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (name.endsWith("lock") || name.endsWith("tmp")) utimesSync(join(parentPath, name), long, long);
}

async function resume(place: Place) {
  letSecondsPass(place.folder);
  const rotation = openRotation({ policy: place.policy, env: { ...process.env, ...place.env } });
  try {
    return (await rotation.resume([secret]))[0]!;
  } finally {
    await rotation.close();
  }
}

/** What must be true after any crash and one resume. */
async function expectWhole(place: Place, old: string | undefined, overlap: Overlap): Promise<string | undefined> {
  const crashed = await look(place);
  const allowed = [old, crashed.pending, crashed.phase === "retired" ? crashed.value : old];
  expect(allowed, "the value in use is neither old nor new").toContain(crashed.value);
  const outcome = await resume(place);
  expect(outcome.error).toBeUndefined();
  const resumed = await look(place);
  expect(resumed.value, "what was begun was not finished").toBe(crashed.pending ?? crashed.value);
  expect([undefined, "retired", ...(overlap === "a day" && old !== undefined ? ["overlap"] : [])]).toContain(resumed.phase);
  // Killed before its first record, it had begun nothing, and resume has no reason to open a log.
  if (existsSync(join(place.folder, ".holdfast", "audit", "records.jsonl"))) {
    expectNothingLeft(place.folder);
    const { ok, unfinished, findings } = await verifyAudit(place.policy);
    expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
    expect({ ok, unfinished }).toEqual({ ok: true, unfinished: 0 });
  }
  return resumed.value;
}

function expectNothingLeft(folder: string): void {
  const known =
    /^(?:age\.txt|holdfast\.yaml|secrets\.sops\.yaml|audit-key\.pem|records\.jsonl|checkpoints?(?:\.jsonl)?|state\.json|verifier\.pub|fingerprint\.key|torn-\d+)$/u;
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.map(({ name }) => name).filter((name) => !known.test(name))).toEqual([]);
}

/** Kills a process as it passes `boundary` of its second rotation, and looks at what is left. */
async function killAt(boundary: string, place: Place, overlap: Overlap): Promise<void> {
  const rotation = openRotation({ policy: place.policy, env: { ...process.env, ...place.env } });
  expect(await rotation.rotate([secret])).toMatchObject([{ result: "rotated", generation: 1 }]);
  await rotation.close();
  const old = (await look(place)).value;
  const killed = startRunner(place.policy.file, secret, { mode: "die", boundary }, place.env);
  expect((await killed.ended()).outcome).toBeUndefined();
  expect(killed.child.signalCode).toBe("SIGKILL");
  await expectWhole(place, old, overlap);
}

/** One place, one kill after the other: each rotation begins from what the last crash and its resume left. */
async function killOften(times: number, place: Place, longestMs: number): Promise<void> {
  let value: string | undefined;
  const phases = new Set<Phase | undefined>();
  for (let time = 0; time < times; time += 1) {
    const runner = startRunner(place.policy.file, secret, { mode: "go" }, place.env);
    await runner.printed("ready");
    // The instant is what this test is about; nothing is waited for.
    await after(Math.random() * longestMs);
    await runner.kill();
    phases.add((await look(place)).phase);
    value = await expectWhole(place, value, "none");
  }
  expect(phases.size, "every process was killed at the same place").toBeGreaterThan(3);
}

/** How long one rotation takes here and now, from where its code is loaded. */
async function durationMs(place: Place): Promise<number> {
  const runner = startRunner(place.policy.file, secret, { mode: "go" }, place.env);
  await runner.printed("ready");
  const began = performance.now();
  await runner.ended();
  return performance.now() - began;
}

const boundaries = (overlap: Overlap): string[] =>
  ["prepare", "apply", "verify", "promote", overlap === "none" ? "retire" : "overlap"].flatMap((step) => [
    `before ${step}`,
    `after ${step}`,
  ]);

describe.each(["none", "a day"] as const)("a process that is killed at a boundary, over a SOPS file (overlap: %s)", (overlap) => {
  it.each(boundaries(overlap))("%s: resume finishes what it began", async (boundary) => {
    await killAt(boundary, await placeInFile(overlap), overlap);
  });
});

describe("a process that is killed at any instant, over a SOPS file", () => {
  it("loses nothing, a hundred times over", { timeout: 300_000 }, async () => {
    const longest = await durationMs(await placeInFile("none"));
    await Promise.all([killOften(50, await placeInFile("none"), longest), killOften(50, await placeInFile("none"), longest)]);
  });
});

describeWithServers("a process that is killed, over Vault", () => {
  const vault = useVault();

  it.each(boundaries("a day"))("%s: resume finishes what it began", async (boundary) => {
    await killAt(boundary, await placeInVault(vault, "a day"), "a day");
  });

  it("loses nothing at twenty random instants", { timeout: 120_000 }, async () => {
    const longest = await durationMs(await placeInVault(vault, "none"));
    await killOften(20, await placeInVault(vault, "none"), longest);
  });
});
