import fc from "fast-check";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { PlacedLine } from "../src/log/archives.ts";
import { parseHead } from "../src/note/checkpoint.ts";
import { openNote, parseVerifierKey } from "../src/note/note.ts";
import { judgeLog, type Finding, type Head } from "../src/verify/verify.ts";
import { signedLog, type Made } from "./log.ts";

const records = 200;
/** How long bits beyond the first of every byte are tried. */
const budgetMs = 45_000;

test(
  "a flipped bit in any byte of a log of 200 records is found, and its record named; further bits as time allows",
  { timeout: 300_000 },
  async () => {
    const { log, head } = await logAndHead();
    const bytes = log.bytes();
    expect(await judged(bytes, head)).toEqual([]);
    const startedMs = performance.now();
    const missed: string[] = [];
    let record = 0;
    const flip = async (at: number, bit: number) => {
      bytes[at]! ^= 1 << bit;
      const findings = await judged(bytes, head);
      bytes[at]! ^= 1 << bit;
      if (!isNamed(findings, record)) missed.push(`byte ${at} bit ${bit} of record ${record}: ${JSON.stringify(findings)}`);
    };
    for (let at = 0; at < bytes.length; at += 1) {
      await flip(at, at % 8);
      if (bytes[at] === 10) record += 1;
    }
    // The other bits of every 131st byte, then of the byte after each, and so on: the whole log is sampled when the time is up.
    const starts = startsOf(bytes);
    sampling: for (let offset = 0; offset < 131; offset += 1)
      for (let at = offset; at < bytes.length; at += 131)
        for (let bit = 0; bit < 8; bit += 1) {
          if (performance.now() - startedMs > budgetMs) break sampling;
          record = starts.findLastIndex((start) => start <= at);
          await flip(at, bit);
        }
    expect(missed.slice(0, 5)).toEqual([]);
  },
);

const changes: [string, (lines: string[], at: number) => string[]][] = [
  ["dropped", (lines, at) => lines.toSpliced(at, 1)],
  ["swapped with the next", (lines, at) => (at === records - 1 ? swapped(lines, 0, at) : swapped(lines, at, at + 1))],
  ["swapped with one far away", (lines, at) => swapped(lines, at, (at + 100) % records)],
  ["doubled in its place", (lines, at) => lines.toSpliced(at, 0, lines[at]!)],
  ["doubled at the end", (lines, at) => [...lines, lines[at]!]],
  ["doubled at the start", (lines, at) => [lines[at]!, ...lines]],
  ["preceded by a foreign one", (lines, at) => lines.toSpliced(at, 0, lines[at]!.replace('"action":"rotate"', '"action":"reveal"'))],
  ["replaced by a foreign one", (lines, at) => lines.with(at, lines[at]!.replace(/"time":"[^"]+"/, '"time":"2020-01-01T00:00:00.000Z"'))],
  ["preceded by an empty line", (lines, at) => lines.toSpliced(at, 0, "")],
  ["followed by the rest of nothing", (lines, at) => lines.slice(0, at)],
  ["cut in the middle, with all after it", (lines, at) => [...lines.slice(0, at), lines[at]!.slice(0, 60)]],
];

test.each(changes)("any record of 200 %s is found and named", { timeout: 60_000 }, async (_, change) => {
  const { log, head } = await logAndHead();
  const lines = log.bytes().toString("utf8").trimEnd().split("\n");
  const missed: string[] = [];
  for (let at = 0; at < records; at += 1) {
    const findings = await judged(
      Buffer.from(
        change(lines, at)
          .map((line) => `${line}\n`)
          .join(""),
      ),
      head,
    );
    if (!isNamed(findings, at)) missed.push(`record ${at}: ${JSON.stringify(findings)}`);
  }
  expect(missed.slice(0, 5)).toEqual([]);
});

test("a log cut at any byte is found, and the first record that is missing named", { timeout: 180_000 }, async () => {
  const { log, head } = await logAndHead();
  const bytes = log.bytes();
  const starts = startsOf(bytes);
  const missed: string[] = [];
  for (let length = 0; length < bytes.length; length += 7) {
    const findings = await judged(bytes.subarray(0, length), head);
    const first = starts.findLastIndex((start) => start <= length);
    if (!findings.some(({ code, sequence }) => code === "truncated" && sequence === first)) missed.push(`at ${length}`);
  }
  expect(missed).toEqual([]);
});

test("whoever rewrites the hashes after a change as well is found by the signature", async () => {
  const { log, head } = await logAndHead();
  const { leafHash } = await import("../src/tree/merkle.ts");
  const lines = log.bytes().toString("utf8").trimEnd().split("\n");
  for (const from of [0, 57, 198, 199]) {
    let last = from === 0 ? undefined : leafHash(Buffer.from(lines[from - 1]!)).toString("hex");
    const rewritten = lines.map((line, at) => {
      if (at < from) return line;
      const record = JSON.parse(line) as { actor: { user: string }; prev: string };
      if (at === from) record.actor.user = "mallory";
      const changed = JSON.stringify({ ...record, ...(last !== undefined && { prev: last }) });
      last = leafHash(Buffer.from(changed)).toString("hex");
      return changed;
    });
    const findings = await judged(Buffer.from(`${rewritten.join("\n")}\n`), head);
    expect(findings).toMatchObject([{ code: "root-mismatch", sequence: 199 }]);
    expect(findings[0]!.message).toContain("Changed: record 199, or all from one of records 0 to 198 on.");
  }
});

/** What may stand in any file of the log: random bytes, pieces of real lines, deep and huge values. */
const garbage = fc.oneof(
  fc.uint8Array({ maxLength: 400 }),
  fc.string({ unit: "binary", maxLength: 200 }).map((text) => Buffer.from(text)),
  fc.json({ maxDepth: 4 }).map((text) => Buffer.from(`${text}\n`)),
  fc.constantFrom(
    Buffer.from(`${"[".repeat(60_000)}\n`),
    Buffer.alloc(200_000, "x"),
    Buffer.alloc(1_000, "\n"),
    Buffer.from('{"__proto__":{"sequence":0}}\n'),
    Buffer.from(`{"sequence":9007199254740991,"prev":"${"0".repeat(64)}","kind":"read","time":"2026-01-01T00:00:00Z","actor":{}}\n`),
  ),
);

interface Edit {
  readonly at: number;
  readonly remove: number;
  readonly insert: Uint8Array;
}

const edits = fc.array(fc.record({ at: fc.nat(1_000_000), remove: fc.oneof(fc.constant(0), fc.nat(700)), insert: garbage }), {
  minLength: 1,
  maxLength: 3,
});

test.each([["records.jsonl"], ["checkpoint"], ["checkpoints.jsonl"]])(
  "no change of %s crashes or stops the verifier, or passes as verified",
  { timeout: 120_000 },
  async (name) => {
    const log = await signedLog(4);
    const file = join(log.directory, name);
    const original = readFileSync(file);
    await fc.assert(
      fc.asyncProperty(edits, async (list) => {
        const changed = list.reduce<Buffer>(edited, original);
        fc.pre(!changed.equals(original) && !isHarmless(name, changed, original));
        writeFileSync(file, changed);
        const startedMs = performance.now();
        const { ok } = await log.verify();
        expect(performance.now() - startedMs).toBeLessThan(5_000);
        expect(ok).toBe(false);
      }),
      { numRuns: 400 },
    );
  },
);

test("no text in the place of the trusted key or the anchor crashes the verifier or makes it trust", { timeout: 60_000 }, async () => {
  const log = await signedLog(2);
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.base64String()), async (text) => {
      expect((await log.verify(text)).findings.map(({ code }) => code)).toContain("anchor-invalid");
      expect(() => parseVerifierKey(text)).toThrow(expect.objectContaining({ code: "key-invalid" }));
    }),
    { numRuns: 300 },
  );
});

