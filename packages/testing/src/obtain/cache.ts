import { createHash } from "node:crypto";
import { access, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { lock } from "proper-lockfile";
import { progress } from "./progress.ts";

export interface CachedTool {
  /** Name for people, with the version: "Vault 1.21.2". */
  label: string;
  /** Start of the folder's name: "vault". */
  name: string;
  /** Everything that decides what `make` produces. A change of any of these gives another folder. */
  definedBy: readonly string[];
  /** What `make` does and how long it takes the first time, for the progress line: "building … (about 4 minutes the first time)". */
  announce: string;
  /** Fills the empty folder. The folder is moved when this is done, so nothing in it may hold its own absolute path. */
  make: (folder: string) => Promise<void>;
}

/**
 * The folder that holds the tool, made on the first call. It appears in one step (rename), so an interrupted `make` leaves nothing that
 * would be taken for complete, and two processes that ask at once make it once.
 */
export async function obtainOnce(tool: CachedTool): Promise<string> {
  const folder = join(cacheRoot(), `${tool.name}-${keyOf(tool)}`);
  if (await exists(folder)) return folder;
  await mkdir(cacheRoot(), { recursive: true });
  const release = await lockFor(folder, tool);
  try {
    if (!(await exists(folder))) await makeAtomically(folder, tool);
  } finally {
    await release();
  }
  return folder;
}

/** Where obtained tools are kept, outside the repository: HOLDFAST_CACHE, else the user's cache folder. */
export function cacheRoot(): string {
  const { HOLDFAST_CACHE: own, XDG_CACHE_HOME: xdg } = process.env;
  return own ? resolve(own) : join(xdg || join(homedir(), ".cache"), "holdfast");
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function keyOf(tool: CachedTool): string {
  const hash = createHash("sha256");
  for (const part of [process.platform, process.arch, ...tool.definedBy]) hash.update(`${part.length}:${part}`);
  return hash.digest("hex").slice(0, 12);
}

async function makeAtomically(folder: string, tool: CachedTool): Promise<void> {
  await removeAbandoned(folder);
  const started = performance.now();
  progress(`${tool.announce} …`);
  const partial = await mkdtemp(`${folder}.partial-`);
  try {
    await tool.make(partial);
    await rename(partial, folder);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
  progress(`${tool.label} is ready after ${Math.round((performance.now() - started) / 1000)} s, kept in ${folder}`);
}

/** What a killed process had begun; whoever holds the lock is the only one who may be making this tool. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(dirname(folder))) {
    if (name.startsWith(`${basename(folder)}.partial-`)) await rm(join(dirname(folder), name), { recursive: true, force: true });
  }
}

/** The lock is renewed every few seconds while it is held; one that was left behind by a killed process is taken over. */
async function lockFor(folder: string, tool: CachedTool): Promise<() => Promise<void>> {
  const options = { realpath: false, stale: 10_000, update: 2_000 };
  try {
    return await lock(folder, options);
  } catch (error) {
    if (!isLocked(error)) throw error;
    progress(`another process is getting ${tool.label}; waiting for it …`);
    return lock(folder, { ...options, retries: { forever: true, factor: 1, minTimeout: 500, maxTimeout: 500 } });
  }
}

function isLocked(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ELOCKED";
}
