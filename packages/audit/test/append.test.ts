import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, truncateSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { anchorOf, createSigner, openAuditLog, readRecords, verifyAuditLog, type AuditRecord, type Sink } from "../src/index.ts";
import { folder, ORIGIN, signedLog } from "./log.ts";

const CHILD = join(import.meta.dirname, "fixtures", "append.ts");

test("an intent is on disk when it resolves, and holds only known fields", async () => {
  const log = await openAuditLog({ directory: join(folder(), "log"), origin: ORIGIN, now: () => 0 });
  const facts = { action: "rotate", secret: "psp/webhook", value: "no place for this" };
  await log.intent(facts);
  const [record] = readFileSync(join(log.directory, "records.jsonl"), "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as AuditRecord);
  expect(record).toMatchObject({ sequence: 0, time: "1970-01-01T00:00:00.000Z", kind: "intent", action: "rotate", secret: "psp/webhook" });
  expect(record).not.toHaveProperty("value");
  await log.close();
});

test(
  "processes appending at once, some killed, leave a log that verifies and holds every acknowledged record",
  { timeout: 180_000 },
  async () => {
    const root = folder();
    const children = [500, 500, 500, 500].map((count) => append(root, count));
    // The last two are killed once they have written 40 and 90 records.
    children[2]!.killAfter(40);
    children[3]!.killAfter(90);
    const acknowledged = (await Promise.all(children.map(({ ended }) => ended))).reduce((sum, count) => sum + count, 0);
    const signer = await createSigner({ file: join(root, "signer.pem"), name: ORIGIN });
    const log = await openAuditLog({ directory: join(root, "log"), origin: ORIGIN, signer });
    await log.close();
    const result = await verifyAuditLog({ directory: join(root, "log"), trust: signer.verifierKey });
    expect(result.findings.filter(({ code }) => code !== "recovered")).toEqual([]);
    expect(acknowledged).toBeGreaterThanOrEqual(1_130);
    expect(result.records).toBeGreaterThanOrEqual(acknowledged);
    expect(result.unsigned).toBe(0);
  },
);

test("a machine that sleeps while a record is about to be written loses the lock, and the record is written after it wakes", async () => {
  const directory = join(folder(), "log");
  let times = 0;
  const now = () => {
    times += 1;
    // What another process sees after a sleep: a lock that nobody renewed.
    if (times === 1) utimesSync(join(directory, "lock"), 0, 0);
    return Date.now();
  };
  const log = await openAuditLog({ directory, origin: ORIGIN, now });
  await log.intent({ action: "rotate", secret: "psp/webhook" });
  await log.close();
  expect(times).toBeGreaterThan(1);
  const records = readFileSync(join(directory, "records.jsonl"), "utf8").trim().split("\n");
  expect(records.map((line) => (JSON.parse(line) as AuditRecord).sequence)).toEqual([0]);
});

test("a torn last line is moved aside, recorded, and the log goes on", async () => {
  const log = await signedLog(2);
  appendFileSync(log.records, '{"sequence":4,"ti');
  expect(await log.codes()).toEqual(["torn-tail"]);
  const again = await openAuditLog({ directory: log.directory, origin: ORIGIN, signer: log.signer });
  await again.close();
  expect(readFileSync(join(log.directory, "torn-4"), "utf8")).toBe('{"sequence":4,"ti');
  expect(await log.verify()).toMatchObject({ ok: true, records: 5, findings: [{ code: "recovered", sequence: 4 }] });
});

test.each([
  ["cut", (file: string) => truncateSync(file, statSync(file).size - 1)],
  ["lengthened by a line that does not follow", (file: string) => appendFileSync(file, "{}\n")],
])("a log that was %s is refused when opened, and nothing is signed over it", async (_, change) => {
  const log = await signedLog(2);
  const checkpoint = readFileSync(join(log.directory, "checkpoint"));
  change(log.records);
  const opening = openAuditLog({ directory: log.directory, origin: ORIGIN, signer: log.signer });
  await expect(opening).rejects.toMatchObject({ code: "log-damaged" });
  expect(readFileSync(join(log.directory, "checkpoint"))).toEqual(checkpoint);
});

const namespaces = spawnSync("unshare", ["-rm", "true"]).status === 0;

test.skipIf(!namespaces)("a full disk fails the append, says so, and leaves the log as it was", async () => {
  const root = folder();
  // A file system of 64 KiB in a mount namespace of its own; the log is copied out before it goes away.
  const script = 'mkdir small copy; mount -t tmpfs -o size=64k small small && "$0" "$1" small 1000; cp -r small/. copy';
  const child = spawn("unshare", ["-rm", "sh", "-c", script, process.execPath, CHILD], { cwd: root, stdio: ["ignore", "ignore", "pipe"] });
  let complaint = "";
  for await (const chunk of child.stderr) complaint += String(chunk);
  expect(complaint).toMatch(/Cannot append to the audit log .*is full\. The log was left as it was\. Free some space/);
  const directory = join(root, "copy", "log");
  const records = readFileSync(join(directory, "records.jsonl"), "utf8");
  expect(records.endsWith("}\n")).toBe(true);
  const signer = await createSigner({ file: join(root, "copy", "signer.pem"), name: ORIGIN });
  const result = await verifyAuditLog({ directory, trust: signer.verifierKey });
  expect(result).toMatchObject({ ok: true, records: records.split("\n").length - 1, findings: [{ code: "unsigned-tail" }] });
});

test("a process stopped in the middle of a line leaves a log that the next one repairs", async () => {
  const root = folder();
  // The file-size limit of 4096 bytes falls inside a line; the signal it raises ends the process there.
  const child = spawn("sh", ["-c", 'ulimit -f 8; exec "$0" "$@"', process.execPath, CHILD, root, "100"], { stdio: "ignore" });
  await new Promise((done) => child.on("close", done));
  const signer = await createSigner({ file: join(root, "signer.pem"), name: ORIGIN });
  const verify = () => verifyAuditLog({ directory: join(root, "log"), trust: signer.verifierKey });
  expect((await verify()).findings.map(({ code }) => code)).toContain("torn-tail");
  await (await openAuditLog({ directory: join(root, "log"), origin: ORIGIN, signer })).close();
  expect(await verify()).toMatchObject({ ok: true, unsigned: 0, findings: [{ code: "recovered" }] });
});

test("records that are not a regular file are refused", async () => {
  const directory = join(folder(), "log");
  mkdirSync(directory);
  symlinkSync("/dev/full", join(directory, "records.jsonl"));
  await expect(openAuditLog({ directory, origin: ORIGIN })).rejects.toMatchObject({ code: "log-replaced" });
});

test("who has no right to the folder is denied", async () => {
  const log = await signedLog(1);
  const code = `import(${JSON.stringify(join(import.meta.dirname, "../src/index.ts"))}).then((m) => m.openAuditLog({ directory: process.argv[1], origin: "o" })).catch((e) => console.log(e.code, e.message))`;
  chmodSync(log.directory, 0);
  // Root would not be stopped by a mode, were it not to give up the right to ignore it.
  const lost = "-dac_override,-dac_read_search";
  const asOrdinary = process.getuid?.() === 0 ? ["setpriv", `--inh-caps=${lost}`, `--bounding-set=${lost}`] : [];
  const [program = "", ...args] = [...asOrdinary, process.execPath, "--input-type=module", "-e", code, log.directory];
  const child = spawn(program, args, { cwd: "/" });
  let output = "";
  for await (const chunk of child.stdout) output += String(chunk);
  chmodSync(log.directory, 0o700);
  expect(output).toMatch(/^denied Cannot open the audit log .*permission was denied\. Nothing was written\./);
});

test("a signing key others can read is not used", async () => {
  const root = folder();
  const file = join(root, "signer.pem");
  const signer = await createSigner({ file, name: ORIGIN });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  chmodSync(file, 0o644);
  await expect(signer.sign(Buffer.from("a"))).rejects.toMatchObject({ code: "key-mode", message: expect.stringContaining("0644") });
  await expect(createSigner({ file, name: ORIGIN })).rejects.toMatchObject({ code: "key-mode" });
});

test("a value handed to fingerprint() is in no file, and cannot be passed as a fingerprint", async () => {
  const canary = ["canary", "x".repeat(24)].join("_");
  const log = await signedLog(1);
  const again = await openAuditLog({ directory: log.directory, origin: ORIGIN, signer: log.signer });
  const print = await again.fingerprint(canary);
  await again.outcome(await again.intent({ action: "rotate", fingerprint: print }), { result: "done", fingerprint: print });
  await expect(again.read({ fingerprint: canary })).rejects.toSatisfy((error: Error) => !error.message.includes(canary));
  await again.close();
  const files = readdirSync(log.directory);
  expect(files.filter((name) => readFileSync(join(log.directory, name)).includes(canary))).toEqual([]);
  expect(readFileSync(log.records, "utf8")).toContain(print);
  expect(statSync(join(log.directory, "fingerprint.key")).mode & 0o777).toBe(0o600);
});

test("a sink that hangs never blocks, and what it lost is recorded", async () => {
  const received: string[] = [];
  const hanging: Sink = { name: "hanging", write: () => new Promise(() => undefined) };
  const failing: Sink = { name: "failing", write: () => Promise.reject(new Error("gone")) };
  const good: Sink = { name: "good", write: (line) => void received.push(line) };
  const log = await openAuditLog({ directory: join(folder(), "log"), origin: ORIGIN, sinks: [hanging, failing, good] });
  for (let index = 0; index < 5; index += 1) await log.read({ secret: "s" });
  await log.close();
  const lost = new Map<string, number>();
  for await (const record of readRecords(log.directory))
    if (record.kind === "sink-lost") lost.set(record.sink!, (lost.get(record.sink!) ?? 0) + record.lost!);
  expect(lost.get("hanging")).toBeGreaterThanOrEqual(5);
  expect(lost.get("failing")).toBeGreaterThanOrEqual(5);
  expect(lost.has("good")).toBe(false);
  expect(received.filter((line) => line.includes('"kind":"read"'))).toHaveLength(5);
});

test("records can be read by time and by secret", async () => {
  let timeMs = 0;
  const log = await openAuditLog({ directory: join(folder(), "log"), origin: ORIGIN, now: () => (timeMs += 1_000) });
  for (const secret of ["a", "b", "a"]) await log.read({ secret });
  await log.close();
  const sequences = [];
  for await (const { sequence } of readRecords(log.directory, { secret: "a", since: new Date(2_000) })) sequences.push(sequence);
  expect(sequences).toEqual([2]);
});

test("a signer that fails leaves the outcome on disk and says it is not signed", async () => {
  const log = await signedLog(1);
  let broken = false;
  const signer = {
    ...log.signer,
    sign: (bytes: Uint8Array) => (broken ? Promise.reject(new Error("unreachable")) : log.signer.sign(bytes)),
  };
  const again = await openAuditLog({ directory: log.directory, origin: ORIGIN, signer });
  const intent = await again.intent({ action: "rotate" });
  broken = true;
  await expect(again.outcome(intent, { result: "done" })).rejects.toMatchObject({ code: "sign-failed" });
  expect(await log.verify()).toMatchObject({ ok: true, records: 4, unsigned: 2, unfinished: 0 });
  broken = false;
  await anchorOf(again);
  await again.close();
  expect(await log.verify()).toMatchObject({ ok: true, unsigned: 0 });
});

function append(root: string, count: number) {
  const child = spawn(process.execPath, [CHILD, root, String(count)], { stdio: ["ignore", "pipe", "inherit"] });
  let lines = 0;
  let killAt = Infinity;
  child.stdout.on("data", (data: Buffer) => {
    lines += data.toString().split("\n").length - 1;
    if (lines >= killAt) child.kill("SIGKILL");
  });
  return {
    killAfter: (at: number) => (killAt = at),
    ended: new Promise<number>((done) => child.on("close", () => done(lines))),
  };
}

test("temporary files of killed processes are removed when the log is opened; those of running ones and of others stay", async () => {
  const { root, directory } = await signedLog(1);
  const old = new Date(Date.now() - 60_000);
  const make = (path: string, time?: Date) => {
    appendFileSync(path, "half");
    if (time) utimesSync(path, time, time);
  };
  make(join(directory, "checkpoint.4711.0123456789ab.tmp"), old);
  make(join(directory, "torn-3.4711.0123456789ab.tmp"), old);
  make(join(root, "signer.pem.4711.0123456789ab.tmp"), old);
  make(join(directory, "state.json.4711.0123456789ab.tmp"));
  make(join(directory, "mine.txt.4711.0123456789ab.tmp"), old);
  const signer = await createSigner({ file: join(root, "signer.pem"), name: ORIGIN });
  await (await openAuditLog({ directory, origin: ORIGIN, signer })).close();
  const left = [...readdirSync(root), ...readdirSync(directory)].filter((name) => name.endsWith(".tmp"));
  expect(left.sort()).toEqual(["mine.txt.4711.0123456789ab.tmp", "state.json.4711.0123456789ab.tmp"]);
});
