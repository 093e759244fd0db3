import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";

import { trace, type Span, type Tracer, TraceFlags } from "@opentelemetry/api";
import { describe, expect, it, onTestFinished } from "vitest";

import { openRotation, type Document, type Rotation, type RotationOptions, Secret, verifyAudit } from "../src/index.ts";
import { openStore } from "../src/stores/open-store.ts";
import { type PolicyFolder, policyFolder } from "./policy-folder.ts";

const DAY_MS = 86_400_000;
const webhook =
  "psp/webhook: { store: local, path: psp/webhook, rotate: { with: generated, bytes: 24, prefix: whsec_ }, every: 30d, overlap: 24h }";
const session = "session/key: { store: local, path: session/key, rotate: { with: generated, encoding: hex }, every: 7d }";
const unscheduled = "api/token: { store: local, path: api/token, rotate: { with: generated } }";
const issued = "psp/api-key: { store: local, path: psp/api-key }";

/** A clock that tests move. */
function clock(startMs = Date.parse("2030-01-01T00:00:00Z")) {
  const time = { ms: startMs, now: () => time.ms };
  return time;
}

function open(made: PolicyFolder, options: Omit<RotationOptions, "policy"> = {}): Rotation {
  const rotation = openRotation({ policy: made.policy, ...options });
  onTestFinished(() => rotation.close());
  return rotation;
}

async function put({ policy }: PolicyFolder, path: string, value: string): Promise<void> {
  const store = await openStore(policy.policy.stores[0]!, { directory: policy.directory, env: process.env });
  const found = await store.read(path);
  const document: Document = { ...found?.document, value: Secret.of(value) };
  await store.write(path, document, found?.version ?? "absent");
  await store.close();
}

const states = async (rotation: Rotation) => Object.fromEntries((await rotation.status()).map(({ secret, state }) => [secret, state]));
const results = (outcomes: Awaited<ReturnType<Rotation["rotate"]>>) =>
  Object.fromEntries(outcomes.map(({ secret, result }) => [secret, result]));

describe("status", () => {
  it("follows a secret from no value to overdue", async () => {
    const made = await policyFolder({ secrets: [webhook, session, unscheduled, issued].join("\n") });
    const time = clock();
    const rotation = open(made, { now: time.now });
    expect(await states(rotation)).toEqual({
      "psp/webhook": "missing",
      "session/key": "missing",
      "api/token": "missing",
      "psp/api-key": "missing",
    });
    await put(made, "psp/api-key", ["issued", "elsewhere"].join("-"));
    await rotation.rotate();
    expect(await states(rotation)).toEqual({
      "psp/webhook": "fresh",
      "session/key": "fresh",
      "api/token": "manual",
      "psp/api-key": "manual",
    });
    expect(await rotation.status(["psp/webhook"])).toEqual([
      {
        secret: "psp/webhook",
        store: "local",
        state: "fresh",
        generation: 1,
        phase: "retired",
        rotatedAtMs: time.ms,
        dueAtMs: time.ms + 30 * DAY_MS,
        overlapEndsAtMs: undefined,
      },
    ]);
    time.ms += 30 * DAY_MS;
    expect(await states(rotation)).toMatchObject({ "psp/webhook": "overdue", "session/key": "overdue" });
    await rotation.rotate();
    expect(await rotation.status(["psp/webhook"])).toMatchObject([{ state: "overlap", generation: 2, overlapEndsAtMs: time.ms + DAY_MS }]);
  });

  it("says what is unfinished", async () => {
    const made = await policyFolder({ secrets: session });
    const controller = new AbortController();
    await open(made, { signal: controller.signal, onStep: ({ step }) => void (step === "verify" && controller.abort()) }).rotate();
    expect(await open(made).status()).toMatchObject([{ state: "unfinished", phase: "verified", generation: undefined }]);
  });

  it("tells of a store that cannot be read beside the others, and does not guess", async () => {
    const made = await policyFolder({ secrets: session });
    await open(made).rotate();
    rmSync(join(made.folder, "age.txt"));
    const [status] = await open(made).status();
    expect(status).toMatchObject({ secret: "session/key", state: "unknown", error: { code: "key-unavailable", secret: "session/key" } });
  });
});

