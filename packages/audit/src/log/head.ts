import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AuditError } from "../error.ts";
import { parseHead, type TreeHead } from "../note/checkpoint.ts";
import { openNote, parseVerifierKey } from "../note/note.ts";
import { append, rootOf, type Frontier } from "../tree/merkle.ts";
import { openToRead } from "./archives.ts";
import { FILES, orAbsent } from "./files.ts";
import { parseLine } from "./record.ts";

/** Where reading a log has come to: the tree of all lines before `bytes` of the file that begins with the record `first`. */
export interface Position {
  readonly first: number;
  readonly bytes: number;
  readonly tree: Frontier;
  /** Leaf hash of the last line, hexadecimal. */
  readonly last: string;
}

export interface StoredHead extends TreeHead {
  readonly text: string;
  readonly signed: boolean;
}

/**
 * The newest tree head on disk, from `checkpoint` or the end of `checkpoints.jsonl`: whoever appends must continue from it.
 * @throws AuditError `log-damaged` when a head of this signer's key has a wrong signature.
 */
export async function newestHead(directory: string, verifierKey: string | undefined): Promise<StoredHead | undefined> {
  const texts = [await readFile(join(directory, FILES.checkpoint), "utf8").catch(orAbsent), await lastOfHistory(directory)];
  const heads = texts.filter((text) => text !== undefined).map((text) => readHead(text, verifierKey, directory));
  return heads.reduce<StoredHead | undefined>((best, head) => (best && best.size >= head.size ? best : head), undefined);
}

/** Heads by their text and the key they were verified with: appending reads the same ones again and again. */
const readBefore = new Map<string, StoredHead>();

function readHead(text: string, verifierKey: string | undefined, directory: string): StoredHead {
  const name = `${verifierKey ?? ""}\n${text}`;
  const before = readBefore.get(name);
  if (before) return before;
  const opened = openNote(text, verifierKey === undefined ? [] : [parseVerifierKey(verifierKey)]);
  const head = opened.status === "malformed" ? undefined : parseHead(opened.body);
  if (!head || opened.status === "bad-signature") throw damaged(directory, "its checkpoint has a wrong signature or cannot be read");
  const read = { ...head, text, signed: opened.status === "signed" };
  if (readBefore.size >= 8) readBefore.clear();
  readBefore.set(name, read);
  return read;
}

export function damaged(directory: string, what: string): AuditError {
  return new AuditError(
    "log-damaged",
    `The audit log ${directory} was changed from outside: ${what}. Nothing was appended or signed. Run "holdfast audit verify" to see where, keep a copy, and start a new log in another folder.`,
  );
}

export async function lastOfHistory(directory: string): Promise<string | undefined> {
  const handle = await openToRead(join(directory, FILES.history));
  if (!handle) return undefined;
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, 16_384);
    const tail = Buffer.alloc(length);
    await handle.read(tail, 0, length, size - length);
    const lines = tail.toString("utf8").split("\n").slice(0, -1);
    const last = lines.at(-1);
    return last === undefined ? undefined : parseHistoryLine(last);
  } finally {
    await handle.close();
  }
}

/** A line of `checkpoints.jsonl` is one signed note as a JSON text. A line that is none gives an empty text, which is no note. */
export function parseHistoryLine(line: string): string {
  try {
    const text: unknown = JSON.parse(line);
    return typeof text === "string" ? text : "";
  } catch {
    return "";
  }
}

/** Adds one line to the tree; refuses one that does not follow the line before. */
export function follow(position: Position, line: Buffer, leaf: Buffer, directory: string): Position {
  const parsed = parseLine(line);
  const number = position.tree.size;
  if (!parsed.ok) throw damaged(directory, `the line of record ${number} ${parsed.reason}`);
  if (parsed.record.sequence !== number || parsed.record.prev !== position.last)
    throw damaged(directory, `the line of record ${number} does not follow the one before it`);
  return { ...position, bytes: position.bytes + line.length + 1, tree: append(position.tree, leaf), last: leaf.toString("hex") };
}

export function stateText(position: Position): string {
  const { first, bytes, tree, last } = position;
  return `${JSON.stringify({ first, bytes, size: tree.size, subtrees: tree.subtrees.map((hash) => hash.toString("hex")), last })}\n`;
}

/** The saved position, if it is the one the signed head vouches for; it saves reading the log from its start. */
export async function savedPosition(directory: string, head: StoredHead | undefined): Promise<Position | undefined> {
  if (!head?.signed || head.size === 0) return undefined;
  try {
    const saved = JSON.parse(await readFile(join(directory, FILES.state), "utf8")) as {
      first: number;
      bytes: number;
      size: number;
      subtrees: string[];
      last: string;
    };
    const tree = { size: saved.size, subtrees: saved.subtrees.map((hash) => Buffer.from(hash, "hex")) };
    const fits =
      Number.isSafeInteger(saved.first) &&
      Number.isSafeInteger(saved.bytes) &&
      saved.size === head.size &&
      tree.subtrees.length === bitsOf(saved.size) &&
      rootOf(tree).equals(head.root);
    return fits ? { first: saved.first, bytes: saved.bytes, tree, last: String(saved.last) } : undefined;
  } catch {
    return undefined;
  }
}

function bitsOf(size: number): number {
  return size.toString(2).replaceAll("0", "").length;
}
