import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parsePolicy, type Policy, type PolicyProblem } from "@holdfast/policy";

/** What `holdfast.yaml` says for a file: no policy above it, a policy, or one that could not be used. */
export type PolicyResult =
  | { readonly kind: "none" }
  | {
      readonly kind: "policy";
      readonly file: string;
      readonly policy: Policy;
      /** Warnings only. */ readonly problems: readonly PolicyProblem[];
    }
  | { readonly kind: "invalid"; readonly file: string; readonly problems: readonly PolicyProblem[] };

export interface PolicyLookup {
  /** The nearest policy at or above the path's folder, read once. */
  policyFor(path: string): PolicyResult;
  /** Forgets everything read, after a holdfast.yaml was added, changed or removed. */
  clear(): void;
}

/** `openText` gives a file's text where something newer than the disk is known, as an editor does for an unsaved file. */
export function createPolicyLookup({ openText }: { readonly openText?: (file: string) => string | undefined } = {}): PolicyLookup {
  const byFolder = new Map<string, PolicyResult>();

  const inFolder = (folder: string): PolicyResult => {
    const known = byFolder.get(folder);
    if (known) return known;
    const file = join(folder, "holdfast.yaml");
    const text = openText?.(file) ?? read(file);
    const above = dirname(folder);
    const result = text !== undefined ? parsed(file, text) : above === folder ? ({ kind: "none" } as const) : inFolder(above);
    byFolder.set(folder, result);
    return result;
  };

  return { policyFor: (path) => inFolder(dirname(resolve(path))), clear: () => byFolder.clear() };
}

function parsed(file: string, text: string): PolicyResult {
  const { policy, problems } = parsePolicy(text, { file });
  return policy ? { kind: "policy", file, policy, problems } : { kind: "invalid", file, problems };
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EACCES" || code === "EISDIR") return undefined;
    throw error;
  }
}
