import { createHash } from "node:crypto";
import { link, mkdir, open, readFile, stat, type FileHandle } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { AuditError, fromSystem } from "../error.ts";
import { fingerprint, loadFingerprintKey } from "../fingerprint.ts";
import { formatHead } from "../note/checkpoint.ts";
import { parseVerifierKey, signNote, type Signer } from "../note/note.ts";
import { queueSink, type Sink } from "../sinks/sink.ts";
import { EMPTY_ROOT, emptyFrontier, leafHash, rootOf } from "../tree/merkle.ts";
import { archiveName, archivesIn, isSame, openToRead } from "./archives.ts";
import { FILES, isFileOfLog, orAbsent, removeLeftovers, replaceFile, syncFolder } from "./files.ts";
import { damaged, follow, lastOfHistory, newestHead, savedPosition, stateText, type Position } from "./head.ts";
import { rawLines } from "./lines.ts";
import { withLock, type Held } from "./lock.ts";
import { entryOf, lineOf, type Actor, type Entry, type Facts, type OutcomeFacts } from "./record.ts";

export interface AuditLogOptions {
  /** Folder of the log; made (mode 0700) if it does not exist. */
  readonly directory: string;
  /** Name of the log, first line of every checkpoint, for example `example.com/payments`. */
  readonly origin: string;
  /** What is not given is taken from this process. */
  readonly actor?: Partial<Actor> | undefined;
  /** Without one, checkpoints are unsigned and `verifyAuditLog` reports the log as such. */
  readonly signer?: Signer | undefined;
  readonly sinks?: readonly Sink[] | undefined;
  /**
   * Bytes that `records.jsonl` may have. Before it gets larger it becomes the archive `records-<sequence of its first record>.jsonl` and a new one is begun;
   * everything in an archive is signed. Never without it. Archives stay in the folder: they are a part of the log.
   */
  readonly archiveBytes?: number | undefined;
  /** How long an append waits for other processes; 30,000 ms unless given. */
  readonly lockWaitMs?: number | undefined;
  readonly now?: (() => Date | number) | undefined;
}

/** An intent on disk; hand it to `outcome`. */
export interface Intent {
  readonly sequence: number;
}

export interface Checkpoint {
  /** The signed note (C2SP tlog-checkpoint). */
  readonly text: string;
  /** Number of records it covers. */
  readonly size: number;
}

export interface AuditLog {
  readonly directory: string;
  /** Writes the intent and flushes it to the disk before it resolves. Begin no effect if it rejects. */
  intent(facts: Facts): Promise<Intent>;
  /** Writes what became of an intent, then a checkpoint. */
  outcome(intent: Intent, facts: OutcomeFacts): Promise<void>;
  /** Records that a value was read. */
  read(facts: Omit<Facts, "action"> & { action?: string | undefined }): Promise<void>;
  /** Keyed fingerprint of a value, with the key of this log. */
  fingerprint(value: string | Uint8Array): Promise<string>;
  /** Signs the tree of all records, those of other processes included. */
  checkpoint(): Promise<Checkpoint>;
  /** Waits for what is under way, drains the sinks (at most two seconds), writes a checkpoint. */
  close(): Promise<void>;
}

const SINK_DRAIN_MS = 2_000;
const maximumHeldUp = 5;
const START: Position = { first: 0, bytes: 0, tree: emptyFrontier, last: EMPTY_ROOT.toString("hex") };

interface Waiting {
  entry: Entry;
  done(sequence: number): void;
  failed(error: unknown): void;
}

/**
 * Opens the log in `directory`, or begins one. Several processes may have it open.
 * A torn last line (a crash while writing) is moved to `torn-<sequence>` and a `recovered` record says so.
 * @throws AuditError `log-damaged` when the records do not continue the newest checkpoint; `denied`, `read-only`, `disk-full`, `locked`.
 */
