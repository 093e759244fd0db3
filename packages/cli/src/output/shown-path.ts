import { isAbsolute, relative } from "node:path";

import { printable } from "./printable.ts";

/** A path as a person at this folder would write it. */
export function shownPath(path: string): string {
  const inside = relative(process.cwd(), path);
  return printable(inside === "" || inside.startsWith("..") || isAbsolute(inside) ? path : inside);
}
