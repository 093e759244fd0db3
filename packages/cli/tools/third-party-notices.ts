import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The licence texts of every package of which a bundle holds a module, as those licences ask for. */
export function thirdPartyNotices(modules: readonly string[]): string {
  const folders = new Set(
    modules
      .filter((module) => module.includes("node_modules"))
      .map((module) => packageFolder(dirname(module.replace(/^\0|\?.*$/gu, ""))))
      .filter((folder) => folder !== undefined),
  );
  const notices = [...folders].map((folder) => `${nameOf(folder)}\n\n${licenceOf(folder).trim()}\n`);
  return ["The holdfast command contains these packages.\n", ...new Set(notices.sort())].join(`\n${"-".repeat(80)}\n\n`);
}

/** The nearest folder whose package.json has a name: some packages have nameless ones further down. */
function packageFolder(folder: string): string | undefined {
  if (existsSync(join(folder, "package.json")) && manifestOf(folder).name !== undefined) return folder;
  return folder === dirname(folder) ? undefined : packageFolder(dirname(folder));
}

function nameOf(folder: string): string {
  const { name, version, license } = manifestOf(folder);
  return `${name} ${version} (${license ?? "see below"})`;
}

function licenceOf(folder: string): string {
  const files = readdirSync(folder).filter((name) => /^(?:licen[cs]e|copying|notice)/iu.test(name));
  return files.map((name) => readFileSync(join(folder, name), "utf8")).join("\n") || `Licence: ${manifestOf(folder).license}`;
}

function manifestOf(folder: string): { readonly name?: string; readonly version?: string; readonly license?: string } {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as object;
}
