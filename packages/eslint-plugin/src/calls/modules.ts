import { readFileSync, statSync } from "node:fs";

import { createGlances, type Glances } from "./glances.ts";
import { oncePerTurn } from "./once-per-turn.ts";
import { type ModuleParser, parseModule } from "./parse-module.ts";
import { createResolver, type ResolveImport } from "./resolve-import.ts";
import type { SourceFile } from "./source-file.ts";

/** Follows imports into other files of the project, for one analysis. A missing, unreadable or broken file is undefined, never an error. */
export interface Modules extends Glances {
  readonly resolve: ResolveImport;
  load(path: string): SourceFile | undefined;
  /** Keeps a file that the host has parsed, so that files which import it need not parse it again. It is read when one of them does. */
  keep(path: string, text: string, read: () => SourceFile): void;
  /** What was found out about other files; forgotten when one of them has changed. */
  readonly learned: Learned;
  /** False once this analysis left a file unread because it had read enough: what it does not find from then on says nothing to others. */
  readonly readsAll: () => boolean;
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
const maximumKept = 500_000;
/** Characters of other files that one analysis reads. A client and what wraps it are a few files away; all that a program imports would take minutes. */
const maximumLoaded = 300_000;

interface Parsed {
  readonly stamp: string;
  readonly parser: unknown;
  readonly characters: number;
  read(): SourceFile | undefined;
}

const parsed = new Map<string, Parsed>();
const learned: Learned = { inert: new Set(), reaching: new Map() };
let kept = 0;

/** What is known of the files on the disk. */
interface Disk extends Glances {
  readonly resolve: ResolveImport;
  stampOf(path: string): string | undefined;
}

const readDisk = oncePerTurn((): Disk => {
  const resolve = createResolver();
  const stamps = new Map<string, string | undefined>();
  const stampOnce = (path: string): string | undefined => {
    if (!stamps.has(path)) stamps.set(path, stampOf(path));
    return stamps.get(path);
  };
  return { resolve, stampOf: stampOnce, ...createGlances({ resolve, textAt: textOf, stampOf: stampOnce, onChange: unlearn }) };
});

export function createModules(how: ModuleParser): Modules {
  const disk = readDisk();
  const loaded = new Map<string, SourceFile | undefined>();
  let charactersLoaded = 0;
  let readsAll = true;
  return {
    ...disk,
    learned,
    readsAll: () => readsAll,
    load(path) {
      if (loaded.has(path)) return loaded.get(path);
      const stamp = disk.stampOf(path);
      if (stamp === undefined) return undefined;
      if (charactersLoaded > maximumLoaded) {
        readsAll = false;
        return undefined;
      }
      const cached = parsed.get(path);
      const isCurrent = cached?.stamp === stamp && cached.parser === how.parser;
      const file = remembered(path, isCurrent ? cached : parsedAt(path, how, stamp)).read();
      loaded.set(path, file);
      charactersLoaded += file?.text.length ?? 0;
      return file;
    },
    keep(path, text, read) {
      const stamp = disk.stampOf(path);
      if (stamp !== undefined) remembered(path, { stamp, parser: how.parser, characters: text.length, read });
    },
  };
}

/** Least recently used files are dropped: over thousands of files memory stays flat. */
function remembered(path: string, entry: Parsed): Parsed {
  const before = parsed.get(path);
  if (before && before.stamp !== entry.stamp) unlearn();
  forget(path);
  parsed.set(path, entry);
  kept += entry.characters;
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
  if (entry && parsed.delete(path)) kept -= entry.characters;
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

function parsedAt(path: string, how: ModuleParser, stamp: string): Parsed {
  const text = textOf(path);
  const file = text === undefined ? undefined : parseModule(path, text, how);
  return { stamp, parser: how.parser, characters: file?.text.length ?? 0, read: () => file };
}
