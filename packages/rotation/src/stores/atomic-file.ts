import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { link, lstat, open, readdir, readlink, realpath, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";

import lockfile from "proper-lockfile";

import { RotationError, type RotationErrorCode } from "../error.ts";

/** A file as it was read: enough to notice that somebody replaced or rewrote it since. */
export interface Snapshot {
  readonly bytes: Buffer;
  readonly mode: number;
  readonly owner: { readonly uid: number; readonly gid: number };
}

/** Undefined when there is no file; its folder must exist. @throws RotationError */
export async function readSnapshot(file: string): Promise<Snapshot | undefined> {
  // Without O_NONBLOCK opening a named pipe would wait for a writer.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch(async (error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw fromSystem(error, "read", file);
    await requireFolder(file);
    return undefined;
  });
  if (!handle) return undefined;
  try {
    const status = await handle.stat();
    if (!status.isFile()) {
      throw new RotationError(
        "invalid",
        `${file} is ${status.isDirectory() ? "a folder" : "not a regular file"}. It was left as it was. Name a file in the policy.`,
      );
    }
    return { bytes: await handle.readFile(), mode: status.mode & 0o777, owner: { uid: status.uid, gid: status.gid } };
  } catch (error) {
    throw fromSystem(error, "read", file);
  } finally {
    await handle.close();
  }
}

/**
 * Puts `text` in place of `before` (undefined: there must be no file yet) so that a crash at any moment leaves one or the other whole:
 * a new file in the same folder, flushed, renamed, the folder flushed.
 * @throws RotationError `conflict` when the file is not what was read any more; `unknown-outcome` when it was renamed but may not survive a power cut.
 */
export async function replaceFile(file: string, text: string, before: Snapshot | undefined, holdsLock: () => boolean): Promise<void> {
  const temporary = await writeTemporary(file, text, before);
  try {
    if (!holdsLock())
      throw new RotationError(
        "conflict",
        `The lock of ${file} was lost while writing, as after a long sleep. The file was left as it was. Try again.`,
      );
    await requireUnchanged(file, before);
    if (before) await rename(temporary, file);
    else await putNew(temporary, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw changed(file);
    throw fromSystem(error, "replace", file);
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
  await syncFolder(dirname(file)).catch((error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code;
    throw new RotationError(
      "unknown-outcome",
      `${file} was replaced, but its folder could not be flushed to disk (${code}). Check the disk, then read it back.`,
      { cause: error },
    );
  });
}

/** The file behind symbolic links, which need not exist. */
export async function followLinks(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw fromSystem(error, "read", file);
  }
  const status = await lstat(file).catch(() => undefined);
  return status?.isSymbolicLink() ? followLinks(resolve(dirname(file), await readlink(file))) : file;
}

const staleMs = 5_000;
const refreshMs = 1_000;
/** Longer than it takes to notice that the holder of a lock is dead. */
const patienceMs = 15_000;

/**
 * Runs `work` while no other process of Holdfast writes the file. The lock is a folder beside it; that of a process which died is taken over after 5 s.
 * @throws RotationError `unreachable` when another process holds it for 15 s.
 */
export async function withFileLock<T>(file: string, work: (holdsLock: () => boolean) => Promise<T>): Promise<T> {
  await requireFolder(file);
  let held = true;
  const release = await acquireLock(file, () => (held = false));
  try {
    return await work(() => held);
  } finally {
    await release().catch(() => undefined);
  }
}

/** Waits only for a lock that somebody holds; a folder that cannot be written in will not become writable by waiting. */
async function acquireLock(file: string, onCompromised: () => void): Promise<() => Promise<void>> {
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    try {
      return await lockfile.lock(file, { realpath: false, stale: staleMs, update: refreshMs, retries: 0, onCompromised });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw fromSystem(error, "lock", file);
    }
    if (performance.now() > giveUpAt) {
      throw new RotationError(
        "unreachable",
        `Another process has been writing ${file} for more than ${patienceMs / 1000} s. The file was left as it was. Try again when it is done.`,
      );
    }
    await setTimeout(20 + Math.random() * 80);
  }
}

const leftover = ".holdfast-tmp";

