import * as knownLibraries from "./known-libraries.ts";
import type { LibraryDefinition } from "./library.ts";

const libraries: readonly LibraryDefinition[] = Object.values(knownLibraries);

const names = libraries.flatMap((library) => library.packages.map((name) => [name, library] as const));
const byPackage = new Map(names.filter(([name]) => !name.endsWith("*")));
/** `@aws-sdk/` for `@aws-sdk/*` */
const byPrefix = names.filter(([name]) => name.endsWith("*")).map(([name, library]) => [name.slice(0, -1), library] as const);
const byGlobal = new Map(libraries.flatMap((library) => (library.globals ?? []).map((name) => [name, library] as const)));

/** The library that a reference belongs to, and the members that remain: `globalThis.fetch` is fetch and []. */
export function libraryOf(module: string, path: readonly string[]): { library: LibraryDefinition; path: readonly string[] } | undefined {
  if (module !== "globalThis") {
    const library = byPackage.get(module) ?? byPrefix.find(([prefix]) => module.startsWith(prefix))?.[1];
    return library && { library, path };
  }
  const library = path[0] === undefined ? undefined : byGlobal.get(path[0]);
  return library && { library, path: path.slice(1) };
}

/** Whether a type of the library is that of its clients: `Stripe`, or `S3Client` where `*Client` is one. */
export function isClientType({ types = [] }: LibraryDefinition, name: string): boolean {
  return types.some((type) => (type.startsWith("*") ? name.endsWith(type.slice(1)) : type === name));
}

const mentioned = {
  packages: [...byPackage].flatMap(([name, { needsOthers }]) => (needsOthers ? [] : name)),
  prefixes: byPrefix.flatMap(([prefix, { needsOthers }]) => (needsOthers ? [] : prefix)),
  globals: [...byGlobal].flatMap(([name, { needsOthers }]) => (needsOthers ? [] : name)),
};

/** What a file holds in which any library is used: its name in quotes, or a call of the global. A cheap test before anything is parsed. */
export const libraryMention = new RegExp(
  [
    `["'](?:(?:${alternatives(mentioned.packages)})["'/]${mentioned.prefixes.length > 0 ? `|${alternatives(mentioned.prefixes)}` : ""})`,
    `(?:^|[^.\\w$]|\\b(?:globalThis|window|self|global)\\s*\\??\\.\\s*)(?:${alternatives(mentioned.globals)})\\s*\\(`,
  ].join("|"),
  "mu",
);

function alternatives(names: Iterable<string>): string {
  return [...names].map((name) => name.replace(/[$/.]/gu, "\\$&")).join("|");
}
