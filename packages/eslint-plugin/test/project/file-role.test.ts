import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { expect, it, onTestFinished } from "vitest";

import { roleOf } from "../../src/project/file-role.ts";

/** The role of a file in a checkout that is itself inside a folder named `test`. */
function roleIn(files: readonly string[], path: string): string {
  const outer = mkdtempSync(join(tmpdir(), "holdfast-role-"));
  onTestFinished(() => rmSync(outer, { recursive: true, force: true }));
  const folder = join(outer, "test", "checkout");
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), "{}");
  }
  return roleOf(join(folder, path), "export {};\n");
}

it.each([
  ["src/pay.ts", "product"],
  ["tests/e2e/pay.ts", "test"],
  ["src/__e2etests__/pay.ts", "test"],
  ["src/pay.spec.ts", "test"],
  ["src/__e2e__/pay.ts", "test"],
  ["src/api.servertest.ts", "test"],
  ["packages/test-helpers/src/mail.ts", "test"],
  ["integration-tests/pay.ts", "test"],
  ["vitest.setup.ts", "test"],
  ["src/latest.ts", "product"],
  ["src/contest/vote.ts", "product"],
  ["src/test.ts", "test"],
  ["packages/api/scripts/seed.ts", "script"],
  ["src/pay.stories.tsx", "story"],
  [".github/actions/report.mjs", "script"],
  [".agent/skills/rate.mjs", "script"],
  ["app/.server/pay.ts", "product"],
  ["app/.well-known/keys/route.ts", "product"],
  ["test-login.js", "test"],
  ["src/test-mode.ts", "product"],
])("tells the role of %s from its place in the checkout: %s", (path, role) => {
  expect(roleIn([".git/HEAD", "package.json", "packages/api/package.json"], path)).toBe(role);
});

it("sees the tests of a repository around a package of their own", () => {
  expect(roleIn([".git/HEAD", "tests/e2e/consumer/package.json"], "tests/e2e/consumer/index.ts")).toBe("test");
});

it("takes the outermost package for the project where there is no checkout", () => {
  expect(roleIn(["package.json", "test/app/package.json"], "test/app/index.ts")).toBe("test");
});

it("takes an installed package for a project of its own", () => {
  expect(roleIn([".git/HEAD", "benchmarks/node_modules/a/package.json"], "benchmarks/node_modules/a/lib/index.js")).toBe("product");
});

it("knows nothing of folders around a file that is in no project", () => {
  expect(roleIn([], "test/pay.ts")).toBe("product");
});