export async function openAuditLog(options: AuditLogOptions): Promise<AuditLog> {
  const { directory, origin, signer } = options;
  if (origin === "" || /[\u0000-\u001f\u007f]/.test(origin))
    throw new AuditError("invalid-record", "The origin of an audit log is one line of text. Nothing was written.");
  const actor: Actor = { user: currentUser(), host: hostname(), pid: process.pid, ...withoutUndefined(options.actor) };
  const sinks = (options.sinks ?? []).map((sink) => queueSink(sink));
  const file = join(directory, FILES.records);
  let handle = await openRecords(directory, file);
  const waiting: Waiting[] = [];
  let position: Position | undefined;
  let flushing: Promise<void> | undefined;
  let fingerprintKey: Promise<Buffer> | undefined;
  let closed = false;

  async function flush(): Promise<void> {
    await Promise.resolve();
    const lost: Entry[] = [];
    let heldUp = 0;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, 256);
      let isWritten = false;
      try {
        await locked(async (held) => {
          lost.push(...losses());
          const first = await write(held, [...batch.map(({ entry }) => entry), ...lost]);
          isWritten = true;
          lost.length = 0;
          const outcomes = batch.filter(({ entry }) => entry.kind === "outcome");
          batch.forEach(({ entry, done }, index) => entry.kind !== "outcome" && done(first + index));
          if (outcomes.length > 0) await sign(held);
          batch.forEach(({ entry, done }, index) => entry.kind === "outcome" && done(first + index));
        });
      } catch (error) {
        // A machine that slept loses the lock before anything is written: that is no reason to stop whoever waits.
        if (!isWritten && error instanceof AuditError && error.code === "lock-lost" && (heldUp += 1) < maximumHeldUp)
          waiting.unshift(...batch);
        else for (const { failed } of batch) failed(error);
      }
    }
    flushing = undefined;
  }

  function locked<T>(work: (held: Held) => Promise<T>): Promise<T> {
    return withLock(
      directory,
      async (held) => {
        await catchUp(held);
        return work(held);
      },
      options.lockWaitMs,
    );
  }

  /** Takes in what other processes wrote since, and what a crash left half done. */
  async function catchUp(held: Held): Promise<void> {
    const head = await newestHead(directory, signer?.verifierKey);
    if (head && head.origin !== origin) throw damaged(directory, `its checkpoint is of the log ${head.origin}, not ${origin}`);
    const opening = position === undefined;
    let at = position ?? (await savedPosition(directory, head)) ?? START;
    if (opening) await openFileOf(at);
    const { size } = await handle.stat();
    if (size < at.bytes) throw damaged(directory, `${FILES.records} is shorter than it was`);
    if (opening && at.bytes > 0 && !(await endsWithLine(handle, at)))
      throw damaged(directory, `the line of record ${at.tree.size - 1} is not the one that was signed`);
    let torn: Buffer | undefined;
    const checkRoot = () => {
      if (head?.size === at.tree.size && !rootOf(at.tree).equals(head.root))
        throw damaged(directory, `its first ${head.size} records are not those that were signed`);
    };
    checkRoot();
    for (;;) {
      for await (const line of rawLines(handle, at.bytes)) {
        if (!line.complete) torn = line.bytes;
        else {
          at = follow(at, line.bytes, leafHash(line.bytes), directory);
          checkRoot();
        }
      }
      const next = { ...at, first: at.tree.size, bytes: 0 };
      if (!(await openNext(held, at.first, next))) break;
      if (torn) throw damaged(directory, `the archive ${archiveName(at.first)} ends in half a line`);
      at = next;
    }
    if (head && head.size > at.tree.size) throw damaged(directory, `${head.size} records were signed, ${at.tree.size} are left`);
    position = at;
    if (torn || opening) await recover(held, at, torn);
  }

  /** Opens the file a position is in, which may have become an archive. */
  async function openFileOf({ first }: Position): Promise<void> {
    const archives = await archivesIn(directory);
    if (archives.length > 0 && archives[0] !== 0) throw damaged(directory, `the archive ${archiveName(0)} is missing`);
    if (archives.includes(first)) await use(await openToRead(join(directory, archiveName(first))));
  }

  /** Goes on to the file after the one that begins with `first`; false when that one is still being written. */
  async function openNext(held: Held, first: number, next: Position): Promise<boolean> {
    const [mine, named] = await Promise.all([handle.stat(), stat(file).catch(orAbsent)]);
    const archive = archiveName(first);
    const archived = await stat(join(directory, archive)).catch(orAbsent);
    if (!isSame(mine, archived)) {
      if (isSame(mine, named)) return false;
      throw replaced(file);
    }
    // A crash between the two steps of archiving left the file under both names.
    if (isSame(mine, named)) await beginFile(held);
    const following = (await openToRead(join(directory, archiveName(next.first)))) ?? (await openRecords(directory, file));
    await use(following);
    return true;
  }

  async function use(next: FileHandle | undefined): Promise<void> {
    if (!next) throw replaced(file);
    await handle.close();
    handle = next;
  }

  /** Begins a new file before the one being written gets too large. When its records cannot be signed now, it goes on in the old one. */
  async function archiveBefore(held: Held, bytes: number): Promise<void> {
    if (options.archiveBytes === undefined || position!.bytes === 0 || position!.bytes + bytes <= options.archiveBytes) return;
    try {
      await sign(held);
    } catch (error) {
      if (error instanceof AuditError && error.code === "sign-failed") return;
      throw error;
    }
    await held.ensure();
    const archive = join(directory, archiveName(position!.first));
    try {
      await link(file, archive);
      await syncFolder(directory);
    } catch (error) {
      throw fromSystem(error, "archive the audit log as", archive, "The log was left as it was.");
    }
    await beginFile(held);
    await use(await openRecords(directory, file));
    position = { ...position!, first: position!.tree.size, bytes: 0 };
  }

  async function beginFile(held: Held): Promise<void> {
    await held.ensure();
    await replaceFile(file, "");
  }

  async function recover(held: Held, at: Position, torn: Buffer | undefined): Promise<void> {
    const name = `torn-${at.tree.size}`;
    if (torn) {
      await held.ensure();
      await replaceFile(join(directory, name), torn);
      await handle.truncate(at.bytes);
      await handle.datasync();
    }
    // The record may be missing although the bytes were moved: a crash between the two.
    const moved = torn ?? (await readFile(join(directory, name)).catch(orAbsent));
    if (!moved) return;
    await write(held, [
      { kind: "recovered", torn: { file: name, bytes: moved.length, sha256: createHash("sha256").update(moved).digest("hex") } },
    ]);
  }

  /** Appends the entries with one write and one flush; on failure the file has the length it had before. */
  async function write(held: Held, entries: readonly Entry[]): Promise<number> {
    let at = position!;
    const time = new Date((options.now ?? Date.now)()).toISOString();
    const lines = entries.map((entry) => {
      const line = lineOf({ ...entry, sequence: at.tree.size, time, actor, prev: at.last });
      at = follow(at, line, leafHash(line), directory);
      return line;
    });
    const bytes = Buffer.concat(lines.flatMap((line) => [line, NEWLINE]));
    await archiveBefore(held, bytes.length);
    await held.ensure();
    const before = position!;
    at = { ...at, first: before.first, bytes: before.bytes + bytes.length };
    try {
      for (let written = 0; written < bytes.length;) written += (await handle.write(bytes, written)).bytesWritten;
      await handle.datasync();
    } catch (error) {
      const restored = await handle.truncate(before.bytes).then(
        () => true,
        () => false,
      );
      const left = restored ? "The log was left as it was." : "The log may end in half a line; the next open repairs that.";
      throw fromSystem(error, "append to the audit log", file, left);
    }
    const { size } = await handle.stat();
    if (size !== at.bytes) throw damaged(directory, "another program wrote to it without the lock");
    position = at;
    for (const line of lines) for (const sink of sinks) sink.offer(line.toString("utf8"));
    return before.tree.size;
  }

  function losses(): Entry[] {
    return sinks.flatMap((sink): Entry[] => {
      const lost = sink.takeLost();
      return lost === 0 ? [] : [{ kind: "sink-lost", sink: sink.name, lost }];
    });
  }

  async function sign(held: Held): Promise<Checkpoint> {
    const at = position!;
    const stored = await newestHead(directory, signer?.verifierKey);
    const current = await readFile(join(directory, FILES.checkpoint), "utf8").catch(orAbsent);
    if (stored && stored.size === at.tree.size && stored.signed === (signer !== undefined) && stored.text === current)
      return { text: stored.text, size: stored.size };
    const body = formatHead(origin, at.tree);
    const text = signer ? await signed(body, signer, directory) : `${body}\n`;
    await held.ensure();
    await appendHistory(directory, text);
    await replaceFile(join(directory, FILES.checkpoint), text);
    await replaceFile(join(directory, FILES.state), stateText(at));
    return { text, size: at.tree.size };
  }

  function add(entry: Entry): Promise<number> {
    if (closed) return Promise.reject(new AuditError("closed", `The audit log ${directory} is closed. Nothing was written.`));
    return new Promise((done, failed) => {
      waiting.push({ entry, done, failed });
      flushing ??= flush();
    });
  }

  try {
    await removeLeftovers(directory, isFileOfLog);
    await locked(sign);
    if (signer) await keepVerifierKey(directory, signer);
  } catch (error) {
    await handle.close();
    throw error;
  }

  return {
    directory,
    intent: async (facts) => ({ sequence: await add(entryOf("intent", facts)) }),
    outcome: async (intent, facts) => void (await add(entryOf("outcome", { ...facts, intent: intent.sequence }))),
    read: async (facts) => void (await add(entryOf("read", { ...facts, action: facts.action ?? "read" }))),
    fingerprint: async (value) => fingerprint(value, await (fingerprintKey ??= loadFingerprintKey(directory))),
    async checkpoint() {
      if (closed) throw new AuditError("closed", `The audit log ${directory} is closed. Nothing was signed.`);
      await flushing;
      return locked(sign);
    },
    async close() {
      if (closed) return;
      closed = true;
      try {
        await flushing;
        await Promise.all(sinks.map((sink) => sink.drain(SINK_DRAIN_MS)));
        const lost = losses();
        await locked(async (held) => {
          if (lost.length > 0) await write(held, lost);
          await sign(held);
        });
      } finally {
        await handle.close();
      }
    },
  };
}

