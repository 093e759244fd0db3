import { statSync } from "node:fs";

import { loadPolicy, type Policy } from "@holdfast/policy";

const read = new Map<string, { readonly changed: number; readonly policy: Policy }>();

/** The policy of a file, read again when it changed: a linter in an editor lives long. Throws `PolicyError` with every problem of it. */
export function policyOf(file: string): Policy {
  const changed = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const known = read.get(file);
  if (known?.changed === changed) return known.policy;
  const { policy } = loadPolicy(file);
  read.set(file, { changed, policy });
  return policy;
}
