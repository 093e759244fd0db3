import { dirname, relative, sep } from "node:path";

/** Policies in the order a person most likely means them: the one that governs `file` first, then the ones nearest to the root. */
export function nearestFirst(policies: readonly string[], file: string | undefined): string[] {
  const governs = (policy: string) => file !== undefined && !relative(dirname(policy), file).startsWith("..");
  const depth = (policy: string) => policy.split(sep).length;
  return policies.toSorted((a, b) => {
    if (governs(a) !== governs(b)) return governs(a) ? -1 : 1;
    return (governs(a) ? depth(b) - depth(a) : depth(a) - depth(b)) || a.localeCompare(b);
  });
}