/** The text callers keep outside the log, and give to `verifyAuditLog` as `anchor`: the newest checkpoint, made now. */
export async function anchorOf(log: AuditLog): Promise<string> {
  return (await log.checkpoint()).text;
}

const NEWLINE = Buffer.from("\n");

async function openRecords(directory: string, file: string): Promise<FileHandle> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const handle = await open(file, "a+", 0o600);
    if (!(await handle.stat()).isFile()) {
      await handle.close();
      throw new AuditError("log-replaced", `${file} is not a regular file. Nothing was written. Move it away, or choose another folder.`);
    }
    await syncFolder(directory);
    return handle;
  } catch (error) {
    throw fromSystem(error, "open the audit log", file, "Nothing was written.");
  }
}

function replaced(file: string): AuditError {
  return new AuditError(
    "log-replaced",
    `The file ${file} was removed or replaced while the audit log was open. Nothing was written. Find out who did so before opening it again.`,
  );
}

async function endsWithLine(handle: FileHandle, at: Position): Promise<boolean> {
  const length = Math.min(at.bytes, 65_537);
  const tail = Buffer.alloc(length);
  await handle.read(tail, 0, length, at.bytes - length);
  if (tail[length - 1] !== 10) return false;
  const from = tail.lastIndexOf(10, length - 2) + 1;
  return leafHash(tail.subarray(from, length - 1)).toString("hex") === at.last;
}

