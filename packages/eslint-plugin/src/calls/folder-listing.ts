import { readdirSync, statSync } from "node:fs";

/** The entries of a folder; the same set as long as they are the same. */
export type Listings = (folder: string) => ReadonlySet<string>;

interface Listing {
  readonly mtimeMs: number;
  readonly names: ReadonlySet<string>;
}

const known = new Map<string, Listing>();
const none: ReadonlySet<string> = new Set();
/** Two changes within one tick of the file system's clock leave the same time: a listing that young is read again. */
const settledMs = 100;
const maximumListings = 10_000;

/** Read once: an import without extension has twenty places to look at, most of them in one folder. */
export function createListings(): Listings {
  const current = new Map<string, ReadonlySet<string>>();
  return (folder) => {
    let names = current.get(folder);
    if (!names) current.set(folder, (names = namesIn(folder)));
    return names;
  };
}

/** The entries of a folder, read again when it changed. */
export function namesIn(folder: string): ReadonlySet<string> {
  const mtimeMs = statSync(folder, { throwIfNoEntry: false })?.mtimeMs;
  if (mtimeMs === undefined) return none;
  const before = known.get(folder);
  if (before?.mtimeMs === mtimeMs) return before.names;
  const names = new Set(entriesOf(folder));
  if (known.size >= maximumListings) known.clear();
  if (Date.now() - mtimeMs > settledMs) known.set(folder, { mtimeMs, names });
  return names;
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // a file in the place of a folder, or no permission: nothing to follow there
  }
}