/** More after the end of the signed part is no change of it: a half line, or a line that a crash left half written. */
function isHarmless(name: string, changed: Buffer, original: Buffer): boolean {
  if (!changed.subarray(0, original.length).equals(original)) {
    // The history is a second witness: what is left of it must be true, but less of it may be left.
    if (name !== "checkpoints.jsonl") return false;
    const known = new Set(original.toString("utf8").split("\n"));
    return changed
      .toString("utf8")
      .split("\n")
      .slice(0, -1)
      .every((line) => known.has(line));
  }
  return name !== "checkpoint" && !changed.subarray(original.length).includes(10);
}

function edited(bytes: Buffer, { at, remove, insert }: Edit): Buffer {
  const from = at % (bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, from), insert, bytes.subarray(from + remove)]);
}

/** Only the newest checkpoint: what is found is found without the help of the history or an anchor. */
async function logAndHead(): Promise<{ log: Made; head: Head }> {
  const log = await signedLog(records / 2, { user: "u", host: "h", pid: 1 });
  const text = readFileSync(join(log.directory, "checkpoint"), "utf8");
  const opened = openNote(text, [parseVerifierKey(log.signer.verifierKey)]);
  if (opened.status !== "signed") throw new Error(opened.status);
  const head = parseHead(opened.body)!;
  expect(head.size).toBe(records);
  return { log, head: { ...head, where: "checkpoint", text } };
}

async function judged(bytes: Buffer, head: Head): Promise<Finding[]> {
  const findings: Finding[] = [];
  await judgeLog(linesIn(bytes), [head], findings);
  return findings.filter(({ severity }) => severity === "error");
}

function* linesIn(bytes: Buffer): Generator<PlacedLine> {
  let from = 0;
  for (let line = 1; from < bytes.length; line += 1) {
    const end = bytes.indexOf(10, from);
    yield {
      bytes: bytes.subarray(from, end === -1 ? bytes.length : end),
      complete: end !== -1,
      file: "records.jsonl",
      line,
      first: undefined,
    };
    from = end === -1 ? bytes.length : end + 1;
  }
}

function isNamed(findings: readonly Finding[], record: number): boolean {
  return findings.some(
    ({ sequence, line, message }) => sequence === record || line === record + 1 || new RegExp(`record ${record}\\b`).test(message),
  );
}

/** Where each line begins. */
function startsOf(bytes: Buffer): number[] {
  return [0, ...[...bytes.entries()].filter(([, byte]) => byte === 10).map(([at]) => at + 1)].slice(0, -1);
}

function swapped(lines: string[], one: number, other: number): string[] {
  return lines.with(one, lines[other]!).with(other, lines[one]!);
}
