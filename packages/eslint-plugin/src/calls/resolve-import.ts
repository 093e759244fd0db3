import { readFileSync, realpathSync, statSync } from "node:fs";
import { builtinModules } from "node:module";
import { basename, dirname, join, resolve as resolvePath } from "node:path";

import { createPathsMatcher, findTsconfig, getTsconfig, type TsConfigResult } from "get-tsconfig";
import { parse } from "jsonc-parser";

import { createListings, type Listings } from "./folder-listing.ts";
import { createWorkspacePackages, type WorkspacePackages } from "./workspace-packages.ts";

/** The file of the project that an import leads to; undefined for a package of others, a built-in module or a file that is not there. */
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
  const packages = createWorkspacePackages();
  return (specifier, fromPath) => {
    if (specifier.startsWith("node:") || builtIns.has(specifier)) return undefined;
    const folder = dirname(fromPath);
    const question = `${folder}\0${specifier}`;
    if (!answers.has(question)) answers.set(question, resolveFrom(folder, specifier, { listings, packages }));
    return answers.get(question);
  };
}

interface Places {
  readonly listings: Listings;
  readonly packages: WorkspacePackages;
}

function resolveFrom(folder: string, specifier: string, { listings, packages }: Places): string | undefined {
  if (specifier.startsWith(".") || specifier.startsWith("/")) return existing(resolvePath(folder, specifier), listings);
  const candidates = [...(pathMatcher(folder)?.(specifier) ?? []), ...packages.candidates(specifier, folder)];
  for (const candidate of candidates) {
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

type PathMatcher = (specifier: string) => readonly string[];

const pathMatchers = new Map<string, PathMatcher | undefined>();

/** tsconfig `paths` and `baseUrl` of the folder. */
function pathMatcher(folder: string): PathMatcher | undefined {
  if (pathMatchers.has(folder)) return pathMatchers.get(folder);
  const config = quietly(() => getTsconfig(folder)) ?? quietly(() => withoutInheritance(folder));
  const matcher = config ? (createPathsMatcher(config) ?? undefined) : undefined;
  pathMatchers.set(folder, matcher);
  return matcher;
}

/** Before its packages are installed a project may extend what is not there: its own `paths` hold all the same. */
function withoutInheritance(folder: string): TsConfigResult | undefined {
  const path = findTsconfig(folder);
  if (path === undefined) return undefined;
  const { compilerOptions } = parse(readFileSync(path, "utf8"), undefined, { allowTrailingComma: true }) as TsConfigResult["config"];
  return { path, config: { ...(compilerOptions && { compilerOptions }) } };
}

/** A broken tsconfig is the compiler's business. */
function quietly<T>(read: () => T | null | undefined): T | undefined {
  try {
    return read() ?? undefined;
  } catch {
    return undefined;
  }
}