describe("plan", () => {
  it("says each step and changes no file, not even the audit log", async () => {
    const made = await policyFolder({ secrets: [webhook, issued].join("\n") });
    const time = clock();
    await open(made, { now: time.now }).rotate();
    time.ms += 31 * DAY_MS;
    const before = made.contents();
    const rotation = open(made, { now: time.now });
    expect(await rotation.plan()).toEqual([
      {
        secret: "psp/webhook",
        store: "local",
        action: "rotate",
        reason: "overdue by 1d",
        steps: [
          "Store a new value as pending at psp/webhook.holdfast in local.",
          'Make the new value valid beside the one in use (rotator "generated").',
          "Try the new value.",
          "Write it to psp/webhook in local, where programs read it.",
          "Record that psp/webhook holds it.",
          "Keep the previous value valid for 1d; a later run revokes it.",
        ],
        obstacles: [],
      },
    ]);
    expect(made.contents()).toEqual(before);
  });

  it("begins nothing in an empty folder either", async () => {
    const made = await policyFolder({ secrets: webhook });
    expect(await open(made).plan()).toMatchObject([{ action: "rotate", reason: "no value yet" }]);
    expect(existsSync(join(made.folder, ".holdfast"))).toBe(false);
    expect(existsSync(made.store)).toBe(false);
  });

  it("says what rotate does at every later time", async () => {
    const made = await policyFolder({ secrets: webhook });
    const time = clock();
    const rotation = open(made, { now: time.now });
    const plan = async (...given: Parameters<Rotation["plan"]>) =>
      (await rotation.plan(...given)).map(({ action, reason }) => `${action}: ${reason}`);
    await rotation.rotate();
    expect(await plan()).toEqual(["nothing: fresh until 2030-01-31T00:00:00.000Z"]);
    expect(await plan(["psp/webhook"], { force: true })).toEqual(["rotate: asked for, although fresh for 30d"]);
    await rotation.rotate(["psp/webhook"], { force: true });
    expect(await plan()).toEqual(["nothing: the previous value stays valid until 2030-01-02T00:00:00.000Z"]);
    expect(await plan(undefined, { force: true })).toEqual(["rotate: asked for, although fresh for 30d"]);
    time.ms += DAY_MS;
    expect(await plan()).toEqual(["retire: the overlap is over"]);
    time.ms += 30 * DAY_MS;
    expect(await plan()).toEqual(["rotate: overdue by 1d"]);
  });

  it("names what stands in the way", async () => {
    const made = await policyFolder({ secrets: [session, issued].join("\n") });
    expect(await open(made).plan(["psp/api-key"])).toMatchObject([
      { action: "nothing", obstacles: [expect.stringMatching(/no way to rotate psp\/api-key/u)] },
    ]);
    await open(made).rotate();
    rmSync(join(made.folder, "age.txt"));
    expect(await open(made).plan()).toMatchObject([
      { action: "nothing", reason: "it could not be looked at", obstacles: [expect.stringContaining("age")] },
    ]);
  });
});

describe("rotate", () => {
  it("takes what is due, and what is named or asked for although it is not", async () => {
    const made = await policyFolder({ secrets: [webhook, session, unscheduled, issued].join("\n") });
    const time = clock();
    const rotation = open(made, { now: time.now });
    expect(results(await rotation.rotate())).toEqual({ "psp/webhook": "rotated", "session/key": "rotated", "api/token": "rotated" });
    expect(results(await rotation.rotate())).toEqual({ "psp/webhook": "skipped", "session/key": "skipped", "api/token": "skipped" });
    time.ms += 8 * DAY_MS;
    expect(results(await rotation.rotate())).toEqual({ "psp/webhook": "skipped", "session/key": "rotated", "api/token": "skipped" });
    // Never due, so naming it is all there is to ask with.
    expect(results(await rotation.rotate(["psp/webhook", "api/token"]))).toEqual({ "psp/webhook": "skipped", "api/token": "rotated" });
    expect(results(await rotation.rotate(["psp/webhook"], { force: true }))).toEqual({ "psp/webhook": "rotated" });
    time.ms += 2 * DAY_MS;
    expect(results(await rotation.rotate(undefined, { all: true }))).toEqual({
      "psp/webhook": "rotated",
      "session/key": "rotated",
      "api/token": "rotated",
    });
  });

  it("makes values of the form the policy says, and new ones every time", async () => {
    const made = await policyFolder({ secrets: [webhook, session].join("\n") });
    const rotation = open(made);
    const seen = new Set<string>();
    for (let generation = 1; generation <= 3; generation += 1) {
      await rotation.rotate(undefined, { all: true, force: true });
      const [first, second] = await rotation.read(["psp/webhook", "session/key"]);
      expect(first!.value.reveal()).toMatch(/^whsec_[\w-]{32}$/u);
      expect(second!.value.reveal()).toMatch(/^[0-9a-f]{64}$/u);
      expect([first!.generation, second!.generation]).toEqual([generation, generation]);
      seen.add(first!.value.reveal());
    }
    expect(seen.size).toBe(3);
  });

  it("reports a secret that cannot be rotated and goes on with the others", async () => {
    const made = await policyFolder({ secrets: [issued, session].join("\n") });
    const outcomes = await open(made).rotate(["psp/api-key", "session/key"]);
    expect(results(outcomes)).toEqual({ "psp/api-key": "failed", "session/key": "rotated" });
    expect(outcomes[0]?.error).toMatchObject({ code: "invalid", secret: "psp/api-key" });
  });

  it("refuses a name the policy does not have, before anything is done", async () => {
    const made = await policyFolder({ secrets: session });
    await expect(open(made).rotate(["session/key", "sesion/key"])).rejects.toMatchObject({ code: "invalid", secret: "sesion/key" });
    expect(existsSync(made.store)).toBe(false);
  });

  it("rotates on top of a value that a person put there, with whatever is beside it", async () => {
    const made = await policyFolder({ secrets: webhook });
    const time = clock();
    const rotation = open(made, { now: time.now });
    await put(made, "psp/webhook", "put there by hand");
    expect(await rotation.rotate(["psp/webhook"], { force: true })).toMatchObject([{ result: "rotated", generation: 1, phase: "overlap" }]);
    const [value] = await rotation.read(["psp/webhook"]);
    expect(value?.previous?.reveal()).toBe("put there by hand");
  });
});

