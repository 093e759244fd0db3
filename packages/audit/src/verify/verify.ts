import { join } from "node:path";
import { AuditError } from "../error.ts";
import { linesOf, openToRead, type PlacedLine } from "../log/archives.ts";
import { FILES } from "../log/files.ts";
import { parseHistoryLine } from "../log/head.ts";
import { rawLines } from "../log/lines.ts";
import { parseHead, type TreeHead } from "../note/checkpoint.ts";
import { openNote, parseVerifierKey, type VerifierKey } from "../note/note.ts";
import { append, EMPTY_ROOT, emptyFrontier, leafHash, rootOf, type Frontier } from "../tree/merkle.ts";
import { createSequenceCheck } from "./sequence.ts";

export type FindingCode =
  | "missing"
  | "unparsable"
  | "not-utf8"
  | "edited"
  | "removed"
  | "inserted"
  | "reordered"
  | "duplicated"
  | "renamed"
  | "truncated"
  | "torn-tail"
  | "recovered"
  | "unfinished"
  | "outcome-without-intent"
  | "outcome-repeated"
  | "checkpoint-missing"
  | "checkpoint-malformed"
  | "checkpoint-older"
  | "unsigned"
  | "unknown-key"
  | "bad-signature"
  | "root-mismatch"
  | "fork"
  | "history-damaged"
  | "anchor-invalid"
  | "unsigned-tail";

export interface Finding {
  readonly code: FindingCode;
  /** An `error` means the log is not what was signed; a `warning` wants a look; `info` is no fault. */
  readonly severity: "error" | "warning" | "info";
  /** Sequence of the record concerned. */
  readonly sequence?: number;
  /** Line in `file`, from 1. */
  readonly line?: number;
  /** `records.jsonl` or an archive; present when `line` is. */
  readonly file?: string;
  readonly message: string;
}

export interface Verification {
  /** True when no finding is an error. Warnings (`unfinished`, `recovered`) leave it true: callers choose what they mean to them. */
  readonly ok: boolean;
  /** Lines read, the half-written last one not counted. */
  readonly records: number;
  /** Records after the newest trusted checkpoint: chained, but not signed yet. */
  readonly unsigned: number;
  /** Intents without outcome. */
  readonly unfinished: number;
  /** The newest trusted checkpoint; undefined when none could be trusted. */
  readonly checkpoint: { readonly origin: string; readonly size: number; readonly root: string; readonly text: string } | undefined;
  readonly findings: readonly Finding[];
}

export interface VerifyOptions {
  readonly directory: string;
  /** Verifier key or keys, from a place the log's writer cannot change; never from the log's own folder. */
  readonly trust: string | readonly string[];
  /** A checkpoint kept outside the log (`anchorOf`): the log must contain the tree it signs. */
  readonly anchor?: string | undefined;
}

/** Where a tree head was found. */
export type Where = "checkpoint" | "anchor" | "history";
export type Head = TreeHead & { readonly where: Where; readonly text: string };

/**
 * Recomputes the whole log and compares it with its signed checkpoints and the anchor.
 * Never rejects for what the log holds: that is a finding. The order of reading (checkpoints, then records) lets others append meanwhile.
 * @throws AuditError `key-invalid` when `trust` is empty or no verifier key; `denied` when a file cannot be read.
 */
