import { fileURLToPath } from "node:url";

import eslintPlugin from "eslint-plugin-eslint-plugin";
import holdfast from "eslint-plugin-holdfast";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

const code = ["**/*.{js,mjs,cjs,ts,mts,cts,tsx}"];

export default defineConfig(
  // The unfixed example is there to be found fault with; its findings are a test of their own.
  globalIgnores(["**/dist/", "**/fixtures/", "**/__snapshots__/", "examples/payments-service/", "holdfast-demo/"]),
  {
    files: code,
    linterOptions: { reportUnusedDisableDirectives: "error" },
    extends: [tseslint.configs.strict, tseslint.configs.stylistic],
    rules: {
      // `values[0]!` after a length check says more than a cast.
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true, argsIgnorePattern: "^_" }],
      // Two of the ways to write a type read best in different places.
      "@typescript-eslint/consistent-type-definitions": "off",
      "@typescript-eslint/consistent-indexed-object-style": "off",
      "@typescript-eslint/no-invalid-void-type": "off",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports", disallowTypeAnnotations: false }],
      // Plain data is copied first and trimmed then.
      "@typescript-eslint/no-dynamic-delete": "off",
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-console": "off",
      "no-restricted-syntax": [
        "error",
        { selector: "TSEnumDeclaration", message: "Use a union of string literals." },
        {
          selector: "ExportDefaultDeclaration",
          message: "Export by name; tools that need a default export say so with a disable comment.",
        },
      ],
    },
  },
  {
    // What only types can tell, where a mistake costs most: promises nobody awaits, a phase nobody handles.
    files: ["packages/*/src/**/*.ts"],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ["packages/eslint-plugin/src/rules/*.ts"],
    extends: [eslintPlugin.configs.recommended],
    rules: { "eslint-plugin/require-meta-docs-url": "off" },
  },
  {
    files: ["packages/*/src/index.ts", "**/*.config.{js,ts,mts}", "packages/testing/src/vitest-setup.ts", ".dependency-cruiser.js"],
    rules: { "no-restricted-syntax": "off" },
  },
  { files: code, extends: [holdfast.configs.recommended, holdfast.fromPolicy()] },
  {
    files: ["examples/payments-service-fixed/**/*.ts"],
    extends: [holdfast.fromPolicy({ folder: fileURLToPath(new URL("examples/payments-service-fixed", import.meta.url)) })],
  },
);