describe("resume", () => {
  it("finishes what was stopped, retires what has overlapped long enough, and leaves the rest", async () => {
    const made = await policyFolder({ secrets: [webhook, session].join("\n") });
    const time = clock();
    const first = open(made, { now: time.now });
    await first.rotate();
    await first.rotate(["psp/webhook"], { force: true });
    const controller = new AbortController();
    const stopped = open(made, {
      now: time.now,
      signal: controller.signal,
      onStep: ({ step }) => void (step === "promote" && controller.abort()),
    });
    expect(await stopped.rotate(["session/key"], { force: true })).toMatchObject([
      { result: "failed", phase: "promoted", error: { code: "unfinished" } },
    ]);
    time.ms += DAY_MS - 1;
    expect(await first.resume()).toMatchObject([
      { secret: "psp/webhook", result: "skipped", note: "the previous value stays valid until 2030-01-02T00:00:00.000Z" },
      { secret: "session/key", result: "resumed", generation: 2, phase: "retired" },
    ]);
    time.ms += 1;
    expect(await first.resume()).toMatchObject([
      { secret: "psp/webhook", result: "retired", phase: "retired" },
      { secret: "session/key", result: "skipped", note: "nothing is unfinished" },
    ]);
    expect((await first.read(["psp/webhook"]))[0]?.previous).toBeUndefined();
  });
});

describe("read", () => {
  it("leaves a record with a fingerprint that says whether two reads gave the same value, and nothing of the value", async () => {
    const made = await policyFolder({ secrets: session });
    const rotation = open(made);
    await rotation.rotate();
    const [first] = await rotation.read(["session/key"]);
    await rotation.read(["session/key"]);
    const reads = made.records().filter(({ kind }) => kind === "read");
    expect(reads).toHaveLength(2);
    expect(reads[0]).toMatchObject({
      action: "read",
      secret: "session/key",
      store: "local",
      generation: 1,
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/u),
    });
    expect(reads[0]?.["fingerprint"]).toBe(reads[1]?.["fingerprint"]);
    expect(reads[0]?.["fingerprint"]).toBe(made.records().find(({ action }) => action === "prepare")?.["fingerprint"]);
    expect(JSON.stringify(made.records())).not.toContain(first!.value.reveal());
  });

  it("says what to do when there is no value", async () => {
    const made = await policyFolder({ secrets: [session, issued].join("\n") });
    await expect(open(made).read(["session/key"])).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringContaining('"holdfast rotate session/key"'),
    });
    await expect(open(made).read(["psp/api-key"])).rejects.toMatchObject({ code: "invalid", secret: "psp/api-key" });
  });
});

