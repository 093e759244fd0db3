import { randomBytes } from "node:crypto";
import { link, mkdir, open, readdir, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AuditError, fromSystem } from "../error.ts";

/** Names inside the folder of a log. */
export const FILES = {
  records: "records.jsonl",
  checkpoint: "checkpoint",
  history: "checkpoints.jsonl",
  state: "state.json",
  lock: "lock",
  verifier: "verifier.pub",
  fingerprintKey: "fingerprint.key",
} as const;

export function isFileOfLog(name: string): boolean {
  return Object.values<string>(FILES).includes(name) || /^torn-\d+$/.test(name);
}

/** Replaces `file` so that a crash leaves either the old text or the new one: temporary file, fsync, rename, fsync of the folder. */
export async function replaceFile(file: string, text: string | Uint8Array): Promise<void> {
  const temporary = await writeTemporary(file, text);
  try {
    await rename(temporary, file);
    await syncFolder(dirname(file));
  } catch (error) {
    await rm(temporary, { force: true });
    throw fromSystem(error, "replace", file, "The old file was left as it was.");
  }
}

/** Creates `file` (mode 0600) unless it exists; of several processes doing so at once, one wins and all use its text. */
export async function createOnce(file: string, text: () => string): Promise<void> {
  const existing = await open(file, "r").catch(() => undefined);
  if (existing) return existing.close();
  await mkdir(dirname(file), { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw fromSystem(error, "create the folder", dirname(file), "Nothing was written.");
  });
  const temporary = await writeTemporary(file, text());
  try {
    await link(temporary, file);
    await syncFolder(dirname(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw fromSystem(error, "create", file, "Nothing was written.");
  } finally {
    await rm(temporary, { force: true });
  }
}

/** A temporary file this old belongs to a process that was killed: writing one takes milliseconds. */
const LEFT_MS = 5_000;

/** Removes the temporary files that killed processes left of the files of `folder` that `isOurs` knows. What cannot be removed stays. */
export async function removeLeftovers(folder: string, isOurs: (name: string) => boolean): Promise<void> {
  for (const entry of await readdir(folder).catch(() => [])) {
    const name = /^(.+)\.\d+\.[0-9a-f]{12}\.tmp$/.exec(entry)?.[1];
    if (name === undefined || !isOurs(name)) continue;
    const file = join(folder, entry);
    const found = await stat(file).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > LEFT_MS) await rm(file, { force: true }).catch(() => undefined);
  }
}

/** @throws AuditError `key-mode` when group or others have any right on the file. */
export async function ensurePrivate(handle: FileHandle, file: string): Promise<void> {
  const { mode } = await handle.stat();
  if (process.platform === "win32" || (mode & 0o077) === 0) return;
  const octal = (mode & 0o777).toString(8).padStart(4, "0");
  throw new AuditError(
    "key-mode",
    `The key file ${file} has mode ${octal}: other users can reach it. It was not used. Run chmod 600 on it; if it may have been read, replace it.`,
  );
}

export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeTemporary(file: string, text: string | Uint8Array): Promise<string> {
  const temporary = `${file}.${process.pid}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    const handle = await open(temporary, "wx", 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fromSystem(error, "write", file, "The file was left as it was.");
  }
  return temporary;
}

export function orAbsent(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
  throw fromSystem(error, "read", "the audit log", "Nothing was changed.");
}
