import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

const folders = new Map<string, string>();

/** The nearest folder with a package.json; the root of the drive when there is none. */
export function packageFolder(folder: string): string {
  const known = folders.get(folder);
  if (known !== undefined) return known;
  const above = dirname(folder);
  const found = existsSync(join(folder, "package.json")) || above === folder ? folder : packageFolder(above);
  folders.set(folder, found);
  return found;
}