describe("set", () => {
  const issuedValue = Secret.of(["issued", "elsewhere"].join("-"));

  it("puts a value that was issued elsewhere into the store, between an intent and an outcome, beside what is there", async () => {
    const made = await policyFolder({ secrets: issued });
    const rotation = open(made);
    await put(made, "psp/api-key", "older");
    await rotation.set("psp/api-key", issuedValue);
    expect((await rotation.read(["psp/api-key"]))[0]?.value.equals(issuedValue)).toBe(true);
    expect(made.records().map(({ kind, action, result }) => [kind, action, result])).toEqual([
      ["intent", "set", undefined],
      ["outcome", "set", "done"],
      ["read", "read", undefined],
    ]);
    expect(JSON.stringify(made.records())).not.toContain(issuedValue.reveal());
  });

  it("refuses a secret whose values a rotator makes, and changes nothing", async () => {
    const made = await policyFolder({ secrets: session });
    await expect(open(made).set("session/key", issuedValue)).rejects.toMatchObject({ code: "invalid", secret: "session/key" });
    expect(existsSync(made.store)).toBe(false);
  });
});

describe("an audit log that cannot be written", () => {
  async function withoutLog(on: "fail-closed" | "warn"): Promise<PolicyFolder> {
    const made = await policyFolder({ secrets: session, audit: `{ log: .holdfast/audit, on: ${on} }` });
    const rotation = open(made);
    await rotation.rotate();
    await rotation.close();
    // A file is where the folder should be.
    renameSync(join(made.folder, ".holdfast", "audit"), join(made.folder, "moved"));
    writeFileSync(join(made.folder, ".holdfast", "audit"), "");
    return made;
  }

  it("stops every change and every read before it happens", async () => {
    const made = await withoutLog("fail-closed");
    const before = readFileSync(made.store, "utf8");
    expect(await open(made).rotate(["session/key"], { force: true })).toMatchObject([{ result: "failed", error: { code: "audit" } }]);
    await expect(open(made).read(["session/key"])).rejects.toMatchObject({ code: "audit" });
    expect(readFileSync(made.store, "utf8")).toBe(before);
  });

  it("is told and gone past when the policy says so", async () => {
    const made = await withoutLog("warn");
    const warnings: string[] = [];
    const rotation = open(made, { onWarning: (message) => warnings.push(message) });
    expect(await rotation.rotate(["session/key"], { force: true })).toMatchObject([{ result: "rotated", generation: 2 }]);
    expect((await rotation.read(["session/key"]))[0]?.generation).toBe(2);
    expect(warnings[0]).toMatch(/audit.*"on: warn"/u);
  });
});

describe("the audit log of a rotation", () => {
  it("has an outcome for every intent, names the rotation throughout, and verifies", async () => {
    const made = await policyFolder({ secrets: session });
    const rotation = open(made);
    await rotation.rotate();
    await rotation.close();
    const records = made.records();
    const intents = records.filter(({ kind }) => kind === "intent");
    expect(intents.map(({ action, phase }) => `${String(action)} ${String(phase)}`)).toEqual([
      "prepare prepared",
      "apply prepared",
      "record applied",
      "record verified",
      "promote verified",
      "record promoted",
      "record retired",
    ]);
    expect(records.filter(({ kind }) => kind === "outcome").map(({ intent, result }) => [intent, result])).toEqual(
      intents.map(({ sequence }) => [sequence, "done"]),
    );
    expect(new Set(records.map((record) => record["rotation"])).size).toBe(1);
    expect(await verifyAudit(made.policy)).toMatchObject({
      ok: true,
      findings: [],
      unfinished: 0,
      trustedFrom: "key-file",
      anchored: "not-configured",
    });
  });

  it("carries the trace it was part of", async () => {
    const spans: string[] = [];
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    const span = {
      spanContext: () => ({ traceId, spanId: "b7ad6b7169203331", traceFlags: TraceFlags.SAMPLED }),
      setAttribute: () => span,
      setStatus: () => span,
      end: () => undefined,
    } as unknown as Span;
    const tracer = {
      startActiveSpan: (name: string, _options: unknown, work: (span: Span) => unknown) => (spans.push(name), work(span)),
    } as unknown as Tracer;
    trace.setGlobalTracerProvider({ getTracer: () => tracer });
    onTestFinished(() => trace.disable());
    const made = await policyFolder({ secrets: session });
    await open(made).rotate();
    expect(spans).toEqual(
      ["apply", "verify", "promote", "record-promoted", "revoke"].reduce((all, act) => [...all, `holdfast.${act}`], ["holdfast.prepare"]),
    );
    expect(new Set(made.records().map((record) => record["trace"]))).toEqual(new Set([traceId]));
  });

  it("names the CI job", async () => {
    const made = await policyFolder({ secrets: session });
    await open(made, {
      env: { ...process.env, GITHUB_RUN_ID: "42", GITHUB_REPOSITORY: "acme/payments", GITHUB_SERVER_URL: "https://github.example" },
    }).rotate();
    expect(made.records()[0]?.["actor"]).toMatchObject({ ci: "https://github.example/acme/payments/actions/runs/42" });
  });

  it("is copied line by line to where the sink is told to write", async () => {
    const made = await policyFolder({ secrets: session, audit: "{ log: .holdfast/audit, sinks: [stdout] }" });
    const lines: string[] = [];
    const records = new Writable({ write: (chunk, _encoding, done) => (lines.push(String(chunk)), done()) });
    const rotation = open(made, { records });
    await rotation.rotate();
    await rotation.close();
    expect(lines.join("")).toBe(readFileSync(join(made.folder, ".holdfast", "audit", "records.jsonl"), "utf8"));
  });
});

