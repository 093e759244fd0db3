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
  ["packages/api/.claude/skills/rate.mjs", "script"],
  ["tools/rates/sync.mjs", "script"],
  ["src/tools/rates.ts", "product"],
  ["app/.server/pay.ts", "product"],
  ["app/.well-known/keys/route.ts", "product"],
  ["app/api/admin/webhook-test/route.ts", "product"],
  ["apps/web-test/app/api/pay/route.ts", "test"],
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

const rates = `import { writeFileSync } from "node:fs";\nasync function main() {\n  writeFileSync("rates.json", await (await fetch("https://rates.example")).text());\n}\n`;
it.each([
  [
    "a program that runs through and ends",
    "refresh-rates.ts",
    `${rates}main().catch((error) => {\n  console.error(error);\n  process.exit(1);\n});\n`,
    "script",
  ],
  ["one that others import", "rates.ts", `${rates}export const load = main;\nmain();\n`, "product"],
  ["one that stays", "server.ts", `${rates}main();\nhttp.createServer(answer).listen(80);\n`, "product"],
  ["one that polls", "poll.ts", `${rates}while (true) await main();\n`, "product"],
  ["the entry of a product", "index.ts", `${rates}main();\n`, "product"],
  ["one that hears events", "consume.ts", `${rates}main();\nqueue.on("message", main);\n`, "product"],
  ["one that writes code", "rates.ts", `${rates}const text = \`\nexport const rates = {};\n\`;\nmain();\n`, "script"],
  [
    "one that says that all went well",
    "rates.ts",
    `#!/usr/bin/env node\ntry {\n  await fetch(url);\n  process.exit(0);\n} catch {}\n`,
    "script",
  ],
  ["a command line", "rates.ts", `import { program } from "commander";\n${rates}main();\n`, "product"],
  ["a job that a scheduler starts", "cron/rates.ts", `${rates}main();\n`, "product"],
  ["code that a page loads", "rates.ts", rates, "product"],
])("tells the role of %s from its text", (_what, path, text, role) => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-role-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "package.json"), "{}");
  expect(roleOf(join(folder, path), text)).toBe(role);
});
