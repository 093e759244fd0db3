import { readdirSync, realpathSync, statSync } from "node:fs";
import { builtinModules } from "node:module";
import { basename, dirname, join, resolve as resolvePath } from "node:path";

import { createPathsMatcher, getTsconfig } from "get-tsconfig";

/** The file an import leads to; undefined for a package, a built-in module or a file that is not there. */
export type ResolveImport = (specifier: string, fromPath: string) => string | undefined;

const extensions = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"];
const sourceOf: Readonly<Record<string, readonly string[]>> = {
  ".js": [".ts", ".tsx", ".js"],
  ".jsx": [".tsx", ".jsx"],
  ".mjs": [".mts", ".mjs"],
  ".cjs": [".cts", ".cjs"],
};
const builtIns = new Set(builtinModules);

/** Answers are remembered for the life of the resolver, which is one analysis: files do not move while one file is judged. */
export function createResolver(): ResolveImport {
  const answers = new Map<string, string | undefined>();
  const has = createFolderLookup();
  return (specifier, fromPath) => {
    if (specifier.startsWith("node:") || builtIns.has(specifier)) return undefined;
    const folder = dirname(fromPath);
    const question = `${folder}\0${specifier}`;
    if (!answers.has(question)) answers.set(question, resolveFrom(folder, specifier, has));
    return answers.get(question);
  };
}

function resolveFrom(folder: string, specifier: string, has: FolderLookup): string | undefined {
  if (specifier.startsWith(".") || specifier.startsWith("/")) return existing(resolvePath(folder, specifier), has);
  for (const candidate of pathMatcher(folder)?.(specifier) ?? []) {
    const found = existing(candidate, has);
    if (found && !found.includes("/node_modules/")) return found;
  }
  return undefined;
}

function existing(path: string, has: FolderLookup): string | undefined {
  const extension = /\.[cm]?jsx?$/u.exec(path)?.[0];
  const stem = extension ? path.slice(0, -extension.length) : path;
  const beside = [
    ...(extension ? (sourceOf[extension] ?? []).map((other) => stem + other) : []),
    path,
    ...extensions.map((other) => path + other),
  ];
  const found =
    beside.find((candidate) => has(candidate) && isFile(candidate)) ??
    (has(path)
      ? extensions.map((other) => join(path, `index${other}`)).find((candidate) => has(candidate) && isFile(candidate))
      : undefined);
  // One call of the system where the other realpathSync asks for each folder on the way.
  return found === undefined ? undefined : realpathSync.native(found);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

type FolderLookup = (path: string) => boolean;

interface Listing {
  readonly mtimeMs: number;
  readonly names: ReadonlySet<string>;
}

const listings = new Map<string, Listing>();
/** Two changes within one tick of the file system's clock leave the same time: a listing that young is read again. */
const settledMs = 100;
const maximumListings = 10_000;

/** Whether a folder names an entry, told from its listing: an import without extension has twenty places to look at, most of them in one folder. */
function createFolderLookup(): FolderLookup {
  const current = new Map<string, ReadonlySet<string>>();
  return (path) => {
    const folder = dirname(path);
    let names = current.get(folder);
    if (!names) current.set(folder, (names = namesIn(folder)));
    return names.has(basename(path));
  };
}

/** The entries of a folder, read again when it changed. */
export function namesIn(folder: string): ReadonlySet<string> {
  const mtimeMs = statSync(folder, { throwIfNoEntry: false })?.mtimeMs;
  if (mtimeMs === undefined) return new Set();
  const known = listings.get(folder);
  if (known?.mtimeMs === mtimeMs) return known.names;
  const names = new Set(entriesOf(folder));
  if (listings.size >= maximumListings) listings.clear();
  if (Date.now() - mtimeMs > settledMs) listings.set(folder, { mtimeMs, names });
  return names;
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // a file in the place of a folder, or no permission: nothing to follow there
  }
}

type PathMatcher = (specifier: string) => readonly string[];

const pathMatchers = new Map<string, PathMatcher | undefined>();

/** tsconfig `paths` and `baseUrl` of the folder. */
function pathMatcher(folder: string): PathMatcher | undefined {
  if (pathMatchers.has(folder)) return pathMatchers.get(folder);
  let matcher: PathMatcher | undefined;
  try {
    const config = getTsconfig(folder);
    matcher = config ? (createPathsMatcher(config) ?? undefined) : undefined;
  } catch {
    matcher = undefined; // a broken tsconfig is the compiler's business
  }
  pathMatchers.set(folder, matcher);
  return matcher;
}
