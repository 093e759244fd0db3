import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["holdfast-source", "node", "import", "default"] },
  ssr: { resolve: { conditions: ["holdfast-source", "node", "import", "default"] } },
  test: {
    include: ["packages/*/test/**/*.test.ts", "test/*.test.ts"],
    exclude: ["**/fixtures/**", "**/node_modules/**"],
    pool: "forks",
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
});