async function signed(body: string, signer: Signer, directory: string): Promise<string> {
  try {
    return await signNote(body, signer);
  } catch (error) {
    if (error instanceof AuditError) throw error;
    const message = `The signer ${signer.name} could not sign a checkpoint of ${directory}. The records are on disk, not yet signed; the next checkpoint covers them.`;
    throw new AuditError("sign-failed", message, { cause: error });
  }
}

/** History first, `checkpoint` second: after a crash between the two, the newer head is still known. */
async function appendHistory(directory: string, text: string): Promise<void> {
  const file = join(directory, FILES.history);
  try {
    const handle = await open(file, "a+", 0o600);
    try {
      const { size } = await handle.stat();
      const last = Buffer.alloc(1);
      if (size > 0) await handle.read(last, 0, 1, size - 1);
      if (size > 0 && last[0] !== 10) await dropTornLine(handle, size);
      if ((await lastOfHistory(directory)) !== text) await handle.writeFile(`${JSON.stringify(text)}\n`);
      await handle.datasync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fromSystem(error, "add a checkpoint to", file, "The records are on disk, not yet signed.");
  }
}

async function dropTornLine(handle: FileHandle, size: number): Promise<void> {
  let end = 0;
  for await (const line of rawLines(handle)) if (line.complete) end += line.length + 1;
  if (end < size) await handle.truncate(end);
}

async function keepVerifierKey(directory: string, signer: Signer): Promise<void> {
  parseVerifierKey(signer.verifierKey);
  const file = join(directory, FILES.verifier);
  const text = `${signer.verifierKey}\n`;
  if ((await readFile(file, "utf8").catch(orAbsent)) !== text) await replaceFile(file, text);
}

function currentUser(): string {
  try {
    return userInfo().username;
  } catch {
    // No entry in the user database, as in a container with a bare uid.
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}

function withoutUndefined<T extends object>(value: T | undefined): Partial<T> {
  return Object.fromEntries(Object.entries(value ?? {}).filter(([, member]) => member !== undefined)) as Partial<T>;
}
