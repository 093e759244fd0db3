import { findPolicy, loadPolicy } from "@holdfast/policy";
import type { Linter } from "eslint";

/** The nearest holdfast.yaml at or above a folder, as a configuration. */
export function policyConfig(plugin: { readonly configs: { readonly policy: readonly Linter.Config[] } }, folder: string): Linter.Config {
  const file = findPolicy(folder);
  if (file === undefined) return { name: "holdfast/no-policy" };
  const { policy } = loadPolicy(file);
  const [raised] = plugin.configs.policy;
  return { ...raised, name: "holdfast/from-policy", settings: { holdfast: { policy } } };
}