export async function verifyAuditLog(options: VerifyOptions): Promise<Verification> {
  const { directory } = options;
  const trusted = [options.trust ?? []].flat().map(parseVerifierKey);
  if (trusted.length === 0)
    throw new AuditError("key-invalid", "Verifying needs the verifier key the log is expected to be signed with. Nothing was checked.");
  const findings: Finding[] = [];
  const heads: Head[] = [];

  const anchor = options.anchor === undefined ? undefined : trustedHead(options.anchor, "anchor", trusted, findings);
  if (anchor) heads.push(anchor);
  heads.push(...(await historyHeads(directory, trusted, findings)));
  const text = await readCheckpoint(directory);
  const checkpoint = text === undefined ? undefined : trustedHead(text, "checkpoint", trusted, findings);
  if (text === undefined)
    findings.push({
      code: "checkpoint-missing",
      severity: "error",
      message: "There is no checkpoint: nothing of this log is signed, or its checkpoint was removed.",
    });
  if (checkpoint) heads.push(checkpoint);

  const read = await judgeLog(linesOf(directory), heads, findings);
  const signedSize = checkpoint?.size ?? 0;
  const unsigned = Math.max(0, read.records - signedSize);
  if (checkpoint && unsigned > 0)
    findings.push({
      code: "unsigned-tail",
      severity: "info",
      sequence: signedSize,
      message: `${unsigned} records after the checkpoint (from sequence ${signedSize}) are chained but not signed yet.`,
    });
  if (read.torn) findings.push(tornFinding(read.torn, read.records));
  return {
    ok: findings.every(({ severity }) => severity !== "error"),
    records: read.records,
    unsigned,
    unfinished: findings.filter(({ code }) => code === "unfinished").length,
    checkpoint: checkpoint && {
      origin: checkpoint.origin,
      size: checkpoint.size,
      root: checkpoint.root.toString("base64"),
      text: checkpoint.text,
    },
    findings,
  };
}

/** More than a note with every signature that is read; a larger file is none. */
const MAX_NOTE_BYTES = 1 << 20;

