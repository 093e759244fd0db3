import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["holdfast-source", "node"] },
  ssr: { resolve: { conditions: ["holdfast-source", "node"] } },
  test: {
    include: ["packages/*/test/**/*.test.ts", "test/*.test.ts"],
    exclude: ["**/fixtures/**", "**/node_modules/**"],
    globalSetup: ["packages/testing/src/vitest-setup.ts"],
    pool: "forks",
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
});
