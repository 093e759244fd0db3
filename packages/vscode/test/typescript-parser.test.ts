import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { typescriptParser } from "../tools/typescript-parser.ts";

interface Parser {
  parseForESLint(text: string, options: object): { readonly ast: object };
}

const repository = join(import.meta.dirname, "..", "..", "..");
const server = createRequire(import.meta.url).resolve("@holdfast/language-server/package.json");
const engine = createRequire(server).resolve("@holdfast/engine/package.json");
const folder = mkdtempSync(join(tmpdir(), "holdfast-parser-"));
const full = createRequire(engine)("@typescript-eslint/parser") as Parser;
let bundled: Parser;

beforeAll(async () => {
  const outfile = join(folder, "parser.cjs");
  await build({
    stdin: { contents: 'export { parseForESLint } from "@typescript-eslint/parser";', resolveDir: dirname(engine) },
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    format: "cjs",
    plugins: [typescriptParser],
    logLevel: "error",
  });
  bundled = ((await import(pathToFileURL(outfile).href)) as { default: Parser }).default;
  expect(statSync(outfile).size).toBeLessThan(1_700_000);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the part of TypeScript in the bundle", () => {
  it("reads every source of this repository and the types of Node into the same trees", () => {
    const files = [...sourcesUnder(join(repository, "packages")), ...sourcesUnder(join(repository, "examples")), ...typesOfNode()];
    expect(files.length).toBeGreaterThan(200);
    for (const file of files) {
      const text = readFileSync(file, "utf8");
      expect(reading(bundled, text, file), file).toBe(reading(full, text, file));
    }
  });

  it.each([
    ["an unfinished declaration", "const = {", "a.ts"],
    ["an unclosed string", "const a = 'b\n", "a.ts"],
    ["a modifier that may not stand there", "class A { private private b: string; }", "a.ts"],
    ["a decorator where none may stand", "@a const b = 1;", "a.ts"],
    ["a JSX element without its end", "const a = <b>;", "a.tsx"],
    ["a regular expression that is none", "const a = /(/;", "a.ts"],
    ["every kind of comment", "#!/usr/bin/env node\n// a\n/* b */ /** @type {c} */ const d = `${/* e */ f}`;", "a.js"],
    ["the newest syntax", "using a = b; import c from './d.json' with { type: 'json' }; enum E { f = `g` } accessor;", "a.ts"],
  ])("says the same of %s", (_, text, file) => {
    expect(reading(bundled, text, file)).toBe(reading(full, text, file));
  });
});

/** The tree as text, or the error and its place. */
function reading({ parseForESLint }: Parser, text: string, file: string): string {
  try {
    const options = {
      filePath: file,
      range: true,
      loc: true,
      comment: true,
      tokens: true,
      ecmaFeatures: { jsx: !/\.[cm]?ts$/.test(file) },
    };
    return JSON.stringify(parseForESLint(text, options).ast, (key, value: unknown) => {
      if (key === "parent") return undefined;
      return typeof value === "bigint" ? `${value}n` : value;
    });
  } catch (error) {
    return JSON.stringify({ ...(error as object), message: (error as Error).message });
  }
}

function sourcesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(
      (entry) =>
        entry.isFile() && /\.[cm]?[jt]sx?$/.test(entry.name) && !/node_modules|[\\/](dist|fixtures)([\\/]|$)/.test(entry.parentPath),
    )
    .map(({ parentPath, name }) => join(parentPath, name));
}

function typesOfNode(): string[] {
  const types = dirname(createRequire(join(repository, "package.json")).resolve("@types/node/package.json"));
  return readdirSync(types)
    .filter((name) => name.endsWith(".d.ts"))
    .map((name) => join(types, name));
}
