import { constants, type Stats } from "node:fs";
import { open, readdir, stat, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { AuditError, fromSystem } from "../error.ts";
import { FILES, orAbsent } from "./files.ts";
import { rawLines } from "./lines.ts";

/** Twelve digits, so that names in the order of the alphabet are in the order of the records. */
export function archiveName(first: number): string {
  return `records-${String(first).padStart(12, "0")}.jsonl`;
}

/** Sequence of the first record of an archive; undefined for any other file. */
export function firstOfArchive(name: string): number | undefined {
  const digits = /^records-([0-9]{12,16})\.jsonl$/.exec(name)?.[1];
  return digits !== undefined && archiveName(Number(digits)) === name ? Number(digits) : undefined;
}

/** First sequences of the archives in the folder, ascending. */
export async function archivesIn(directory: string): Promise<number[]> {
  const names = await readdir(directory).catch(orAbsent);
  return (names ?? [])
    .map(firstOfArchive)
    .filter((first) => first !== undefined)
    .sort((a, b) => a - b);
}

/** A line of the log and where it stands. */
export interface PlacedLine {
  readonly bytes: Buffer;
  /** False for a last line without its newline. */
  readonly complete: boolean;
  readonly file: string;
  /** Line in `file`, from 1. */
  readonly line: number;
  /** Sequence that an archive's name gives to its first record; undefined in `records.jsonl`. */
  readonly first: number | undefined;
}

/**
 * Every line of the log, archives first. Others may append and archive meanwhile: what was there at the call is read.
 * @throws AuditError `not-found` when there is no `records.jsonl`, unless archives are there; `denied`.
 */
export async function* linesOf(directory: string): AsyncGenerator<PlacedLine> {
  const { archives, current } = await filesOf(directory);
  try {
    for (const first of archives) {
      const file = archiveName(first);
      const handle = await openToRead(join(directory, file));
      if (!handle) continue;
      try {
        yield* placed(handle, file, first);
      } finally {
        await handle.close();
      }
    }
    if (current) yield* placed(current, FILES.records, undefined);
    else throw new AuditError("not-found", `There is no ${FILES.records} in ${directory}: the log was removed, or this is not its folder.`);
  } finally {
    await current?.close();
  }
}

async function* placed(handle: FileHandle, file: string, first: number | undefined): AsyncGenerator<PlacedLine> {
  let line = 0;
  for await (const { bytes, complete } of rawLines(handle)) yield { bytes, complete, file, line: (line += 1), first };
}

/** The file being written is opened before its name can pass to a new one, and the archives are listed while it still has it. */
async function filesOf(directory: string): Promise<{ archives: number[]; current: FileHandle | undefined }> {
  const file = join(directory, FILES.records);
  for (;;) {
    const current = await openToRead(file);
    const mine = await current?.stat();
    const archives = await archivesIn(directory);
    const named = await stat(file).catch(orAbsent);
    if (current ? !isSame(mine, named) : named?.isFile()) {
      await current?.close();
      continue;
    }
    // Between the two steps of archiving, the file has both names.
    const newest = archives.at(-1);
    if (newest !== undefined && isSame(mine, await stat(join(directory, archiveName(newest))).catch(orAbsent))) archives.pop();
    return { archives, current };
  }
}

export function isSame(one: Stats | undefined, other: Stats | undefined): boolean {
  return one?.ino === other?.ino && one?.dev === other?.dev;
}

/** Undefined for what is absent or no regular file; a pipe in its place must not make the reader wait. */
export async function openToRead(file: string): Promise<FileHandle | undefined> {
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw fromSystem(error, "read the audit log", file, "Nothing was changed.");
  });
  if (!handle || (await handle.stat()).isFile()) return handle;
  await handle.close();
  return undefined;
}
