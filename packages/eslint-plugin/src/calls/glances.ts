import { libraryMention } from "./libraries.ts";
import type { ResolveImport } from "./resolve-import.ts";

/** What is told of other files from their text, before anything is parsed: most of a project leads to no request, and is not worth reading. */
export interface Glances {
  /** Whether the file, or one it imports, mentions a library at all. */
  leadsToLibrary(path: string): boolean;
  /** Whether what the file exports by this name, itself or from another file, is a class. */
  exportsClass(path: string, name: string): boolean;
  /** The file that defines what the file exports by this name, and its name there: an index that passes on all of a folder need not be read. */
  definition(path: string, name: string): Exported;
}

/** An export of a file by its name. */
export interface Exported {
  readonly path: string;
  readonly name: string;
}

interface Files {
  readonly resolve: ResolveImport;
  readonly textAt: (path: string) => string | undefined;
  /** Changes when the file changes; undefined when there is nothing to read. */
  readonly stampOf: (path: string) => string | undefined;
  readonly onChange: () => void;
}

/** As deep as functions of the project are followed. */
const maximumImportDepth = 4;

/** What is remembered of a file's text; not the text itself, which over a large project would fill the memory. */
interface Glance {
  readonly stamp: string;
  readonly mentions: boolean;
  readonly imports: readonly string[];
  readonly classes: ReadonlySet<string>;
  /** The names that the file defines and exports; undefined where its text does not tell. */
  readonly defines: ReadonlySet<string> | undefined;
  readonly passesOn: readonly PassedOn[];
}

/** `export { Client } from "./client"`, `export * from "./client"` */
interface PassedOn {
  readonly specifier: string;
  /** What it is called there, by the name it is exported as here; undefined where all is passed on. */
  readonly names: ReadonlyMap<string, string> | undefined;
}

/** Kept for the process. */
const glances = new Map<string, Glance>();

/** Answers hold as long as what the disk says does. */
export function createGlances({ resolve, textAt, stampOf, onChange }: Files): Glances {
  const leading = new Map<string, boolean>();
  /** Files from which no way of so many files leads to a library. */
  const cleared = new Map<string, number>();
  return {
    leadsToLibrary(path) {
      const answer = leading.get(path) ?? leadsToLibrary(path);
      leading.set(path, answer);
      return answer;
    },
    exportsClass: (path, name) => exportsClass(path, name, maximumImportDepth),
    definition: (path, name) => definition({ path, name }, maximumImportDepth) ?? { path, name },
  };

  /** Nearest files first, so that a file is never judged by a longer way to it than the shortest. */
  function leadsToLibrary(path: string): boolean {
    const seen = new Set([path]);
    const levels = [[path]];
    for (let level = levels[0]!, left = maximumImportDepth; left > 0 && level.length > 0; left -= 1) {
      const next: string[] = [];
      for (const file of level) {
        if (left <= (cleared.get(file) ?? 0)) continue;
        const glance = glanceAt(file);
        if (glance?.mentions) return true;
        for (const specifier of glance?.imports ?? []) {
          const target = resolve(specifier, file);
          if (target === undefined || seen.has(target)) continue;
          seen.add(target);
          next.push(target);
        }
      }
      levels.push((level = next));
    }
    for (const [distance, files] of levels.entries())
      for (const file of files) cleared.set(file, Math.max(cleared.get(file) ?? 0, maximumImportDepth - distance));
    return false;
  }

  function exportsClass(path: string, name: string, depth: number): boolean {
    const glance = depth > 0 ? glanceAt(path) : undefined;
    if (!glance) return false;
    if (glance.classes.has(name)) return true;
    return glance.passesOn.some(({ specifier, names }) => {
      const nameThere = names ? names.get(name) : name;
      const target = nameThere === undefined ? undefined : resolve(specifier, path);
      return target !== undefined && exportsClass(target, nameThere!, depth - 1);
    });
  }

  /** Undefined where nothing is exported by that name; the file itself where its text does not tell. */
  function definition(exported: Exported, depth: number): Exported | undefined {
    const { path, name } = exported;
    const glance = depth > 0 ? glanceAt(path) : undefined;
    if (!glance?.defines || glance.defines.has(name)) return exported;
    const named = glance.passesOn.find(({ names }) => names?.has(name));
    for (const { specifier, names } of named ? [named] : glance.passesOn.filter(({ names: listed }) => !listed)) {
      const target = resolve(specifier, path);
      const found = target === undefined ? exported : definition({ path: target, name: names?.get(name) ?? name }, depth - 1);
      if (found) return found;
    }
    return undefined;
  }

  function glanceAt(path: string): Glance | undefined {
    const stamp = stampOf(path);
    if (stamp === undefined) return undefined;
    const cached = glances.get(path);
    if (cached?.stamp === stamp) return cached;
    if (cached) onChange();
    const text = textAt(path);
    if (text === undefined) return undefined;
    const glance = { stamp, ...glanceOver(text) };
    glances.set(path, glance);
    return glance;
  }
}

function glanceOver(text: string): Omit<Glance, "stamp"> {
  const mentions = mentionsLibrary(text);
  return {
    mentions,
    imports: mentions ? [] : importedSpecifiers(text),
    classes: new Set([...text.matchAll(/\bclass\s+([\w$]+)/gu)].map((match) => match[1]!)),
    defines: definedExports(text),
    passesOn: passedOn(text),
  };
}

/** The specifiers a text imports, by its look: enough to decide whether parsing is worth it. */
export function importedSpecifiers(text: string): string[] {
  return [...text.matchAll(/(?:\bfrom\s*|\brequire\s*\(\s*|\bimport\s*\(?\s*)["']([^"'\n]+)["']/gu)].map((match) => match[1]!);
}

export function mentionsLibrary(text: string): boolean {
  return libraryMention.test(text);
}

/** CommonJS and patterns are not told by their look. */
function definedExports(text: string): ReadonlySet<string> | undefined {
  if (/\bexports\b|\bexport\s*=|\bexport\s+(?:const|let|var)\s*[{[]/u.test(text)) return undefined;
  const declared = text.matchAll(
    /\bexport\s+(?!default\b)(?:(?:declare|abstract|async|const(?=\s+enum))\s+)*(?:function\s*\*?|[a-z]+)\s+([\w$]+)/gu,
  );
  const names = new Set([...declared].map((match) => match[1]!));
  if (/\bexport\s+default\b/u.test(text)) names.add("default");
  for (const [, listed] of text.matchAll(/\bexport\s*\{([^{}]*)\}(?!\s*from\b)/gu))
    for (const name of namesIn(listed!).keys()) names.add(name);
  return names;
}

function passedOn(text: string): PassedOn[] {
  return [...text.matchAll(/\bexport\s*(?:\*|\{([^{}]*)\})\s*from\s*["']([^"'\n]+)["']/gu)].map(([, listed, specifier]) => ({
    specifier: specifier!,
    names: listed === undefined ? undefined : namesIn(listed),
  }));
}

/** `b` by `a` of `{ b as a }` */
function namesIn(listed: string): ReadonlyMap<string, string> {
  return new Map([...listed.matchAll(/([\w$]+)(?:\s+as\s+([\w$]+))?/gu)].map(([, name, as = name]) => [as!, name!]));
}
