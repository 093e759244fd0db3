import { spawn } from "node:child_process";
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createSigner, openAuditLog, readRecords, verifyAuditLog, type AuditLog, type Signer } from "../src/index.ts";
import { folder, ORIGIN } from "./log.ts";

const CHILD = join(import.meta.dirname, "fixtures", "append.ts");
const archiveBytes = 4_000;

test("a log that gets larger than its limit goes on in a new file; archives are named by their first record", async () => {
  const { directory, verify } = await archivedLog(60);
  const archives = archivesOf(directory);
  expect(archives.length).toBeGreaterThan(2);
  expect(archives[0]).toBe("records-000000000000.jsonl");
  for (const name of [...archives, "records.jsonl"]) {
    const [first = ""] = readFileSync(join(directory, name), "utf8").split("\n");
    if (name !== "records.jsonl") expect(JSON.parse(first)).toMatchObject({ sequence: Number(/\d+/.exec(name)![0]) });
    expect(statSync(join(directory, name)).size).toBeLessThanOrEqual(archiveBytes);
  }
  expect(await verify()).toMatchObject({ ok: true, records: 60, unsigned: 0, findings: [] });
  expect(await sequences(directory)).toEqual(Array.from({ length: 60 }, (_, index) => index));
  // What was signed before and after is one tree: the newest checkpoint covers it all.
  expect(readFileSync(join(directory, "checkpoint"), "utf8").split("\n")[1]).toBe("60");
});

test("every record of an archive is signed, although no outcome was written", async () => {
  const { directory, signer } = await opened();
  const log = await openAuditLog({ directory, origin: ORIGIN, signer, archiveBytes });
  while (archivesOf(directory).length === 0) await log.read({ secret: "s" });
  const inArchive = readFileSync(join(directory, archivesOf(directory)[0]!), "utf8").split("\n").length - 1;
  expect(Number(readFileSync(join(directory, "checkpoint"), "utf8").split("\n")[1])).toBe(inArchive);
  await log.close();
});

test("opening goes on where the log ended, with the cached position and without it, also with another limit", async () => {
  const { directory, signer, verify } = await archivedLog(40);
  for (const change of [
    () => undefined,
    () => rmSync(join(directory, "state.json")),
    () => writeFileSync(join(directory, "state.json"), "{}"),
  ]) {
    change();
    const log = await openAuditLog({ directory, origin: ORIGIN, signer });
    await log.read({ secret: "s" });
    await log.close();
    expect(await verify()).toMatchObject({ ok: true, findings: [] });
  }
  expect(await sequences(directory)).toHaveLength(43);
});

test.each([
  ["the first", 0],
  ["one in the middle", 1],
  ["the newest", -1],
])("%s archive removed is noticed, and named", async (_, which) => {
  const { directory, verify } = await archivedLog(60);
  const name = archivesOf(directory).at(which)!;
  const { length } = readFileSync(join(directory, name), "utf8").trimEnd().split("\n");
  const first = Number(/\d+/.exec(name)![0]);
  rmSync(join(directory, name));
  const { ok, findings } = await verify();
  expect(ok).toBe(false);
  expect(findings).toContainEqual({
    code: "removed",
    severity: "error",
    sequence: first,
    message: `Records ${first} to ${first + length - 1} are missing, and with them the archive ${name}.`,
  });
});

test("a changed, cut, renamed, swapped or added archive is found", async () => {
  const { directory, verify } = await archivedLog(60);
  const [first, second] = archivesOf(directory).map((name) => join(directory, name)) as [string, string];
  const found = async (change: () => void, undo: () => void) => {
    change();
    const result = await verify();
    undo();
    expect(result.ok).toBe(false);
    return result.findings.map(({ code, file, line }) => [code, file, line].filter((part) => part !== undefined).join(" "));
  };
  const original = readFileSync(second);
  const write = (text: string | Buffer) => () => writeFileSync(second, text);
  const restore = write(original);
  const name = second.split("/").at(-1)!;
  expect(await found(write(original.toString("utf8").replace('"s1', '"s9')), restore)).toContain(`edited ${name} 1`);
  expect(await found(write(original.subarray(0, -5)), restore)).toContain(
    `truncated ${name} ${original.toString("utf8").split("\n").length - 1}`,
  );
  expect(await found(write(""), restore)).toContain("removed");
  const moved = join(directory, "records-000000000007.jsonl");
  expect(
    await found(
      () => renameSync(first, moved),
      () => renameSync(moved, first),
    ),
  ).toContain("renamed records-000000000007.jsonl 1");
  expect(
    await found(
      () => copyFileSync(first, moved),
      () => rmSync(moved),
    ),
  ).toContain("duplicated records-000000000007.jsonl 1");
  expect((await verify()).ok).toBe(true);
});

