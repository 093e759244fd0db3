import { readFileSync } from "node:fs";
import { join } from "node:path";

import { exports as exportsFor, imports as importsFor } from "resolve.exports";
import { parse } from "yaml";

import { packageFolder, projectFolder } from "../project/package-folder.ts";
import { namesIn } from "./folder-listing.ts";

/** What the resolution of packages reads of a package.json. */
interface Manifest {
  readonly name: string;
  readonly workspaces?: readonly string[] | { readonly packages?: readonly string[] };
  readonly source?: string;
  readonly module?: string;
  readonly main?: string;
  readonly exports?: object;
  readonly imports?: object;
}

/** Where a specifier leads by the packages of the project itself, whether they are installed and built or not. */
export interface WorkspacePackages {
  /** Files that `@acme/http/client` or `#lib/client` may stand for, best first, as they are written in the package.json and as their sources are usually called. */
  candidates(specifier: string, folder: string): readonly string[];
}

/** For as long as what the disk says is believed. */
export function createWorkspacePackages(): WorkspacePackages {
  const roots = new Map<string, ReadonlyMap<string, string>>();
  return {
    candidates(specifier, folder) {
      if (specifier.startsWith("#")) return ownImports(specifier, folder);
      const name = /^(?:@[^/]+\/)?[^/]+/u.exec(specifier)?.[0];
      const root = projectFolder(folder);
      let packages = roots.get(root);
      if (!packages) roots.set(root, (packages = packagesOf(root)));
      const target = name === undefined ? undefined : packages.get(name);
      return target === undefined ? [] : entriesOf(target, `.${specifier.slice(name!.length)}`);
    },
  };
}

const conditions = { unsafe: true, conditions: ["source", "development", "node", "import", "require", "default"] };

function ownImports(specifier: string, folder: string): string[] {
  const own = packageFolder(folder);
  const manifest = own === undefined ? undefined : manifestIn(own);
  if (!manifest?.imports) return [];
  const targets = quietly(() => importsFor(manifest, specifier, conditions)) ?? [];
  return targets.filter((target) => target.startsWith(".")).flatMap((target) => sourcesOf(join(own!, target)));
}

function entriesOf(folder: string, subpath: string): string[] {
  const manifest = manifestIn(folder);
  if (!manifest) return [];
  const exported = manifest.exports ? (quietly(() => exportsFor(manifest, subpath, conditions)) ?? []) : [];
  const plain = subpath === "." ? [manifest.source, manifest.module, manifest.main, "src/index", "index"] : [subpath, join("src", subpath)];
  return [...exported, ...plain].flatMap((target) => (target === undefined ? [] : sourcesOf(join(folder, target))));
}

/** `dist/client.js` is made from `src/client.ts`: what is written by people comes first. */
function sourcesOf(path: string): string[] {
  const source = path
    .replace(/[/\\](?:dist|lib|build|out|esm|cjs)(?:[/\\](?:esm|cjs|src))?[/\\](?=[^/\\])/u, "/src/")
    .replace(/\.d\.([cm]?)ts$/u, ".$1js");
  return source === path ? [path] : [source, path];
}

/** The folders of a project's packages by their names. */
function packagesOf(root: string): ReadonlyMap<string, string> {
  const packages = new Map<string, string>();
  for (const folder of patternsOf(root).flatMap((pattern) => foldersOf(root, pattern.split("/")))) {
    const name = namesIn(folder).has("package.json") ? manifestIn(folder)?.name : undefined;
    if (name !== undefined && !packages.has(name)) packages.set(name, folder);
  }
  return packages;
}

/** Patterns of npm, Yarn, Bun and pnpm; what is excluded does no harm where no import leads to it. */
function patternsOf(root: string): string[] {
  const { workspaces } = manifestIn(root) ?? {};
  const listed = Array.isArray(workspaces)
    ? (workspaces as readonly string[])
    : ((workspaces as { packages?: string[] } | undefined)?.packages ?? []);
  const pnpms =
    quietly(() => (parse(readFileSync(join(root, "pnpm-workspace.yaml"), "utf8")) as { packages?: string[] } | null)?.packages) ?? [];
  return [...listed, ...pnpms].filter((pattern) => typeof pattern === "string" && !pattern.startsWith("!"));
}

/** As deep as `**` is followed. */
const maximumDepth = 4;

function foldersOf(folder: string, [segment, ...rest]: readonly string[], depth = maximumDepth): string[] {
  if (segment === undefined) return [folder];
  if (segment === "" || segment === ".") return foldersOf(folder, rest, depth);
  if (!segment.includes("*")) return namesIn(folder).has(segment) ? foldersOf(join(folder, segment), rest, depth) : [];
  const inner = [...namesIn(folder)].filter((name) => name !== "node_modules" && !name.startsWith("."));
  if (segment === "**") {
    const deeper = depth > 0 ? inner.flatMap((name) => foldersOf(join(folder, name), ["**", ...rest], depth - 1)) : [];
    return [...foldersOf(folder, rest, depth), ...deeper];
  }
  const pattern = new RegExp(
    `^${segment
      .split("*")
      .map((part) => part.replace(/[^\w-]/gu, "\\$&"))
      .join(".*")}$`,
    "u",
  );
  return inner.filter((name) => pattern.test(name)).flatMap((name) => foldersOf(join(folder, name), rest, depth));
}

function manifestIn(folder: string): Manifest | undefined {
  return quietly(() => JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest);
}

/** What is missing or broken there is the package manager's business; an import that leads nowhere is unknown. */
function quietly<T>(read: () => T | undefined | void): T | undefined {
  try {
    return read() ?? undefined;
  } catch {
    return undefined;
  }
}
