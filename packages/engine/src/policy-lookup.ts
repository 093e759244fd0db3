import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { loadPolicy, PolicyError, type Policy } from "@holdfast/policy";

/** What `holdfast.yaml` says for a file: no policy above it, a policy, or one that could not be used. */
export type PolicyResult =
  | { readonly kind: "none" }
  | { readonly kind: "policy"; readonly file: string; readonly policy: Policy }
  | { readonly kind: "invalid"; readonly file: string; readonly error: PolicyError };

export interface PolicyLookup {
  /** The nearest policy at or above the path's folder, read once. */
  policyFor(path: string): PolicyResult;
  /** Forgets everything read, after a holdfast.yaml was added, changed or removed. */
  clear(): void;
}

export function createPolicyLookup(): PolicyLookup {
  const byFolder = new Map<string, PolicyResult>();

  const inFolder = (folder: string): PolicyResult => {
    const known = byFolder.get(folder);
    if (known) return known;
    const result = readPolicy(join(folder, "holdfast.yaml")) ?? (dirname(folder) === folder ? { kind: "none" } : inFolder(dirname(folder)));
    byFolder.set(folder, result);
    return result;
  };

  return { policyFor: (path) => inFolder(dirname(resolve(path))), clear: () => byFolder.clear() };
}

function readPolicy(file: string): PolicyResult | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return { kind: "policy", file, policy: loadPolicy(file).policy };
  } catch (error) {
    if (error instanceof PolicyError) return { kind: "invalid", file, error };
    throw error;
  }
}
