import { lstatSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** The nearest holdfast.yaml in `from` (a folder or a file) or a folder above it. One that cannot be read is found too, so that `loadPolicy` can say why. */
export function findPolicy(from: string): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const file = join(folder, "holdfast.yaml");
    if (isThere(file)) return file;
    if (dirname(folder) === folder) return undefined;
  }
}

function isThere(file: string): boolean {
  try {
    return !lstatSync(file).isDirectory();
  } catch {
    return false;
  }
}
