import { defineConfig, type UserConfig } from "tsdown";

/** How every published library of this repository is built: ESM for Node 20.19, declarations, source maps, dependencies left outside. */
export function library(overrides: UserConfig = {}): UserConfig {
  return defineConfig({
    entry: ["src/index.ts"],
    format: "esm",
    platform: "node",
    target: "node20.19",
    dts: true,
    sourcemap: true,
    clean: true,
    fixedExtension: false,
    ...overrides,
  }) as UserConfig;
}
