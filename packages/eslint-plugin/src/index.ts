import type { Linter } from "eslint";

import manifest from "../package.json" with { type: "json" };
import { type ConfigName, configsOf } from "./configs.ts";
import { policyConfig } from "./from-policy.ts";
import { rules } from "./rules.ts";
import { text } from "./text/index.ts";

export { type NamedPlace, namedPlaces } from "./findings/named-places.ts";
export { type LaunchFailure, launchFailures } from "./launch-failures.ts";
export type { CallSettings, HoldfastSettings, ReportAt, UpstreamScope } from "./settings.ts";

const parts = {
  meta: { name: manifest.name, version: manifest.version, namespace: "holdfast" },
  rules,
  languages: { text } as { readonly text: object },
};

interface HoldfastPlugin {
  readonly meta: { readonly name: string; readonly version: string; readonly namespace: "holdfast" };
  readonly rules: typeof rules;
  readonly languages: typeof parts.languages;
  /** Flat configurations, each a list to spread or to name in `extends`. */
  readonly configs: Readonly<Record<ConfigName, Linter.Config[]>>;
  /**
   * The nearest holdfast.yaml at or above a folder as a configuration: its budgets, and errors where the defaults only warn. Put it after
   * `recommended`. Without a holdfast.yaml the configuration is empty.
   * @throws PolicyError when the file cannot be used, with every problem of it.
   */
  fromPolicy(options?: { readonly folder?: string }): Linter.Config;
}

/** ESLint's plugin object: `export default [...holdfast.configs.recommended, holdfast.fromPolicy()]`. */
const plugin: HoldfastPlugin = {
  ...parts,
  meta: { ...parts.meta, namespace: "holdfast" },
  get configs() {
    return (configs ??= configsOf(plugin));
  },
  fromPolicy: ({ folder = process.cwd() } = {}) => policyConfig(plugin, folder),
};

let configs: HoldfastPlugin["configs"] | undefined;

export default plugin;
