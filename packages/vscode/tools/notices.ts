import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

import type { Metafile } from "esbuild";

/** The licence texts of every package that a bundle contains, as those licences ask for. */
export function noticesOf(metafiles: readonly Metafile[]): string {
  const modules = metafiles.flatMap(({ outputs }) => Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs)));
  const packages = new Map<string, string>();
  for (const module of modules.filter((path) => path.includes("node_modules"))) {
    const folder = packageFolder(resolve(module));
    if (folder !== undefined) packages.set(nameOf(folder), folder);
  }
  const notices = [...packages].sort(([a], [b]) => a.localeCompare(b)).map(([name, folder]) => `${name}\n\n${licenceOf(folder).trim()}\n`);
  return ["Holdfast for Visual Studio Code contains these packages.\n", ...notices].join(`\n${"-".repeat(80)}\n\n`);
}

function packageFolder(file: string): string | undefined {
  const folder = dirname(file);
  if (existsSync(join(folder, "package.json")) && manifestOf(folder).name !== undefined) return folder;
  return folder === dirname(folder) ? undefined : packageFolder(folder);
}

function nameOf(folder: string): string {
  const { name, version, license } = manifestOf(folder);
  return `${name} ${version} (${license ?? "see below"})`;
}

function licenceOf(folder: string): string {
  const files = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name));
  return files.length > 0
    ? files.map((name) => readFileSync(join(folder, name), "utf8")).join("\n")
    : `Licence: ${manifestOf(folder).license}`;
}

function manifestOf(folder: string): { readonly name?: string; readonly version?: string; readonly license?: string } {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}
