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

/** Answers are remembered for the life of the resolver, which is a turn of the event loop. */
export function createResolver(): ResolveImport {
  const answers = new Map<string, string | undefined>();
  const listings = createListings();
  return (specifier, fromPath) => {
    if (specifier.startsWith("node:") || builtIns.has(specifier)) return undefined;
    const folder = dirname(fromPath);
    const question = `${folder}\0${specifier}`;
    if (!answers.has(question)) answers.set(question, resolveFrom(folder, specifier, listings));
    return answers.get(question);
  };
}

function resolveFrom(folder: string, specifier: string, listings: Listings): string | undefined {
  if (specifier.startsWith(".") || specifier.startsWith("/")) return existing(resolvePath(folder, specifier), listings);
  for (const candidate of pathMatcher(folder)?.(specifier) ?? []) {
    const found = existing(candidate, listings);
    if (found && !found.includes("/node_modules/")) return found;
  }
  return undefined;
}

/** What was found for a path, and in which listings: as long as those are the same, so is the answer. */
interface Answer {
  readonly beside: ReadonlySet<string>;
  readonly inside: ReadonlySet<string> | undefined;
  readonly file: string | undefined;
}

const answers = new Map<string, Answer>();
const maximumAnswers = 100_000;

function existing(path: string, namesIn: Listings): string | undefined {
  const beside = namesIn(dirname(path));
  const known = answers.get(path);
  if (known?.beside === beside && (known.inside === undefined || known.inside === namesIn(path))) return known.file;
  const answer = lookedUp(path, beside, namesIn);
  if (answers.size >= maximumAnswers) answers.clear();
  answers.set(path, answer);
  return answer.file;
}

function lookedUp(path: string, beside: ReadonlySet<string>, namesIn: Listings): Answer {
  const name = basename(path);
  const extension = /\.[cm]?jsx?$/u.exec(name)?.[0];
  const stem = extension ? name.slice(0, -extension.length) : name;
  const candidates = [
    ...(extension ? (sourceOf[extension] ?? []).map((other) => stem + other) : []),
    name,
    ...extensions.map((other) => name + other),
  ];
  const file = firstFile(dirname(path), candidates, beside);
  if (file !== undefined || !beside.has(name)) return { beside, inside: undefined, file };
  const inside = namesIn(path);
  return {
    beside,
    inside,
    file: firstFile(
      path,
      extensions.map((other) => `index${other}`),
      inside,
    ),
  };
}

/** By its real path: asked in one call of the system, where the other realpathSync asks for each folder on the way. */
function firstFile(folder: string, candidates: readonly string[], names: ReadonlySet<string>): string | undefined {
  const found = candidates
    .filter((name) => names.has(name))
    .map((name) => join(folder, name))
    .find(isFile);
  return found === undefined ? undefined : realpathSync.native(found);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** The entries of a folder; the same set as long as they are the same. */
type Listings = (folder: string) => ReadonlySet<string>;

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
function createListings(): Listings {
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