test("a changed archive is not signed over: what is appended later does not make it true", async () => {
  const { directory, signer, verify } = await archivedLog(60);
  const file = join(directory, archivesOf(directory)[1]!);
  writeFileSync(file, readFileSync(file, "utf8").replace('"s1', '"s9'));
  const append = async () => {
    const log = await openAuditLog({ directory, origin: ORIGIN, signer, archiveBytes });
    await log.read({ secret: "s" });
    await log.close();
  };
  await append();
  expect((await verify()).findings.map(({ code }) => code)).toContain("edited");
  rmSync(join(directory, "state.json"));
  await expect(append()).rejects.toMatchObject({ code: "log-damaged" });
});

test("a log whose first archive is gone is not continued", async () => {
  const { directory, signer } = await archivedLog(60);
  rmSync(join(directory, archivesOf(directory)[0]!));
  await expect(openAuditLog({ directory, origin: ORIGIN, signer })).rejects.toMatchObject({
    code: "log-damaged",
    message: expect.stringContaining("records-000000000000.jsonl is missing"),
  });
});

test("a process stopped between the two steps of archiving leaves a log that verifies, and the next one finishes", async () => {
  const { directory, signer, verify } = await archivedLog(20);
  const archived = archivesOf(directory);
  const [line = "{}"] = readFileSync(join(directory, "records.jsonl"), "utf8").split("\n");
  const { sequence } = JSON.parse(line) as { sequence: number };
  linkSync(join(directory, "records.jsonl"), join(directory, `records-${String(sequence).padStart(12, "0")}.jsonl`));
  expect(await verify()).toMatchObject({ ok: true, records: 20, findings: [] });
  expect(await sequences(directory)).toHaveLength(20);
  const log = await openAuditLog({ directory, origin: ORIGIN, signer, archiveBytes });
  await log.read({ secret: "s" });
  await log.close();
  expect(archivesOf(directory)).toHaveLength(archived.length + 1);
  expect(readFileSync(join(directory, "records.jsonl"), "utf8").split("\n")).toHaveLength(2);
  expect(await verify()).toMatchObject({ ok: true, records: 21, findings: [] });
});

test("a process that has the log open follows when others archive it, several times over", async () => {
  const { directory, signer, verify } = await opened();
  const log = await openAuditLog({ directory, origin: ORIGIN, signer });
  await log.read({ secret: "first" });
  const other = await openAuditLog({ directory, origin: ORIGIN, signer, archiveBytes });
  for (let index = 0; index < 40; index += 1) await other.read({ secret: `s${index}` });
  await other.close();
  expect(archivesOf(directory).length).toBeGreaterThan(1);
  await log.read({ secret: "last" });
  await log.close();
  expect(await verify()).toMatchObject({ ok: true, records: 42, findings: [] });
});

test("an archive taken away under a process that has the log open stops it", async () => {
  const { directory, signer } = await opened();
  const log = await openAuditLog({ directory, origin: ORIGIN, signer, archiveBytes });
  await log.read({ secret: "first" });
  renameSync(join(directory, "records.jsonl"), join(directory, "elsewhere"));
  appendFileSync(join(directory, "records.jsonl"), "");
  await expect(log.read({ secret: "second" })).rejects.toMatchObject({ code: "log-replaced" });
  renameSync(join(directory, "elsewhere"), join(directory, "records.jsonl"));
  await log.close();
});

