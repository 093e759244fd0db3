import {
  closeSync,
  existsSync,
  lstatSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  statSync,
  type Dirent,
  type Stats,
} from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import ignore, { type Ignore } from "ignore";
import { isLockfile, sourceKind } from "./source-kind.ts";

export interface FileProblem {
  readonly path: string;
  readonly code: "not-found" | "unreadable" | "binary" | "too-large" | "not-a-file";
  readonly message: string;
  /** An error means that something asked for was not read; a notice, that something not meant for linting was left out. */
  readonly severity: "error" | "notice";
}

export interface FilesToLint {
  /** Absolute paths, each once, in a stable order. */
  readonly files: string[];
  readonly problems: FileProblem[];
}

const codeLimitBytes = 5 * 1024 * 1024;
const textLimitBytes = 50 * 1024 * 1024;
const sniffedBytes = 8 * 1024;
const skippedFolders = new Set([".git", ".hg", ".svn", ".jj", "node_modules", "bower_components"]);

/**
 * The files below `paths` that are worth linting. Folders are walked as git would see them: .gitignore files count (nested ones,
 * negations, those of the parents up to the root of the repository, .git/info/exclude); lockfiles, binaries and symbolic links are passed over.
 * A path named explicitly is taken even if git ignores it, and is never passed over without a problem that says why.
 */
export function filesToLint(paths: readonly string[], { cwd = process.cwd() }: { readonly cwd?: string } = {}): FilesToLint {
  const files = new Set<string>();
  const problems: FileProblem[] = [];
  const visited = new Set<string>();
  const buffer = Buffer.alloc(sniffedBytes);

  for (const path of paths.map((path) => resolve(cwd, path))) {
    const stats = attempt(path, () => statSync(path));
    if (stats === undefined) continue;
    if (stats.isDirectory()) walk(path, ignoresAbove(path));
    else takeFile(path, stats, "named");
  }
  return { files: [...files], problems };

  function walk(folder: string, above: readonly Scope[]): void {
    if (visited.has(folder)) return;
    visited.add(folder);
    const entries = attempt(folder, () => readdirSync(folder, { withFileTypes: true }));
    if (entries === undefined) return;
    const scopes = [...above, ...scopesOf(folder)];
    for (const entry of entries.sort(byName)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!skippedFolders.has(entry.name) && !isIgnored(path, scopes, "folder")) walk(path, scopes);
      } else if (entry.isFile() && !isLockfile(path) && !isIgnored(path, scopes, "file")) {
        const stats = attempt(path, () => lstatSync(path));
        if (stats) takeFile(path, stats, "found");
      }
    }
  }

  function takeFile(path: string, stats: Stats, how: "named" | "found"): void {
    const [limit, unit] = sourceKind(path) === "text" ? [textLimitBytes, "text"] : [codeLimitBytes, "code"];
    if (!stats.isFile()) {
      problems.push({ path, code: "not-a-file", severity: "error", message: `${path} is neither a file nor a folder; it was not read.` });
    } else if (stats.size > limit) {
      const message = `${path} was not linted: it has ${megabytes(stats.size)} MB and the limit for ${unit} is ${megabytes(limit)} MB.`;
      problems.push({ path, code: "too-large", severity: how === "named" ? "error" : "notice", message });
    } else {
      const binary = attempt(path, () => isBinary(path, buffer));
      if (binary === false) files.add(path);
      else if (binary === true && how === "named") {
        problems.push({ path, code: "binary", severity: "notice", message: `${path} was not linted: it is a binary file.` });
      }
    }
  }

  function attempt<T>(path: string, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      problems.push(unreadable(path, error as NodeJS.ErrnoException));
      return undefined;
    }
  }
}

/** Whether a walk of the whole repository would lint this path: it is not ignored, no lockfile and in no folder of installed packages. */
export function isInScope(path: string): boolean {
  const parts = path.split(sep);
  if (isLockfile(path) || parts.some((part) => skippedFolders.has(part))) return false;
  const root = repositoryRoot(dirname(path));
  if (root === undefined) return true;
  const folders = relative(root, dirname(path)).split(sep).filter(Boolean);
  const scopes = scopesOf(root);
  let at = root;
  for (const folder of folders) {
    at = join(at, folder);
    if (isIgnored(at, scopes, "folder")) return false;
    scopes.push(...scopesOf(at));
  }
  return !isIgnored(path, scopes, "file");
}

interface Scope {
  readonly base: string;
  readonly rules: Ignore;
}

function scopesOf(folder: string): Scope[] {
  return [join(".git", "info", "exclude"), ".gitignore"].flatMap((name) => {
    try {
      return [{ base: folder, rules: ignore({ ignorecase: false }).add(readFileSync(join(folder, name), "utf8")) }];
    } catch {
      return [];
    }
  });
}

/** The ignore files of the folders above, up to the root of the repository; none when they ignore the folder itself, which was asked for by name. */
function ignoresAbove(folder: string): Scope[] {
  const root = repositoryRoot(folder);
  if (root === undefined || root === folder) return [];
  const parents = relative(root, dirname(folder)).split(sep).filter(Boolean);
  const scopes = parents.reduce<string[]>((above, name) => [...above, join(above.at(-1)!, name)], [root]).flatMap(scopesOf);
  return isIgnored(folder, scopes, "folder") ? [] : scopes;
}

function repositoryRoot(folder: string): string | undefined {
  if (existsSync(join(folder, ".git"))) return folder;
  return dirname(folder) === folder ? undefined : repositoryRoot(dirname(folder));
}

/** The deepest ignore file with something to say about a path decides. */
function isIgnored(path: string, scopes: readonly Scope[], kind: "file" | "folder"): boolean {
  for (const { base, rules } of scopes.toReversed()) {
    const inside = relative(base, path).split(sep).join("/");
    const { ignored, unignored } = rules.test(kind === "folder" ? `${inside}/` : inside);
    if (ignored) return true;
    if (unignored) return false;
  }
  return false;
}

function isBinary(path: string, buffer: Buffer): boolean {
  const file = openSync(path, "r");
  try {
    return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, 0)).includes(0);
  } finally {
    closeSync(file);
  }
}

const reasons: Partial<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  ELOOP: "its symbolic links form a circle",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "the path is too long",
  ENOTDIR: "a part of the path is not a folder",
};

function unreadable(path: string, { code = "", message }: NodeJS.ErrnoException): FileProblem {
  if (code === "ENOENT") return { path, code: "not-found", severity: "error", message: `${path} does not exist.` };
  return { path, code: "unreadable", severity: "error", message: `${path} could not be read: ${reasons[code] ?? message}.` };
}

function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1).replace(/\.0$/, "");
}

function byName(a: Dirent, b: Dirent): number {
  return a.name < b.name ? -1 : 1;
}
