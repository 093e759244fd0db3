import { existsSync, readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import { openRotation, type Phase, Secret, verifyAudit } from "../src/index.ts";
import { stateOf, statePath } from "../src/protocol/state.ts";
import { openStore } from "../src/stores/open-store.ts";
import { type PolicyFolder, policyFolder } from "./policy-folder.ts";
import { startRunner } from "./runner-process.ts";

const secret = "psp/webhook";
const secrets = {
  none: `${secret}: { store: local, path: psp, rotate: { with: generated } }`,
  "a day": `${secret}: { store: local, path: psp, rotate: { with: generated }, overlap: 24h }`,
};

/** Reads the store itself, past everything that rotates. */
async function look({
  policy,
}: PolicyFolder): Promise<{ value: string | undefined; pending: string | undefined; phase: Phase | undefined }> {
  const store = await openStore(policy.policy.stores[0]!, { directory: policy.directory, env: process.env });
  try {
    const kept = (await store.read("psp"))?.document;
    const found = (await store.read(statePath("psp")))?.document;
    const state = found && stateOf(found, statePath("psp"));
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

async function resume(made: PolicyFolder) {
  letSecondsPass(made.folder);
  const rotation = openRotation({ policy: made.policy });
  try {
    return (await rotation.resume([secret]))[0]!;
  } finally {
    await rotation.close();
  }
}

/** What must be true after any crash and one resume. */
async function expectWhole(made: PolicyFolder, old: string | undefined, overlap: keyof typeof secrets): Promise<string | undefined> {
  const crashed = await look(made);
  expect([old, crashed.pending, crashed.phase === "retired" ? crashed.value : old], "the value in use is neither old nor new").toContain(
    crashed.value,
  );
  const outcome = await resume(made);
  expect(outcome.error).toBeUndefined();
  const resumed = await look(made);
  if (crashed.pending !== undefined) expect(resumed.value, "what was begun was not finished").toBe(crashed.pending);
  else expect(resumed.value).toBe(crashed.value);
  expect([undefined, "retired", ...(overlap === "a day" && old !== undefined ? ["overlap"] : [])]).toContain(resumed.phase);
  // Killed before its first record, it had begun nothing, and resume has no reason to open a log.
  if (existsSync(join(made.folder, ".holdfast", "audit", "records.jsonl"))) {
    expectNothingLeft(made.folder);
    const { ok, unfinished, findings } = await verifyAudit(made.policy);
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

describe.each(["none", "a day"] as const)("a process that is killed at a boundary (overlap: %s)", (overlap) => {
  const steps = ["prepare", "apply", "verify", "promote", overlap === "none" ? "retire" : "overlap"];
  it.each(steps.flatMap((step) => [`before ${step}`, `after ${step}`]))("%s: resume finishes what it began", async (boundary) => {
    const made = await policyFolder({ secrets: secrets[overlap] });
    const first = await startRunner(made.policy.file, secret).ended();
    expect(first.outcome).toMatchObject({ result: "rotated", generation: 1 });
    const old = (await look(made)).value;
    const killed = startRunner(made.policy.file, secret, { mode: "die", boundary });
    const { outcome } = await killed.ended();
    expect(outcome).toBeUndefined();
    expect(killed.child.signalCode).toBe("SIGKILL");
    await expectWhole(made, old, overlap);
  });
});

describe("a process that is killed at any instant", () => {
  it("loses nothing, a hundred times over", { timeout: 240_000 }, async () => {
    const longest = await duration();
    await Promise.all([killOften(50, longest), killOften(50, longest)]);
  });

  /** One folder, one kill after the other: each rotation begins from what the last crash and its resume left. */
  async function killOften(times: number, longestMs: number): Promise<void> {
    const made = await policyFolder({ secrets: secrets.none });
    let value: string | undefined;
    const phases = new Set<Phase | undefined>();
    for (let time = 0; time < times; time += 1) {
      const runner = startRunner(made.policy.file, secret);
      await runner.printed("ready");
      // The instant is what this test is about; nothing is waited for.
      await after(Math.random() * longestMs);
      await runner.kill();
      phases.add((await look(made)).phase);
      value = await expectWhole(made, value, "none");
    }
    expect(phases.size, "every process was killed at the same place").toBeGreaterThan(3);
  }

  async function duration(): Promise<number> {
    const made = await policyFolder({ secrets: secrets.none });
    const runner = startRunner(made.policy.file, secret);
    await runner.printed("ready");
    const began = performance.now();
    await runner.ended();
    return performance.now() - began;
  }
});