describe("an anchored audit log", () => {
  const anchored = () =>
    policyFolder({ secrets: session, audit: "{ log: .holdfast/audit, anchor: { store: local, path: holdfast/head } }" });
  const logOf = ({ folder }: PolicyFolder) => join(folder, ".holdfast", "audit");

  it("has its newest checkpoint in the store after each run", async () => {
    const made = await anchored();
    expect(await openAndRotate(made)).toMatchObject([{ result: "rotated" }]);
    expect(await verifyAudit(made.policy)).toMatchObject({ ok: true, anchored: "compared", findings: [] });
    expect(await openAndRotate(made)).toMatchObject([{ result: "rotated", generation: 2 }]);
    expect(await verifyAudit(made.policy)).toMatchObject({ ok: true, anchored: "compared" });
  });

  it("does not go on, nor cover the traces, when an older copy of the log was put back", async () => {
    const made = await anchored();
    await openAndRotate(made);
    cpSync(logOf(made), join(made.folder, "older"), { recursive: true });
    await openAndRotate(made);
    rmSync(logOf(made), { recursive: true });
    renameSync(join(made.folder, "older"), logOf(made));
    const found = await verifyAudit(made.policy);
    expect(found.ok).toBe(false);
    expect(found.findings.map(({ code }) => code)).toContain("truncated");
    expect(await openAndRotate(made)).toMatchObject([
      { result: "failed", error: { code: "audit", message: expect.stringContaining("holdfast/head") } },
    ]);
    expect((await verifyAudit(made.policy)).ok).toBe(false);
  });

  it("does not go on when the log is gone", async () => {
    const made = await anchored();
    await openAndRotate(made);
    rmSync(logOf(made), { recursive: true });
    expect(await openAndRotate(made)).toMatchObject([{ result: "failed", error: { code: "audit" } }]);
  });

  async function openAndRotate(made: PolicyFolder) {
    const rotation = openRotation({ policy: made.policy });
    try {
      return await rotation.rotate(undefined, { all: true, force: true });
    } finally {
      await rotation.close();
    }
  }
});

describe("verifying", () => {
  it("asks for a key when there is none, and makes none", async () => {
    const made = await policyFolder({ secrets: session });
    await expect(verifyAudit(made.policy)).rejects.toMatchObject({
      code: "audit",
      message: expect.stringMatching(/verifier\.pub.*audit: trust:/su),
    });
    expect(existsSync(join(made.folder, ".holdfast"))).toBe(false);
  });

  it("trusts the pinned key only, also for a copy of the log", async () => {
    const made = await policyFolder({ secrets: session });
    const rotation = open(made);
    await rotation.rotate();
    await rotation.close();
    const log = join(made.folder, ".holdfast", "audit");
    const pinned = readFileSync(join(log, "verifier.pub"), "utf8").trim();
    const file = join(made.folder, "holdfast.yaml");
    const policy = readFileSync(file, "utf8");
    const pin = (key: string) => writeFileSync(file, policy.replace("log: .holdfast/audit", `log: .holdfast/audit, trust: ["${key}"]`));
    mkdirSync(join(made.folder, "copies"));
    cpSync(log, join(made.folder, "copies", "audit"), { recursive: true });
    pin(pinned);
    expect(await verifyAudit(made.policy, { log: join(made.folder, "copies", "audit") })).toMatchObject({
      ok: true,
      trustedFrom: "policy",
    });
    const another = await policyFolder({ secrets: session });
    await open(another).rotate();
    pin(readFileSync(join(another.folder, ".holdfast", "audit", "verifier.pub"), "utf8").trim());
    expect(await verifyAudit(made.policy)).toMatchObject({ ok: false, trustedFrom: "policy" });
  });
});