async function readCheckpoint(directory: string): Promise<string | undefined> {
  const handle = await openToRead(join(directory, FILES.checkpoint));
  if (!handle) return undefined;
  try {
    const { size } = await handle.stat();
    return size > MAX_NOTE_BYTES ? "" : await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}

const NAMES: Record<Where, string> = { checkpoint: "The checkpoint", anchor: "The anchor", history: `A line of ${FILES.history}` };

function trustedHead(text: string, where: Where, trusted: readonly VerifierKey[], findings: Finding[]): Head | undefined {
  const name = NAMES[where];
  const add = (code: FindingCode, message: string) => {
    const outer: Record<Where, FindingCode> = { checkpoint: code, anchor: "anchor-invalid", history: "history-damaged" };
    findings.push({ code: outer[where], severity: "error", message });
    return undefined;
  };
  const opened = openNote(text, trusted);
  switch (opened.status) {
    case "malformed":
      return add("checkpoint-malformed", `${name} is not a signed note: ${opened.reason}.`);
    case "unsigned":
      return add("unsigned", `${name} has no signature, but one of ${trusted.map((key) => key.name).join(", ")} is expected.`);
    case "unknown-key":
      return add("unknown-key", `${name} is signed only by keys that are not trusted: ${opened.keys.join(", ")}.`);
    case "bad-signature":
      return add("bad-signature", `${name} has a wrong signature: it, or its text, was altered.`);
    case "signed": {
      const head = parseHead(opened.body);
      return head ? { ...head, where, text } : add("checkpoint-malformed", `${name} does not hold origin, size and root.`);
    }
  }
}

async function historyHeads(directory: string, trusted: readonly VerifierKey[], findings: Finding[]): Promise<Head[]> {
  const handle = await openToRead(join(directory, FILES.history));
  if (!handle) return [];
  const heads: Head[] = [];
  try {
    // A half-written last line is what a crash leaves; `checkpoint` was not replaced then.
    for await (const line of rawLines(handle)) {
      const head = line.complete ? trustedHead(parseHistoryLine(line.bytes.toString("utf8")), "history", trusted, findings) : undefined;
      if (head) heads.push(head);
    }
  } finally {
    await handle.close();
  }
  return heads;
}

interface Reading {
  readonly records: number;
  /** The half-written last line. */
  readonly torn: PlacedLine | undefined;
  /** Root of the tree at every size a head speaks of. */
  readonly roots: ReadonlyMap<number, Buffer>;
}

/** Reads every line once and compares the tree with what was signed; whatever stands out goes to the findings. */
export async function judgeLog(
  lines: AsyncIterable<PlacedLine> | Iterable<PlacedLine>,
  heads: readonly Head[],
  findings: Finding[],
): Promise<Reading> {
  const wanted = new Set(heads.map((head) => head.size));
  const roots = new Map<number, Buffer>([[0, EMPTY_ROOT]]);
  const sequence = createSequenceCheck(findings);
  let tree: Frontier = emptyFrontier;
  let torn: PlacedLine | undefined;
  try {
    for await (const line of lines) {
      if (torn) findings.push(cutArchive(torn));
      torn = line.complete ? undefined : line;
      if (!line.complete) continue;
      const leaf = leafHash(line.bytes);
      tree = append(tree, leaf);
      if (wanted.has(tree.size)) roots.set(tree.size, rootOf(tree));
      sequence.add(line, leaf.toString("hex"));
    }
  } catch (error) {
    if (!(error instanceof AuditError) || error.code !== "not-found") throw error;
    findings.push({ code: "missing", severity: "error", message: error.message });
  }
  sequence.end();
  const read = { records: tree.size, torn, roots };
  compareHeads(heads, read, findings);
  return read;
}

function compareHeads(heads: readonly Head[], read: Reading, findings: Finding[]): void {
  const checkpoint = heads.find(({ where }) => where === "checkpoint");
  const fits = (head: Head) => read.roots.get(head.size)?.equals(head.root) === true;
  const longest = heads.reduce<Head | undefined>((best, head) => (best && best.size >= head.size ? best : head), undefined);
  if (longest && longest.size > read.records)
    findings.push({
      code: "truncated",
      severity: "error",
      sequence: read.records,
      message: `${NAMES[longest.where]} signs ${longest.size} records, but only ${read.records} are left: records from sequence ${read.records} on were removed.`,
    });
  const agreed = Math.max(0, ...heads.filter(fits).map((head) => head.size));
  const disputed = heads.filter((head) => head.size <= read.records && !fits(head));
  const first = disputed.reduce<Head | undefined>((least, head) => (least && least.size <= head.size ? least : head), undefined);
  if (first)
    findings.push(
      rootMismatch(first, Math.max(0, ...heads.filter((head) => fits(head) && head.size < first.size).map(({ size }) => size)), findings),
    );
  for (const head of disputed.filter(({ where }) => where === "anchor"))
    findings.push({
      code: "fork",
      severity: "error",
      message: `This is not the log the anchor was taken from: its first ${head.size} records have another root (longest part that agrees with a checkpoint: ${agreed} records).`,
    });
  const origins = new Set(heads.map((head) => head.origin));
  if (origins.size > 1)
    findings.push({ code: "fork", severity: "error", message: `The checkpoints are of different logs: ${[...origins].join(", ")}.` });
  if (checkpoint && longest && longest.size > checkpoint.size && longest.where === "anchor")
    findings.push({
      code: "checkpoint-older",
      severity: "error",
      message: `The checkpoint signs ${checkpoint.size} records, the anchor ${longest.size}: the checkpoint was replaced by an older one.`,
    });
}

/** `from`: how many records are known to be as they were signed. */
function rootMismatch(head: Head, from: number, findings: readonly Finding[]): Finding {
  const last = head.size - 1;
  const isChained = !findings.some(({ severity, sequence }) => severity === "error" && sequence !== undefined && sequence < head.size);
  const alone = from === last || isChained;
  // Each record holds the hash of the one before: where that holds, a record can only differ if the last one does too.
  const changed = from === last || !isChained ? "" : `, or all from one of records ${from} to ${last - 1} on`;
  return {
    code: "root-mismatch",
    severity: "error",
    sequence: alone ? last : from,
    message:
      `The records are not those that were signed: the tree of the first ${head.size} has another root than ${NAMES[head.where].toLowerCase()} signs. ` +
      `Changed: ${alone ? `record ${last}${changed}` : `one or more of records ${from} to ${last}`}.`,
  };
}

/** In a log others are writing to, or after a crash: says nothing of the signed part, which the tree size covers. */
function tornFinding({ file, line }: PlacedLine, records: number): Finding {
  return {
    code: "torn-tail",
    severity: "warning",
    sequence: records,
    line,
    file,
    message: `Line ${line} is not finished: a process is writing it, or was stopped. The next open of the log moves it aside.`,
  };
}

/** An archive was whole when it was made. */
function cutArchive({ file, line }: PlacedLine): Finding {
  return { code: "truncated", severity: "error", line, file, message: `Line ${line} of ${file} is cut, and the archive ends there.` };
}
