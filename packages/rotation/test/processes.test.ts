import { describe, expect, it } from "vitest";

import { openRotation, verifyAudit } from "../src/index.ts";
import { LEASE_MS } from "../src/protocol/lease.ts";
import { policyFolder } from "./policy-folder.ts";
import { startRunner } from "./runner-process.ts";

const secret = "session/key";
const declared = `${secret}: { store: local, path: session/key, rotate: { with: generated } }`;

describe("two processes", () => {
  it("rotate one secret once: the second says who is at it and until when", async () => {
    const made = await policyFolder({ secrets: declared });
    const first = startRunner(made.policy.file, secret, { mode: "wait", boundary: "after apply" });
    await first.printed("after apply");
    const second = await startRunner(made.policy.file, secret).ended();
    expect(second.outcome).toMatchObject({ secret, result: "busy", generation: 1, phase: "applied" });
    expect(second.outcome?.note).toMatch(
      new RegExp(`^held by process ${first.child.pid} on \\S+ until \\d{4}-.*Z unless it is renewed$`, "u"),
    );
    first.proceed();
    expect((await first.ended()).outcome).toMatchObject({ result: "rotated", generation: 1, phase: "retired" });
    expect(await verifyAudit(made.policy)).toMatchObject({ ok: true, unfinished: 0, findings: [] });
  });

  it("started at the same moment make at most one new value each, and none is lost", async () => {
    const made = await policyFolder({ secrets: declared });
    const runners = [startRunner(made.policy.file, secret), startRunner(made.policy.file, secret)];
    const outcomes = (await Promise.all(runners.map((runner) => runner.ended()))).map(({ outcome }) => outcome!);
    const rotated = outcomes.filter(({ result }) => result === "rotated").length;
    expect(rotated).toBeGreaterThanOrEqual(1);
    expect(outcomes.every(({ result }) => ["rotated", "busy", "skipped"].includes(result))).toBe(true);
    const rotation = openRotation({ policy: made.policy });
    expect(await rotation.status()).toMatchObject([{ generation: rotated, phase: "retired" }]);
    await rotation.close();
    expect(await verifyAudit(made.policy)).toMatchObject({ ok: true, unfinished: 0 });
  });

  it("rotate two secrets of one file at the same time", async () => {
    const made = await policyFolder({ secrets: [declared, "psp: { store: local, path: psp, rotate: { with: generated } }"].join("\n") });
    const runners = [startRunner(made.policy.file, secret), startRunner(made.policy.file, "psp")];
    for (const { outcome, stderr } of await Promise.all(runners.map((runner) => runner.ended())))
      expect(outcome, stderr).toMatchObject({ result: "rotated", generation: 1, phase: "retired" });
  });
});

describe("a dead process", () => {
  it("of this machine is followed at once, without waiting for its lease", async () => {
    const made = await policyFolder({ secrets: declared });
    await startRunner(made.policy.file, secret, { mode: "die", boundary: "after verify" }).ended();
    const rotation = openRotation({ policy: made.policy });
    expect(await rotation.resume()).toMatchObject([{ result: "resumed", generation: 1, phase: "retired" }]);
    await rotation.close();
    // The outcomes it owed the log are there, by another process.
    expect(await verifyAudit(made.policy)).toMatchObject({ ok: true, unfinished: 0 });
  });

  it("that only seems alive is followed when its lease has ended", async () => {
    const made = await policyFolder({ secrets: declared });
    const stopped = startRunner(made.policy.file, secret, { mode: "wait", boundary: "after prepare" });
    await stopped.printed("after prepare");
    stopped.child.kill("SIGSTOP");
    const early = openRotation({ policy: made.policy });
    expect(await early.resume()).toMatchObject([{ result: "busy" }]);
    await early.close();
    const later = openRotation({ policy: made.policy, now: () => Date.now() + LEASE_MS + 1_000 });
    expect(await later.resume()).toMatchObject([{ result: "resumed", phase: "retired", generation: 1 }]);
    const [value] = await later.read([secret]);
    await later.close();
    // It wakes up, finds the rotation done by somebody else and changes nothing.
    stopped.child.kill("SIGCONT");
    stopped.proceed();
    expect((await stopped.ended()).outcome?.error).toBeUndefined();
    const after = openRotation({ policy: made.policy });
    const [still] = await after.read([secret]);
    expect(still?.value.equals(value?.value)).toBe(true);
    await after.close();
  });
});