test(
  "processes appending and archiving at once, some killed, lose no acknowledged record; verifying meanwhile finds nothing wrong",
  { timeout: 240_000 },
  async () => {
    const root = folder();
    const directory = join(root, "log");
    const children = [250, 250, 250, 250].map((count) => append(root, count));
    children[2]!.killAfter(60);
    children[3]!.killAfter(110);
    const ended = Promise.all(children.map((child) => child.ended));
    let running = true;
    void ended.then(() => (running = false));
    const signer = await createSigner({ file: join(root, "signer.pem"), name: ORIGIN });
    const wrong: unknown[] = [];
    let verified = 0;
    while (running) {
      if (!existsSync(join(directory, "checkpoint"))) {
        await new Promise((done) => setTimeout(done, 20));
        continue;
      }
      const { findings } = await verifyAuditLog({ directory, trust: signer.verifierKey });
      wrong.push(...findings.filter(({ severity }) => severity === "error"));
      verified += 1;
    }
    const acknowledged = (await ended).flat();
    expect(wrong).toEqual([]);
    expect(verified).toBeGreaterThan(2);
    expect(archivesOf(directory).length).toBeGreaterThan(10);
    const log = await openAuditLog({ directory, origin: ORIGIN, signer });
    await log.close();
    const result = await verifyAuditLog({ directory, trust: signer.verifierKey });
    expect(result.findings.filter(({ code }) => code !== "recovered")).toEqual([]);
    const secrets = new Set<string | undefined>();
    for await (const { secret } of readRecords(directory)) secrets.add(secret);
    expect(acknowledged.filter((secret) => !secrets.has(secret))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThanOrEqual(670);
  },
);

test("while the signer fails, records go on in the file that is full", async () => {
  const { directory, signer } = await opened();
  let broken = false;
  const unreliable: Signer = {
    ...signer,
    sign: (bytes) => (broken ? Promise.reject(new Error("unreachable")) : signer.sign(bytes)),
  };
  const log = await openAuditLog({ directory, origin: ORIGIN, signer: unreliable, archiveBytes });
  broken = true;
  await fill(log, 30);
  expect(archivesOf(directory)).toEqual([]);
  broken = false;
  await log.read({ secret: "s" });
  expect(archivesOf(directory)).toHaveLength(1);
  await log.close();
});

interface Opened {
  readonly root: string;
  readonly directory: string;
  readonly signer: Signer;
  verify(): ReturnType<typeof verifyAuditLog>;
}

async function opened(): Promise<Opened> {
  const root = folder();
  const directory = join(root, "log");
  const signer = await createSigner({ file: join(root, "signer.pem"), name: ORIGIN });
  return { root, directory, signer, verify: () => verifyAuditLog({ directory, trust: signer.verifierKey }) };
}

async function archivedLog(records: number): Promise<Opened> {
  const made = await opened();
  const log = await openAuditLog({ directory: made.directory, origin: ORIGIN, signer: made.signer, archiveBytes });
  await fill(log, records);
  await log.close();
  return made;
}

async function fill(log: AuditLog, records: number): Promise<void> {
  for (let index = 0; index < records; index += 1) await log.read({ secret: `s${index}` });
}

function archivesOf(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => /^records-\d+\.jsonl$/.test(name))
    .sort();
}

async function sequences(directory: string): Promise<number[]> {
  const found = [];
  for await (const { sequence } of readRecords(directory)) found.push(sequence);
  return found;
}

function append(root: string, count: number) {
  const child = spawn(process.execPath, [CHILD, root, String(count), String(archiveBytes)], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  let killAt = Infinity;
  child.stdout.on("data", (data: Buffer) => {
    said += data.toString();
    if (said.split("\n").length - 1 >= killAt) child.kill("SIGKILL");
  });
  return {
    killAfter: (at: number) => (killAt = at),
    ended: new Promise<string[]>((done) =>
      child.on("close", () =>
        done(
          said
            .split("\n")
            .slice(0, -1)
            .map((index) => `${child.pid}/${index}`),
        ),
      ),
    ),
  };
}
