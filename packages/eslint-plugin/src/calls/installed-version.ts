import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const versions = new Map<string, string | undefined>();

/** The major version of a package installed beside a file, undefined when there is none. */
export function installedMajor(module: string, fromPath: string): number | undefined {
  const version = installedVersion(module, fromPath);
  return version === undefined ? undefined : Number.parseInt(version, 10);
}

/** The version of a package installed beside a file (its node_modules or one above), undefined when there is none. */
export function installedVersion(module: string, fromPath: string): string | undefined {
  const name = packageName(module);
  for (let folder = dirname(fromPath); ; folder = dirname(folder)) {
    const version = versionIn(join(folder, "node_modules", name, "package.json"));
    if (version !== undefined || folder === dirname(folder)) return version;
  }
}

/** `@scope/name/deep` is `@scope/name`. */
export function packageName(module: string): string {
  return module.split("/", module.startsWith("@") ? 2 : 1).join("/");
}

function versionIn(manifest: string): string | undefined {
  if (versions.has(manifest)) return versions.get(manifest);
  let version: string | undefined;
  try {
    version = (JSON.parse(readFileSync(manifest, "utf8")) as { version?: string }).version;
  } catch {
    version = undefined;
  }
  versions.set(manifest, version);
  return version;
}
