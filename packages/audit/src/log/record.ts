import { AuditError } from "../error.ts";

/** Who acted. */
export interface Actor {
  readonly user: string;
  readonly host: string;
  readonly pid: number;
  /** Job of the CI service, when there is one. */
  readonly ci?: string | undefined;
  /** Identity the store knows this process by, for example a Vault entity. */
  readonly entity?: string | undefined;
}

/** What may be said about an act. There is no field for a value, and no other field is written. */
export interface Facts {
  readonly action: string;
  readonly secret?: string | undefined;
  readonly store?: string | undefined;
  readonly generation?: number | undefined;
  readonly phase?: string | undefined;
  readonly rotation?: string | undefined;
  readonly request?: string | undefined;
  readonly trace?: string | undefined;
  /** Of `fingerprint()`: 32 hexadecimal digits, keyed. Anything else is refused. */
  readonly fingerprint?: string | undefined;
}

export interface OutcomeFacts extends Partial<Facts> {
  readonly result: "done" | "failed" | "unknown";
  /** Stable code of the error, never its text. */
  readonly error?: string | undefined;
}

export type RecordKind = "intent" | "outcome" | "read" | "recovered" | "sink-lost";

/** One line of `records.jsonl`. */
export interface AuditRecord extends Partial<Facts> {
  readonly sequence: number;
  /** ISO 8601, UTC, milliseconds. */
  readonly time: string;
  readonly kind: RecordKind;
  readonly actor: Actor;
  /** Of an outcome: the sequence of its intent. */
  readonly intent?: number;
  readonly result?: OutcomeFacts["result"];
  readonly error?: string;
  /** Of `recovered`: the file the torn bytes were moved to, their number and SHA-256. */
  readonly torn?: { readonly file: string; readonly bytes: number; readonly sha256: string };
  /** Of `sink-lost`: the sink, and how many records it did not get. */
  readonly sink?: string;
  readonly lost?: number;
  /** Leaf hash of the line before, hexadecimal; of the first line, the root of the empty tree. */
  readonly prev: string;
}

export type Entry = Omit<AuditRecord, "sequence" | "time" | "actor" | "prev">;

const TEXTS = ["action", "secret", "store", "phase", "rotation", "request", "trace", "error"] as const;
const NUMBERS = ["generation", "intent"] as const;
/** C2SP tlog-tiles gives an entry a length of two bytes. */
export const MAX_LINE_BYTES = 65_535;

/** Copies the known fields of `facts`, so that nothing else a caller's object holds reaches the disk. */
export function entryOf(kind: RecordKind, facts: Partial<Facts> & Partial<OutcomeFacts> & { intent?: number }): Entry {
  const entry: Record<string, unknown> = { kind };
  for (const name of TEXTS) {
    const value = facts[name];
    if (value === undefined) continue;
    if (typeof value !== "string" || value === "") throw invalid(name, "must be a text that is not empty");
    entry[name] = value;
  }
  for (const name of NUMBERS) {
    const value = facts[name];
    if (value === undefined) continue;
    if (!Number.isSafeInteger(value) || value < 0) throw invalid(name, "must be a whole number from 0");
    entry[name] = value;
  }
  if (facts.fingerprint !== undefined) {
    if (!/^[0-9a-f]{32}$/.test(facts.fingerprint)) throw invalid("fingerprint", "must be what fingerprint() returns, never a value");
    entry["fingerprint"] = facts.fingerprint;
  }
  if (kind === "outcome") {
    if (!["done", "failed", "unknown"].includes(facts.result ?? "")) throw invalid("result", "must be done, failed or unknown");
    if (facts.intent === undefined) throw invalid("intent", "must be the sequence of the intent");
    entry["result"] = facts.result;
  } else if (facts.action === undefined) throw invalid("action", "is missing");
  return entry as unknown as Entry;
}

export function lineOf(record: AuditRecord): Buffer {
  const { sequence, time, kind, actor, prev, ...rest } = record;
  const line = Buffer.from(JSON.stringify({ sequence, time, kind, actor, ...rest, prev }));
  if (line.length > MAX_LINE_BYTES)
    throw new AuditError(
      "invalid-record",
      `The audit record would be ${line.length} bytes; at most ${MAX_LINE_BYTES} fit. Nothing was written.`,
    );
  return line;
}

export type ParsedLine = { ok: true; record: AuditRecord } | { ok: false; code: "not-utf8" | "unparsable"; reason: string };

/** Reads one line (without its newline); checks what every record has. */
export function parseLine(line: Uint8Array): ParsedLine {
  if (line.length > MAX_LINE_BYTES) return { ok: false, code: "unparsable", reason: `has more than ${MAX_LINE_BYTES} bytes` };
  let text: string;
  try {
    text = UTF8.decode(line);
  } catch {
    return { ok: false, code: "not-utf8", reason: "holds bytes that are not UTF-8" };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, code: "unparsable", reason: "is not JSON" };
  }
  const reason = shapeProblem(value);
  return reason === undefined ? { ok: true, record: value as AuditRecord } : { ok: false, code: "unparsable", reason };
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const KINDS: readonly unknown[] = ["intent", "outcome", "read", "recovered", "sink-lost"] satisfies RecordKind[];

function shapeProblem(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "is not an object";
  const record = value as Record<string, unknown>;
  if (!Number.isSafeInteger(record["sequence"]) || (record["sequence"] as number) < 0) return "has no sequence";
  if (typeof record["prev"] !== "string" || !/^[0-9a-f]{64}$/.test(record["prev"])) return "has no hash of the record before it";
  if (!KINDS.includes(record["kind"])) return "has a kind that does not exist";
  if (typeof record["time"] !== "string" || Number.isNaN(Date.parse(record["time"]))) return "has no time";
  if (typeof record["actor"] !== "object" || record["actor"] === null) return "has no actor";
  if (record["kind"] === "outcome" && !Number.isSafeInteger(record["intent"])) return "is an outcome that names no intent";
  return undefined;
}

function invalid(field: string, expectation: string): AuditError {
  return new AuditError("invalid-record", `The audit record's ${field} ${expectation}. Nothing was written.`);
}
