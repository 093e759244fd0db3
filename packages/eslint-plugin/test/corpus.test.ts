import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import * as parser from "@typescript-eslint/parser";
import { Linter } from "eslint";
import { expect, it } from "vitest";

import plugin from "../src/index.ts";

/**
 * Real code that nobody wrote for these rules: installed packages, files that mention a client first. No rule may fail on it, no fix may break it, and fixing
 * twice must be the same as fixing once.
 */
const store = fileURLToPath(new URL("../../../node_modules/.pnpm/", import.meta.url));
const packages = [
  "axios",
  "axios-retry",
  "got",
  "p-retry",
  "fastify",
  "openai",
  "stripe",
  "node-vault",
  "undici",
  "@tanstack+query-core",
  "@azure+msal-node",
  "eslint",
];
const most = 400;

const languageOptions = { parser: parser as unknown as Linter.Parser, parserOptions: { ecmaFeatures: { jsx: true } } };
const config: Linter.Config[] = [
  { files: ["**/*.{js,mjs,cjs,ts,mts,cts}"], languageOptions, linterOptions: { reportUnusedDisableDirectives: "off" } },
  { ignores: ["!**/node_modules/"] },
  ...plugin.configs.strict,
  { rules: { "holdfast/no-hardcoded-secrets": "off" }, settings: { holdfast: { alsoIn: ["test", "script", "story", "generated"] } } },
];

it("reads and fixes what is installed without a failure", () => {
  const linter = new Linter({ configType: "flat", cwd: "/" });
  let read = 0;
  let found = 0;
  for (const path of filesToRead()) {
    const text = readFileSync(path, "utf8");
    const messages = linter.verify(text, config, { filename: path });
    if (messages.some(({ fatal }) => fatal)) continue; // not a syntax this parser reads
    read += 1;
    found += messages.length;
    for (const { suggestions = [] } of messages)
      for (const { fix, desc } of suggestions)
        expect(parses(text.slice(0, fix.range[0]) + fix.text + text.slice(fix.range[1]), path), `${path}: ${desc}`).toBe(true);
    if (!messages.some(({ fix }) => fix)) continue;
    const once = linter.verifyAndFix(text, config, { filename: path }).output;
    expect(parses(once, path), path).toBe(true);
    expect(linter.verifyAndFix(once, config, { filename: path }).output, path).toBe(once);
  }
  // So that an empty folder or a rule that never runs is noticed.
  expect(read).toBeGreaterThan(most / 2);
  expect(found).toBeGreaterThan(10);
}, 120_000);

function parses(text: string, path: string): boolean {
  const options = [{ files: ["**"], languageOptions }, { ignores: ["!**/node_modules/"] }];
  return !new Linter({ configType: "flat", cwd: "/" }).verify(text, options, { filename: path }).some(({ fatal }) => fatal);
}

/** Files that mention a client, and others, in a stable order. */
function filesToRead(): string[] {
  const folders = readdirSync(store).filter((name) => packages.some((wanted) => name.startsWith(`${wanted}@`)));
  const scripts = folders.flatMap((name) => {
    const wanted = packages.find((candidate) => name.startsWith(`${candidate}@`))!;
    return [...scriptsIn(join(store, name, "node_modules", wanted.replace("+", "/")))];
  });
  const small = scripts.filter((path) => statSync(path).size < 200_000);
  const mention = /["'](?:axios|got|axios-retry|p-retry)["']|\bfetch\s*\(/u;
  const mentioning = small.filter((path) => mention.test(readFileSync(path, "utf8")));
  return [...new Set([...mentioning, ...small])].slice(0, most);
}

function* scriptsIn(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== "node_modules") yield* scriptsIn(path);
    else if (entry.isFile() && /\.(?:[cm]?js|[cm]?ts)$/u.test(entry.name) && !/\.d\.[cm]?ts$|\.min\.js$/u.test(entry.name)) yield path;
  }
}
