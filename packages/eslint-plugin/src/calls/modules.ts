import { readFileSync, statSync } from "node:fs";

import { analyze } from "@typescript-eslint/scope-manager";
import type { TSESTree } from "@typescript-eslint/utils";
import { visitorKeys as typescriptVisitorKeys } from "@typescript-eslint/visitor-keys";

import { libraryMention } from "./libraries.ts";
import { createResolver, type ResolveImport } from "./resolve-import.ts";
import { createSourceFile, type SourceFile } from "./source-file.ts";

/** The parser ESLint uses for the linted file, asked again for the files its imports lead to. */
export interface ModuleParser {
  readonly parser: unknown;
  readonly parserOptions: Readonly<Record<string, unknown>>;
}

/** Follows imports into other files of the project, for one analysis. A missing, unreadable or broken file is undefined, never an error. */
export interface Modules {
  readonly resolve: ResolveImport;
  load(path: string): SourceFile | undefined;
  /** Keeps a file that the host has parsed, so that files which import it need not parse it again. */
  keep(file: SourceFile): void;
  /** Whether the file, or one it imports, mentions a library at all: told from text, before anything is parsed. */
  leadsToLibrary(path: string): boolean;
  /** What was found out about other files; forgotten when one of them has changed. */
  readonly learned: Learned;
}

/** Kept for the process, so that a file which many others import is not parsed again for each of them. */
export interface Learned {
  /** Calls that lead to no request; `inert-calls.ts` says how they are named. */
  readonly inert: Set<string>;
  /** Functions by file and place: that they reach a request, or how many calls deep it was found that they do not. */
  readonly reaching: Map<string, number | "reaches">;
}

/** Larger files are bundles: nobody writes a client there, and parsing them would stall an editor. */
const maximumBytes = 1_000_000;
/** Characters of source whose trees are kept; a tree takes about two hundred times the space. */
const maximumKept = 300_000;
/** Characters of other files that one analysis reads. A client and what wraps it are a few files away; all that a program imports would take minutes. */
const maximumLoaded = 600_000;
/** As deep as functions of the project are followed. */
const maximumImportDepth = 4;

/** What is remembered of a file's text; not the text itself, which over a large project would fill the memory. */
interface Glance {
  readonly stamp: string;
  readonly mentions: boolean;
  readonly imports: readonly string[];
}

interface Parsed {
  readonly stamp: string;
  readonly parser: unknown;
  readonly file: SourceFile | undefined;
}

const glances = new Map<string, Glance>();
const parsed = new Map<string, Parsed>();
const learned: Learned = { inert: new Set(), reaching: new Map() };
let kept = 0;

export function createModules(how: ModuleParser): Modules {
  const resolve = createResolver();
  const stamps = new Map<string, string | undefined>();
  const leading = new Map<string, boolean>();
  const loaded = new Map<string, SourceFile | undefined>();
  let charactersLoaded = 0;
  const stampOnce = (path: string): string | undefined => {
    if (!stamps.has(path)) stamps.set(path, stampOf(path));
    return stamps.get(path);
  };
  return {
    resolve,
    learned,
    load(path) {
      if (loaded.has(path)) return loaded.get(path);
      const stamp = stampOnce(path);
      if (stamp === undefined || charactersLoaded > maximumLoaded) return undefined;
      const cached = parsed.get(path);
      const isCurrent = cached?.stamp === stamp && cached.parser === how.parser;
      const { file } = remembered(path, isCurrent ? cached : { stamp, parser: how.parser, file: parsedAt(path, how) });
      loaded.set(path, file);
      charactersLoaded += file?.text.length ?? 0;
      return file;
    },
    keep(file) {
      const stamp = stampOnce(file.path);
      if (stamp !== undefined) remembered(file.path, { stamp, parser: how.parser, file });
    },
    leadsToLibrary(path) {
      const known = leading.get(path);
      if (known !== undefined) return known;
      const answer = leadsToLibrary(path, { resolve, stampOf: stampOnce });
      leading.set(path, answer);
      return answer;
    },
  };
}

/** Least recently used files are dropped: over thousands of files memory stays flat. */
function remembered(path: string, entry: Parsed): Parsed {
  const before = parsed.get(path);
  if (before && before.stamp !== entry.stamp) unlearn();
  forget(path);
  parsed.set(path, entry);
  kept += sizeOf(entry);
  for (const oldest of parsed.keys()) {
    if (kept <= maximumKept || oldest === path) break;
    forget(oldest);
  }
  return entry;
}

function unlearn(): void {
  learned.inert.clear();
  learned.reaching.clear();
}

function forget(path: string): void {
  const entry = parsed.get(path);
  if (entry && parsed.delete(path)) kept -= sizeOf(entry);
}

function sizeOf({ file }: Parsed): number {
  return file?.text.length ?? 0;
}

interface Files {
  readonly resolve: ResolveImport;
  readonly stampOf: (path: string) => string | undefined;
}

/** Nearest files first, so that a file is never judged by a longer way to it than the shortest. */
function leadsToLibrary(path: string, { resolve, stampOf }: Files): boolean {
  const seen = new Set([path]);
  let level = [path];
  for (let depth = 0; depth < maximumImportDepth && level.length > 0; depth += 1) {
    const next: string[] = [];
    for (const file of level) {
      const glance = glanceAt(file, stampOf(file));
      if (glance?.mentions) return true;
      for (const specifier of glance?.imports ?? []) {
        const target = resolve(specifier, file);
        if (target === undefined || seen.has(target)) continue;
        seen.add(target);
        next.push(target);
      }
    }
    level = next;
  }
  return false;
}

/** The specifiers a text imports, by its look: enough to decide whether parsing is worth it. */
export function importedSpecifiers(text: string): string[] {
  return [...text.matchAll(/(?:\bfrom\s*|\brequire\s*\(\s*|\bimport\s*\(?\s*)["']([^"'\n]+)["']/gu)].map((match) => match[1]!);
}

export function mentionsLibrary(text: string): boolean {
  return libraryMention.test(text);
}

function glanceAt(path: string, stamp: string | undefined): Glance | undefined {
  if (stamp === undefined) return undefined;
  const cached = glances.get(path);
  if (cached?.stamp === stamp) return cached;
  if (cached) unlearn();
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

function parsedAt(path: string, how: ModuleParser): SourceFile | undefined {
  const text = textOf(path);
  return text === undefined ? undefined : parse(path, text, how);
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
    // Neither documentation nor the names of the language's own library are ever asked for.
    jsDocParsingMode: "none",
    lib: [],
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
