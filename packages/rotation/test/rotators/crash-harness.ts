import { readdirSync, readFileSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";

import { describe, expect, it } from "vitest";

import {
  type Credential,
  type Document,
  openRotation,
  type Rotation,
  type RotationOptions,
  Secret,
  type SecretOutcome,
  type SecretValue,
  verifyAudit,
} from "../../src/index.ts";
import { openStore } from "../../src/stores/open-store.ts";
import { type PolicyFolder, policyFolder } from "../policy-folder.ts";
import { startProgram, startRunner } from "../runner-process.ts";
import { type Address, lossyProxy, type LossyProxy } from "./lossy-proxy.ts";

const DAY_MS = 86_400_000;

/** The secret that is rotated, by the name and the path it has here. */
export const rotated = "app/credential";

/** A rotator with the place where it changes a secret, made for one test alone. */
export interface RotatorUnderTest {
  /** What stands after `rotate:`. */
  readonly rotate: string;
  /** More lines under `stores:`; the secret itself is kept in a SOPS file. */
  readonly otherStores?: string;
  /** Other secrets by name: what the store holds of them before the first rotation. Their path is their name. */
  readonly others?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What the store holds of the secret itself before the first rotation; nothing without it. */
  readonly initial?: Readonly<Record<string, string>>;
  readonly env?: NodeJS.ProcessEnv;
  /** What a program does with a credential: a login, a signature. */
  use(credential: Credential): Promise<"accepted" | "refused">;
  /** How many credentials the place accepts now, where it can be asked. */
  accepted?(): Promise<number>;
  /** What the place wrote down: its log. No value may be in it. */
  written?(): Promise<string>;
}

/** `through` puts a proxy before a server and gives the address that the rotator is to use; programs and the test itself use the server's own. */
export type SetUp = (through: (server: Address) => Promise<Address>) => Promise<RotatorUnderTest>;

/** Whether the previous credential stays valid beside the new one. */
export type Keeps = "both in the overlap" | "one at a time";

/** One rotator, its place, a policy and a store, before the first rotation. */
export interface Scene {
  readonly rotator: RotatorUnderTest;
  readonly made: PolicyFolder;
  /** In the order of the calls of `through`. */
  readonly proxies: readonly LossyProxy[];
  /** Every value that was ever in use here, an administrator's too, to look for where none may be. */
  readonly values: Set<string>;
}

export async function scene(setUp: SetUp, overlap: "0s" | "1d" = "0s"): Promise<Scene> {
  const proxies: LossyProxy[] = [];
  const rotator = await setUp(async (server) => {
    const proxy = await lossyProxy(server);
    proxies.push(proxy);
    return proxy.address;
  });
  const others = Object.keys(rotator.others ?? {}).filter((name) => name !== rotated);
  const declared = [
    `${rotated}: { store: local, path: ${rotated}, rotate: ${rotator.rotate}, overlap: ${overlap} }`,
    ...others.map((name) => `${name}: { store: local, path: ${name} }`),
  ];
  const made = await policyFolder({ secrets: declared.join("\n"), ...(rotator.otherStores && { otherStores: rotator.otherStores }) });
  const place: Scene = { rotator, made, proxies, values: new Set(Object.values(rotator.others ?? {}).flatMap(({ value }) => value ?? [])) };
  for (const [name, fields] of Object.entries(rotator.others ?? {})) await put(place, name, fields);
  if (rotator.initial) await put(place, rotated, rotator.initial);
  return place;
}

/** Writes as another program does. */
export async function put({ made: { policy } }: Scene, path: string, fields: Readonly<Record<string, string>>): Promise<void> {
  const store = await openStore(policy.policy.stores[0]!, { directory: policy.directory, env: process.env });
  const found = await store.read(path);
  const document: Document = Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, Secret.of(text)]));
  await store.write(path, { ...found?.document, ...document }, found?.version ?? "absent");
  await store.close();
}

/** One run of the command, from opening to closing. */
export async function run<T>(
  place: Scene,
  work: (rotation: Rotation) => Promise<T>,
  options: Omit<RotationOptions, "policy" | "env"> = {},
): Promise<T> {
  letSecondsPass(place.made.folder);
  const rotation = openRotation({ policy: place.made.policy, env: { ...process.env, ...place.rotator.env }, ...options });
  try {
    return await work(rotation);
  } finally {
    await rotation.close();
  }
}

export async function rotate(place: Scene, options: Omit<RotationOptions, "policy" | "env"> = {}): Promise<SecretOutcome> {
  return (await run(place, (rotation) => rotation.rotate([rotated], { force: true }), options))[0]!;
}

export async function resume(place: Scene, options: Omit<RotationOptions, "policy" | "env"> = {}): Promise<SecretOutcome> {
  return (await run(place, (rotation) => rotation.resume([rotated]), options))[0]!;
}