/** Files that a killed process left beside `file`. They are only ever written under its lock, so whoever holds it may remove them. */
export async function findLeftovers(file: string): Promise<string[]> {
  const names = await readdir(dirname(file)).catch(() => []);
  return names.filter((name) => name.startsWith(`.${basename(file)}.`) && name.endsWith(leftover)).map((name) => join(dirname(file), name));
}

export async function removeLeftovers(file: string): Promise<void> {
  for (const name of await findLeftovers(file)) await rm(name, { force: true });
}

/** Says a failed system call on `file` in a person's words. */
export function fromSystem(error: unknown, doing: string, file: string): RotationError {
  if (error instanceof RotationError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? "unknown";
  const known = reasons[code];
  if (!known)
    return new RotationError(
      "unreachable",
      `Cannot ${doing} ${file}: ${code}. The file was left as it was. Check the disk, then try again.`,
      { cause: error },
    );
  return new RotationError(known.code, `Cannot ${doing} ${file}: ${known.why} (${code}). The file was left as it was. ${known.advice}`, {
    cause: error,
  });
}

interface Reason {
  readonly code: RotationErrorCode;
  readonly why: string;
  readonly advice: string;
}
const full: Reason = { code: "quota", why: "the disk or the quota is full", advice: "Free some space, then try again." };
const denied: Reason = {
  code: "denied",
  why: "permission was denied",
  advice: "Give this user the right to read the file and to write in its folder.",
};
const reasons: Readonly<Record<string, Reason>> = {
  ENOSPC: full,
  EDQUOT: full,
  EFBIG: full,
  EACCES: denied,
  EPERM: denied,
  EROFS: { code: "read-only", why: "the file system is read-only", advice: "Mount it writable, or name a file elsewhere in the policy." },
  ELOOP: { code: "invalid", why: "its symbolic links lead in a circle", advice: "Correct the links." },
  ENOTDIR: { code: "invalid", why: "a part of the path is a file", advice: "Correct the path in the policy." },
  ENAMETOOLONG: { code: "invalid", why: "the name is too long", advice: "Name a shorter one in the policy." },
};

/** A missing folder is no empty store: it may be a volume that is not mounted. */
async function requireFolder(file: string): Promise<void> {
  const folder = dirname(file);
  const status = await lstat(await realpath(folder).catch(() => folder)).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw fromSystem(error, "read", file);
  });
  if (!status)
    throw new RotationError(
      "invalid",
      `The folder ${folder} of the secrets file does not exist. Nothing was written. Mount or create it, or correct the path in the policy.`,
    );
}

async function requireUnchanged(file: string, before: Snapshot | undefined): Promise<void> {
  const now = await readSnapshot(file);
  if (before ? !now?.bytes.equals(before.bytes) : now !== undefined) throw changed(file);
}

function changed(file: string): RotationError {
  return new RotationError(
    "conflict",
    `${file} was changed by another program while it was being written. That change was kept and nothing was written. Try again.`,
  );
}

/** A link, unlike a rename, fails when somebody made the file in between. Some file systems have none. */
async function putNew(temporary: string, file: string): Promise<void> {
  await link(temporary, file).catch((error: unknown) => {
    if (!/^(?:EPERM|ENOTSUP|EOPNOTSUPP|ENOSYS)$/u.test((error as NodeJS.ErrnoException).code ?? "")) throw error;
    return rename(temporary, file);
  });
}

async function writeTemporary(file: string, text: string, before: Snapshot | undefined): Promise<string> {
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}-${randomBytes(6).toString("hex")}${leftover}`);
  try {
    const handle = await open(temporary, "wx", 0o600);
    try {
      await handle.writeFile(text);
      // A new file would belong to whoever runs this, such as root, and its owner could not read it any more.
      if (before && !isOwn(before.owner)) await handle.chown(before.owner.uid, before.owner.gid);
      await handle.chmod(before?.mode ?? 0o600);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fromSystem(error, "write", file);
  }
  return temporary;
}

function isOwn({ uid, gid }: Snapshot["owner"]): boolean {
  return process.platform === "win32" || (uid === process.geteuid?.() && gid === process.getegid?.());
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
