import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { isInScope } from "../src/index.ts";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "holdfast-scope-"));
  for (const [path, text] of Object.entries({
    ".git/HEAD": "",
    ".gitignore": ".env\ndist/\n",
    "app/.gitignore": "!.env\n",
    "free/a.ts": "",
  })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

it.each([
  ["src/a.ts", true],
  [".env", false],
  ["app/.env", true],
  ["app/dist/a.js", false],
  ["node_modules/a/index.js", false],
  ["pnpm-lock.yaml", false],
])("%s: %s", (path, expected) => {
  expect(isInScope(join(root, path))).toBe(expected);
});
