import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

const packages = new Map<string, string | undefined>();
const projects = new Map<string, string | undefined>();

/** The nearest folder with a package.json, if there is one. */
export function packageFolder(folder: string): string | undefined {
  return nearest("package.json", folder, packages);
}

/**
 * The checkout that a folder is in; without one the outermost package around it, and without that the folder itself. An installed package is a project
 * of its own.
 */
export function projectFolder(folder: string): string {
  if (/[/\\]node_modules[/\\]/u.test(folder)) return packageFolder(folder) ?? folder;
  return nearest(".git", folder, projects) ?? outermostPackage(folder) ?? folder;
}

function outermostPackage(folder: string): string | undefined {
  let found: string | undefined;
  for (let next = packageFolder(folder); next !== undefined; next = packageFolder(dirname(next))) {
    found = next;
    if (dirname(next) === next) break;
  }
  return found;
}

function nearest(marker: string, folder: string, known: Map<string, string | undefined>): string | undefined {
  if (known.has(folder)) return known.get(folder);
  const above = dirname(folder);
  const found = existsSync(join(folder, marker)) ? folder : above === folder ? undefined : nearest(marker, above, known);
  known.set(folder, found);
  return found;
}
