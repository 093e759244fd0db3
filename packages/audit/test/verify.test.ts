import fc from "fast-check";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { anchorOf, createSigner, openAuditLog, verifyAuditLog } from "../src/index.ts";
import { copyOf, folder, ORIGIN, signedLog } from "./log.ts";

test("an untouched log verifies", async () => {
  const log = await signedLog(5);
  expect(await log.verify()).toMatchObject({ ok: true, records: 10, unsigned: 0, unfinished: 0, findings: [] });
});

test("every flipped bit of a small log is found", { timeout: 120_000 }, async () => {
  const log = await signedLog(2);
  const original = log.bytes();
  const missed: number[] = [];
  for (let bit = 0; bit < original.length * 8; bit += 1) {
    const copy = Buffer.from(original);
    copy[bit >> 3]! ^= 1 << (bit & 7);
    log.replace(copy);
    if ((await log.verify()).ok) missed.push(bit);
  }
  expect(missed).toEqual([]);
});

test("sampled flipped bits of a log of 200 records are found, and the record is named", { timeout: 120_000 }, async () => {
  const log = await signedLog(100);
  const original = log.bytes();
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: original.length * 8 - 1 }), async (bit) => {
      const copy = Buffer.from(original);
      copy[bit >> 3]! ^= 1 << (bit & 7);
      log.replace(copy);
      const { ok, findings } = await log.verify();
      const record =
        original
          .subarray(0, bit >> 3)
          .toString("latin1")
          .split("\n").length - 1;
      expect(ok).toBe(false);
      const named = findings.filter(({ severity }) => severity === "error").map(({ sequence = -9 }) => sequence);
      expect(named.some((sequence) => Math.abs(sequence - record) <= 1) || record === 199).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test("truncation at every byte is found", { timeout: 120_000 }, async () => {
  const log = await signedLog(3);
  const original = log.bytes();
  for (let length = 0; length < original.length; length += 1) {
    log.replace(original.subarray(0, length));
    expect(await log.codes(), `at byte ${length}`).toContain("truncated");
  }
});

test("every dropped, doubled and swapped line is found and named", async () => {
  const log = await signedLog(4);
  const lines = log.bytes().toString("utf8").trimEnd().split("\n");
  const found = async (changed: string[]) => {
    log.replace(`${changed.join("\n")}\n`);
    return (await log.verify()).findings.map(({ code, sequence }) => `${code} ${sequence}`);
  };
  for (const [index, line] of lines.entries()) {
    expect(await found(lines.toSpliced(index, 1))).toContain(index === 7 ? "truncated 7" : `removed ${index}`);
    expect(await found(lines.toSpliced(index, 0, line))).toContain(`duplicated ${index}`);
    if (index > 0) expect(await found(lines.with(index, lines[index - 1]!).with(index - 1, line))).toContain(`reordered ${index - 1}`);
  }
});

test("an edited record is named by sequence and line", async () => {
  const log = await signedLog(3);
  log.replace(log.bytes().toString("utf8").replace('"s/1"', '"s/9"'));
  expect((await log.verify()).findings).toContainEqual(expect.objectContaining({ code: "edited", sequence: 1, line: 2 }));
});

test("bytes that are not UTF-8 are named", async () => {
  const log = await signedLog(1);
  const bytes = log.bytes();
  bytes[bytes.indexOf("rotate")] = 0xff;
  log.replace(bytes);
  expect(await log.codes()).toContain("not-utf8");
});

test("a log cut and given its own older checkpoint is found by the history, and without it by the anchor", async () => {
  const log = await signedLog(1);
  const older = readFileSync(join(log.directory, "checkpoint"));
  const cut = log.bytes();
  const again = await openAuditLog({ directory: log.directory, origin: ORIGIN, signer: log.signer });
  await again.outcome(await again.intent({ action: "rotate" }), { result: "done" });
  const anchor = await anchorOf(again);
  await again.close();
  log.replace(cut);
  writeFileSync(join(log.directory, "checkpoint"), older);
  expect(await log.codes()).toEqual(["truncated"]);
  rmSync(join(log.directory, "checkpoints.jsonl"));
  expect((await log.verify()).ok).toBe(true);
  expect(await log.codes(anchor)).toEqual(["truncated", "checkpoint-older"]);
});

test("a history rewritten with the log's own key is a fork from the anchor", async () => {
  const log = await signedLog(2);
  const anchor = readFileSync(join(log.directory, "checkpoint"), "utf8");
  rmSync(log.directory, { recursive: true });
  const forged = await openAuditLog({ directory: log.directory, origin: ORIGIN, signer: log.signer });
  for (let index = 0; index < 5; index += 1) await forged.read({ secret: "other" });
  await forged.close();
  expect(await log.verify()).toMatchObject({ ok: true });
  expect(await log.codes(anchor)).toContain("fork");
});

test("a missing, an empty and an unsigned log fail", async () => {
  const log = await signedLog(1);
  const anchor = readFileSync(join(log.directory, "checkpoint"), "utf8");
  const verify = (directory: string) => verifyAuditLog({ directory, trust: log.signer.verifierKey, anchor });
  const empty = folder();
  expect((await verify(join(empty, "nowhere"))).findings.map(({ code }) => code)).toEqual(["checkpoint-missing", "missing", "truncated"]);
  writeFileSync(join(empty, "records.jsonl"), "");
  expect((await verify(empty)).findings.map(({ code }) => code)).toEqual(["checkpoint-missing", "truncated"]);

  const unsigned = await openAuditLog({ directory: join(folder(), "u"), origin: ORIGIN });
  await unsigned.read({ secret: "a" });
  await unsigned.close();
  const result = await verifyAuditLog({ directory: unsigned.directory, trust: log.signer.verifierKey });
  expect(result).toMatchObject({ ok: false, checkpoint: undefined });
  expect(result.findings.map(({ code }) => code)).toContain("unsigned");
});

test("another key, an altered signature and no trusted key fail", async () => {
  const log = await signedLog(1);
  const other = await createSigner({ file: join(log.root, "other.pem"), name: ORIGIN });
  const result = await verifyAuditLog({ directory: log.directory, trust: other.verifierKey });
  expect(result.findings.map(({ code }) => code)).toContain("unknown-key");
  await expect(verifyAuditLog({ directory: log.directory, trust: [] })).rejects.toMatchObject({ code: "key-invalid" });
  const file = join(log.directory, "checkpoint");
  const text = readFileSync(file, "utf8");
  writeFileSync(
    file,
    text.replace(/(.)(....\n)$/, (_, digit: string, rest: string) => (digit === "A" ? "B" : "A") + rest),
  );
  expect(await log.codes()).toContain("bad-signature");
});

test("an intent without outcome is unfinished, which leaves the log's integrity ok", async () => {
  const log = await signedLog(1);
  const again = await openAuditLog({ directory: log.directory, origin: ORIGIN, signer: log.signer });
  await again.intent({ action: "rotate", secret: "s" });
  await again.outcome({ sequence: 77 }, { result: "done" });
  await again.close();
  const { findings, unfinished } = await log.verify();
  expect(unfinished).toBe(1);
  expect(findings.map(({ code, sequence }) => [code, sequence])).toEqual([
    ["outcome-without-intent", 3],
    ["unfinished", 2],
  ]);
});

test("records after the checkpoint are counted as unsigned", async () => {
  const log = await signedLog(1);
  const again = await openAuditLog({ directory: log.directory, origin: ORIGIN, signer: log.signer });
  await again.read({ secret: "s" });
  const copy = copyOf(log.directory);
  await again.close();
  const result = await verifyAuditLog({ directory: copy, trust: log.signer.verifierKey });
  expect(result).toMatchObject({ ok: true, unsigned: 1, findings: [{ code: "unsigned-tail", severity: "info" }] });
});
