import { readFileSync, realpathSync, statSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, resolve as resolvePath } from "node:path";

import { analyze } from "@typescript-eslint/scope-manager";
import type { TSESTree } from "@typescript-eslint/utils";
import { visitorKeys as typescriptVisitorKeys } from "@typescript-eslint/visitor-keys";
import { createPathsMatcher, getTsconfig } from "get-tsconfig";

import { libraryMention } from "./libraries.ts";
import { createSourceFile, type SourceFile } from "./source-file.ts";

/** The parser ESLint uses for the linted file, asked again for the files its imports lead to. */
export interface ModuleParser {
  readonly parser: unknown;
  readonly parserOptions: Readonly<Record<string, unknown>>;
}

/** Follows imports into other files of the project. A missing, unreadable or broken file is undefined, never an error. */
export interface Modules {
  /** The file an import leads to; undefined for a package, a built-in module or a file that is not there. */
  resolve(specifier: string, fromPath: string): string | undefined;
  load(path: string): SourceFile | undefined;
  /** Whether the file, or one it imports, mentions a library at all: told from text, before anything is parsed. */
  leadsToLibrary(path: string): boolean;
}

const extensions = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"];
const sourceOf: Readonly<Record<string, readonly string[]>> = {
  ".js": [".ts", ".tsx", ".js"],
  ".jsx": [".tsx", ".jsx"],
  ".mjs": [".mts", ".mjs"],
  ".cjs": [".cts", ".cjs"],
};
/** Larger files are bundles: nobody writes a client there, and parsing them would stall an editor. */
const maximumBytes = 1_000_000;
const maximumParsedFiles = 64;
const maximumImportDepth = 6;

/** What is remembered of a file's text; not the text itself, which over a large project would fill the memory. */
interface Glance {
  readonly stamp: string;
  readonly mentions: boolean;
  readonly imports: readonly string[];
}

const glances = new Map<string, Glance>();
const parsed = new Map<string, { readonly stamp: string; readonly parser: unknown; readonly file: SourceFile | undefined }>();
const pathMatchers = new Map<string, ((specifier: string) => readonly string[]) | undefined>();

export function createModules(how: ModuleParser): Modules {
  return {
    resolve,
    load(path) {
      const stamp = stampOf(path);
      if (stamp === undefined) return undefined;
      const cached = parsed.get(path);
      if (cached?.stamp === stamp && cached.parser === how.parser) return remembered(path, cached).file;
      const text = textOf(path);
      return remembered(path, { stamp, parser: how.parser, file: text === undefined ? undefined : parse(path, text, how) }).file;
    },
    leadsToLibrary: (path) => leadsToLibrary(path, maximumImportDepth, new Set()),
  };
}

/** Least recently used files are dropped: over thousands of files memory stays flat. */
function remembered<Entry extends { stamp: string; parser: unknown; file: SourceFile | undefined }>(path: string, entry: Entry): Entry {
  parsed.delete(path);
  parsed.set(path, entry);
  if (parsed.size > maximumParsedFiles) for (const oldest of parsed.keys()) return (parsed.delete(oldest), entry);
  return entry;
}

function leadsToLibrary(path: string, depth: number, seen: Set<string>): boolean {
  if (depth === 0 || seen.has(path)) return false;
  seen.add(path);
  const glance = glanceAt(path);
  if (!glance) return false;
  if (glance.mentions) return true;
  return glance.imports.some((specifier) => {
    const target = resolve(specifier, path);
    return target !== undefined && leadsToLibrary(target, depth - 1, seen);
  });
}