/** What programs get from the store. */
export async function read(place: Scene): Promise<SecretValue> {
  const value = (await run(place, (rotation) => rotation.read([rotated])))[0]!;
  for (const secret of [value.value, value.previous]) if (secret) place.values.add(secret.reveal());
  return value;
}

/** What a dead process left is taken over after some seconds of silence; this lets those seconds pass at once. */
function letSecondsPass(folder: string): void {
  const long = new Date(Date.now() - 3_600_000);
  for (const { name, parentPath } of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (name.endsWith("lock") || name.endsWith("tmp")) utimesSync(join(parentPath, name), long, long);
}

/** Programs can use what the store says, whatever happened to the run that just ended. */
export async function expectUsable(place: Scene): Promise<SecretValue> {
  const said = await read(place);
  expect(await place.rotator.use(said), "what the store says is refused").toBe("accepted");
  return said;
}

/** Where only one value can be valid, the store catches up with the place when the rotation is resumed. */
async function expectUsableHalfway(place: Scene, keeps: Keeps): Promise<void> {
  await (keeps === "both in the overlap" ? expectUsable(place) : read(place));
}

/** What must be true when a rotation from `before` was finished: exactly one new generation, in use, and the old credential refused. */
export async function expectRotatedOnce(place: Scene, before: SecretValue): Promise<void> {
  const after = await expectUsable(place);
  expect(after.generation).toBe((before.generation ?? 0) + 1);
  expect(after.value.equals(before.value), "the value is still the old one").toBe(false);
  expect(after.previous, "the store still tells the old value").toBeUndefined();
  expect(await place.rotator.use(before), "the old value is still accepted").toBe("refused");
  if (place.rotator.accepted) expect(await place.rotator.accepted(), "credentials that are accepted").toBe(1);
}

/** No value is in the audit log, in an outcome or in the log of the server, and the audit log is whole. */
export async function expectClean(place: Scene, ...told: unknown[]): Promise<void> {
  const { ok, unfinished, findings } = await verifyAudit(place.made.policy);
  expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
  expect({ ok, unfinished }).toEqual({ ok: true, unfinished: 0 });
  const records = readFileSync(join(place.made.folder, ".holdfast", "audit", "records.jsonl"), "utf8");
  const texts = {
    "the audit log": records,
    "an outcome": inspect(told, { depth: 20 }),
    "the server's log": (await place.rotator.written?.()) ?? "",
  };
  expect(place.values.size).toBeGreaterThan(0);
  for (const [where, text] of Object.entries(texts))
    for (const value of place.values)
      for (const spelling of spellings(value)) expect(text.includes(spelling), `${where} holds a value`).toBe(false);
}

/** The ways in which a value travels besides as it is. */
export function spellings(value: string): string[] {
  const bytes = Buffer.from(value);
  return [value, encodeURIComponent(value), bytes.toString("hex"), bytes.toString("base64"), JSON.stringify(value).slice(1, -1)];
}

/** A scene in which every part has been through a rotation already. */
async function runningScene(setUp: SetUp, overlap: "0s" | "1d"): Promise<{ place: Scene; before: SecretValue }> {
  const place = await scene(setUp, overlap);
  for (let generation = 1; generation <= 2; generation += 1)
    expect(await rotate(place), "a rotation that nothing disturbs").toMatchObject({ result: "rotated" });
  return { place, before: await expectUsable(place) };
}

const boundariesOf = (...steps: string[]): string[] => steps.flatMap((step) => [`before ${step}`, `after ${step}`]);

/**
 * Every phase boundary with a process that is killed there, and with an error there; and every answer of the server, from the first to the last,
 * lost on its way back. After one resume a program can log in with what the store says, the old value is refused, there is exactly one new
 * generation, the audit log is whole and no value is in it.
 */
export function describeCrashes(name: string, keeps: Keeps, setUp: SetUp): void {
  describe(`${name}: a process that is killed`, () => {
    it.each(boundariesOf("prepare", "apply", "verify", "promote", "retire"))("%s: resume finishes what it began", async (boundary) => {
      const { place, before } = await runningScene(setUp, "0s");
      const killed = startRunner(place.made.policy.file, rotated, { mode: "die", boundary }, place.rotator.env);
      const { stdout, stderr } = await killed.ended();
      expect(killed.child.signalCode).toBe("SIGKILL");
      await expectUsableHalfway(place, keeps);
      const resumed = await resume(place);
      expect(resumed.error).toBeUndefined();
      if (boundary === "before prepare") expect((await expectUsable(place)).value.equals(before.value)).toBe(true);
      else await expectRotatedOnce(place, before);
      await expectClean(place, stdout, stderr, resumed);
    });
  });

  describe(`${name}: a run that stops on an error, with an overlap`, () => {
    it.each(boundariesOf("prepare", "apply", "verify", "promote"))("%s: resume finishes what it began", async (boundary) => {
      const { place, before } = await runningScene(setUp, "1d");
      const stopped = await rotate(place, { onStep: throwingAt(boundary) });
      expect(stopped).toMatchObject({ result: "failed" });
      await expectUsableHalfway(place, keeps);
      const resumed = await resume(place);
      expect(resumed.error).toBeUndefined();
      if (boundary === "before prepare") return expectClean(place, stopped, resumed);
      const { previous } = await expectUsable(place);
      if (keeps === "both in the overlap") {
        expect(previous?.equals(before.value), "the store does not tell the old value").toBe(true);
        expect(await place.rotator.use(before), "the old value is refused during the overlap").toBe("accepted");
      }
      const retired = await resume(place, { now: () => Date.now() + DAY_MS + 1 });
      expect(retired.error).toBeUndefined();
      await expectRotatedOnce(place, before);
      await expectClean(place, stopped, resumed, retired);
    });

    if (keeps === "one at a time") return;
    it.each(boundariesOf("retire"))("%s: resume finishes what it began", async (boundary) => {
      const { place, before } = await runningScene(setUp, "1d");
      const later = { now: () => Date.now() + DAY_MS + 1 };
      expect((await rotate(place)).error).toBeUndefined();
      const stopped = await resume(place, { ...later, onStep: throwingAt(boundary) });
      expect(stopped).toMatchObject({ result: "failed" });
      await expectUsable(place);
      const retired = await resume(place, later);
      expect(retired.error).toBeUndefined();
      await expectRotatedOnce(place, before);
      await expectClean(place, stopped, retired);
    });
  });

  describe(`${name}: an answer that is lost`, () => {
    it("costs nothing, whichever it is", { timeout: 300_000 }, async () => {
      const { place } = await runningScene(setUp, "0s");
      const told: SecretOutcome[] = [];
      let losses = 0;
      for (const proxy of place.proxies) {
        for (let number = 1; ; number += 1) {
          const before = await expectUsable(place);
          proxy.loseAnswer(number);
          const outcome = await rotate(place);
          const lost = proxy.lost();
          // Nothing more is lost from here on.
          proxy.loseAnswer(Infinity);
          told.push(outcome);
          if (outcome.result === "failed") {
            await expectUsableHalfway(place, keeps);
            const resumed = await resume(place);
            expect(resumed.error, `after answer ${number} was lost`).toBeUndefined();
            told.push(resumed);
          }
          // Lost before the new value was stored: nothing was begun, so there is nothing to resume.
          const nothingBegun = outcome.result === "failed" && outcome.generation === before.generation;
          if (nothingBegun) expect((await expectUsable(place)).value.equals(before.value)).toBe(true);
          else await expectRotatedOnce(place, before);
          if (!lost) break;
          losses += 1;
        }
      }
      expect(losses).toBeGreaterThanOrEqual(place.proxies.length * 3);
      await expectClean(place, told);
    });
  });
}

/** How a program of its own uses the credential: a module with `logIn(credential, options)`, and the options. */
export interface LogIn {
  readonly module: URL;
  readonly options: unknown;
}

/**
 * A process that reads the store again every 50 ms and logs in every 10 ms is refused not once while the secret is rotated `times` times. The overlap ends
 * as soon as that process uses the new value only, which is what an overlap longer than its cache means.
 */
export function describeLoad(name: string, setUp: SetUp, logIn: () => LogIn, times = 50): void {
  describe(`${name}: a program under constant load`, () => {
    it(`is never refused during ${times} rotations`, { timeout: 300_000 }, async () => {
      const { place } = await runningScene(setUp, "1d");
      const { module, options } = logIn();
      const program = startProgram(consumer, [place.made.policy.file, rotated, module.href, JSON.stringify(options)], place.rotator.env);
      const outcomes: SecretOutcome[] = [];
      for (let time = 1; time <= times; time += 1) {
        const begun = await rotate(place);
        expect(begun).toMatchObject({ result: "rotated", phase: "overlap" });
        await program.printed(`settled ${begun.generation}`);
        const retired = await resume(place, { now: () => Date.now() + DAY_MS + 1 });
        expect(retired).toMatchObject({ result: "retired" });
        outcomes.push(begun, retired);
        await read(place);
      }
      program.child.stdin.end();
      const { stdout, stderr } = await program.ended();
      const { accepted, refused, failed } = JSON.parse(stdout.split("\n").at(-1) ?? "{}") as Record<string, number>;
      expect({ refused, failed, stderr }).toEqual({ refused: 0, failed: 0, stderr: "" });
      expect(accepted).toBeGreaterThan(times * 5);
      await expectClean(place, outcomes);
    });
  });
}

const consumer = fileURLToPath(new URL("../fixtures/consumer.ts", import.meta.url));

function throwingAt(boundary: string): NonNullable<RotationOptions["onStep"]> {
  return ({ step, when }) => {
    if (`${when} ${step}` === boundary) throw new Error("stopped here");
  };
}
