import { resolve } from "node:path";

import { createEngine, createPolicyLookup, type Engine, type EngineOptions } from "@holdfast/engine";
import { loadPolicy, type Policy, PolicyError, type PolicyProblem } from "@holdfast/policy";

interface Choice extends Pick<EngineOptions, "unusedDisables"> {
  readonly policyFile: string | undefined;
}

/**
 * The engine for a file: of the policy that is named, or of the nearest one above the file. `onPolicy` is called once for each that is used.
 * Throws `PolicyError` for one that does not parse.
 */
export function enginesByPolicy(
  { policyFile, unusedDisables }: Choice,
  onPolicy: (warnings: readonly PolicyProblem[]) => void,
): (path: string) => Engine {
  const byPolicy = new Map<string, Engine>();
  const engine = (key: string, policy: Policy | undefined, warnings: readonly PolicyProblem[]) => {
    const known = byPolicy.get(key);
    if (known) return known;
    onPolicy(warnings);
    const created = createEngine({ policy, unusedDisables });
    byPolicy.set(key, created);
    return created;
  };
  if (policyFile !== undefined) {
    const { policy, problems } = loadPolicy(resolve(policyFile));
    return () => engine(policyFile, policy, problems);
  }
  const lookup = createPolicyLookup();
  return (path) => {
    const result = lookup.policyFor(path);
    switch (result.kind) {
      case "none":
        return engine("", undefined, []);
      case "policy":
        return engine(result.file, result.policy, result.problems);
      case "invalid":
        throw new PolicyError(result.problems);
    }
  };
}
