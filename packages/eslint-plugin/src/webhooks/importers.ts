import { existsSync, readFileSync, realpathSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";

import type { TSESTree } from "@typescript-eslint/utils";

import { importedSpecifiers } from "../calls/glances.ts";
import type { Modules } from "../calls/modules.ts";
import { namesIn } from "../calls/folder-listing.ts";
import type { SourceFile } from "../calls/source-file.ts";
import { packageFolder } from "../project/package-folder.ts";
import { roleOf } from "../project/file-role.ts";

/** Files of which the text is read in search of an import; a program's entry is a few folders away. */
const maximumRead = 400;

/** The product files near a file, and above it in its package, that import it. */
export function importersOf(path: string, modules: Modules): readonly SourceFile[] {
  const imported = placeOf(path);
  if (imported === undefined) return [];
  const stem = stemOf(imported);
  const imports = (text: string, candidate: string) =>
    text.includes(stem) && importedSpecifiers(text).some((specifier) => modules.resolve(specifier, candidate) === imported);
  return filesSaying(imports, imported, modules);
}

/** The product files near a file, and above it in its package, whose text says so; the nearest first. */
export function filesSaying(says: (text: string, candidate: string) => boolean, path: string, modules: Modules): readonly SourceFile[] {
  return filesAround(path)
    .filter((candidate) => candidate !== path)
    .slice(0, maximumRead)
    .flatMap((candidate) => {
      const text = textAt(candidate);
      return says(text, candidate) && roleOf(candidate, text) === "product" ? (modules.load(candidate) ?? []) : [];
    });
}

/** Where a file uses what it imports from another: the identifiers, or `require(…)` and `import(…)` themselves. None when it only passes it on. */
export function usesOf(path: string, file: SourceFile, modules: Modules): readonly TSESTree.Node[] {
  const imported = placeOf(path);
  const leadsThere = (source: TSESTree.Node | undefined) =>
    source?.type === "Literal" && typeof source.value === "string" && modules.resolve(source.value, file.path) === imported;
  const bound = file.ast.body.flatMap((statement) =>
    statement.type === "ImportDeclaration" && leadsThere(statement.source) ? statement.specifiers.map(({ local }) => local) : [],
  );
  const inline = file.calls.filter(({ callee, arguments: [source] }) => isRequire(callee) && leadsThere(source));
  const required = inline.flatMap(({ parent }) => (parent.type === "VariableDeclarator" ? identifiersIn(parent.id) : []));
  const dynamic = file.calls.flatMap(({ arguments: given }) =>
    given.filter((argument) => argument.type === "ImportExpression" && leadsThere(argument.source)),
  );
  const references = [...bound, ...required].flatMap((identifier) =>
    (file.variableOf(identifier)?.references ?? []).filter((reference) => reference.isRead()).map(({ identifier: use }) => use),
  );
  const direct = inline.filter(({ parent }) => parent.type !== "VariableDeclarator");
  return [...(references as TSESTree.Node[]), ...direct, ...dynamic];
}

/** The files of its folder, of the folders above up to the package's, and of the folders in those; the nearest first. */
function filesAround(path: string): string[] {
  const top = packageFolder(dirname(path)) ?? dirname(path);
  const files: string[] = [];
  const seen = new Set<string>();
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const names = [...namesIn(folder)].filter((name) => !/^\.|^(?:node_modules|dist|build|coverage|public)$/u.test(name));
    for (const inner of [folder, ...names.filter((name) => extname(name) === "").map((name) => join(folder, name))])
      if (!seen.has(inner) && seen.add(inner))
        files.push(...[...namesIn(inner)].filter((name) => /(?<!\.d)\.[cm]?[jt]s$/u.test(name)).map((name) => join(inner, name)));
    if (folder === top || folder === dirname(folder)) return files;
  }
}

/** As imports resolve to it; undefined for a text that is in no file. */
function placeOf(path: string): string | undefined {
  return existsSync(path) ? realpathSync.native(path) : undefined;
}

/** What an import of the file ends with, but for its extension. */
function stemOf(path: string): string {
  const name = basename(path, extname(path));
  return name === "index" ? basename(dirname(path)) : name;
}

function textAt(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // gone since its folder was listed
  }
}

function isRequire(callee: TSESTree.Node): boolean {
  return callee.type === "Identifier" && callee.name === "require";
}

function identifiersIn(pattern: TSESTree.Node): TSESTree.Identifier[] {
  if (pattern.type === "Identifier") return [pattern];
  if (pattern.type !== "ObjectPattern") return [];
  return pattern.properties.flatMap((property) => (property.type === "Property" ? identifiersIn(property.value) : []));
}