/** The specifiers a text imports, by its look: enough to decide whether parsing is worth it. */
export function importedSpecifiers(text: string): string[] {
  return [...text.matchAll(/(?:\bfrom\s*|\brequire\s*\(\s*|\bimport\s*\(?\s*)["']([^"'\n]+)["']/gu)].map((match) => match[1]!);
}

export function mentionsLibrary(text: string): boolean {
  return libraryMention.test(text);
}

function glanceAt(path: string): Glance | undefined {
  const stamp = stampOf(path);
  if (stamp === undefined) return undefined;
  const cached = glances.get(path);
  if (cached?.stamp === stamp) return cached;
  const text = textOf(path);
  if (text === undefined) return undefined;
  const mentions = mentionsLibrary(text);
  const glance = { stamp, mentions, imports: mentions ? [] : importedSpecifiers(text) };
  glances.set(path, glance);
  return glance;
}

/** Changes when the file changes; undefined when there is nothing to read. */
function stampOf(path: string): string | undefined {
  try {
    const stat = statSync(path);
    return stat.isFile() && stat.size <= maximumBytes ? `${stat.size}:${stat.mtimeMs}` : undefined;
  } catch {
    return undefined;
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function resolve(specifier: string, fromPath: string): string | undefined {
  if (specifier.startsWith("node:") || builtinModules.includes(specifier)) return undefined;
  const folder = dirname(fromPath);
  if (specifier.startsWith(".") || specifier.startsWith("/")) return existing(resolvePath(folder, specifier));
  for (const candidate of pathMatcher(folder)?.(specifier) ?? []) {
    const found = existing(candidate);
    if (found && !found.includes("/node_modules/")) return found;
  }
  return undefined;
}

/** tsconfig `paths` and `baseUrl` of the folder. */
function pathMatcher(folder: string): ((specifier: string) => readonly string[]) | undefined {
  if (pathMatchers.has(folder)) return pathMatchers.get(folder);
  let matcher: ((specifier: string) => readonly string[]) | undefined;
  try {
    const config = getTsconfig(folder);
    matcher = config ? (createPathsMatcher(config) ?? undefined) : undefined;
  } catch {
    matcher = undefined; // a broken tsconfig is the compiler's business
  }
  pathMatchers.set(folder, matcher);
  return matcher;
}

function existing(path: string): string | undefined {
  const extension = /\.[cm]?jsx?$/u.exec(path)?.[0];
  const stem = extension ? path.slice(0, -extension.length) : path;
  const candidates = [
    ...(extension ? (sourceOf[extension] ?? []).map((other) => stem + other) : []),
    path,
    ...extensions.map((other) => path + other),
    ...extensions.map((other) => join(path, `index${other}`)),
  ];
  const found = candidates.find((candidate) => {
    try {
      return statSync(candidate, { throwIfNoEntry: false })?.isFile() === true;
    } catch {
      return false;
    }
  });
  return found === undefined ? undefined : realpathSync(found);
}

interface ParserModule {
  parseForESLint?(
    text: string,
    options: object,
  ): { ast: TSESTree.Program; scopeManager?: Parameters<typeof createSourceFile>[3]; visitorKeys?: Record<string, string[]> };
  parse?(text: string, options: object): TSESTree.Program;
}

function parse(path: string, content: string, { parser, parserOptions }: ModuleParser): SourceFile | undefined {
  const module = parser as ParserModule;
  const text = path.endsWith(".json") ? `module.exports = ${content}` : content;
  const options = {
    sourceType: "module",
    ecmaVersion: "latest",
    ...parserOptions,
    filePath: path.endsWith(".json") ? `${path}.js` : path,
    range: true,
    loc: true,
    tokens: false,
    comment: false,
    // Type information of another file is never worth building a program for.
    project: undefined,
    projectService: undefined,
    programs: undefined,
    ecmaFeatures: { globalReturn: true, jsx: !/\.[cm]?ts$/u.test(path) },
  };
  try {
    const result = module.parseForESLint?.(text, options);
    const ast = result?.ast ?? module.parse?.(text, options);
    if (!ast) return undefined;
    const scopeManager = result?.scopeManager ?? analyze(ast, { sourceType: "module" });
    return createSourceFile(path, text, ast, scopeManager, result?.visitorKeys ?? (typescriptVisitorKeys as Record<string, string[]>));
  } catch {
    return undefined; // a syntax error is reported when that file itself is linted
  }
}
