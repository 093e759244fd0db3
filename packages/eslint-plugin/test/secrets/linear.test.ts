import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { checkSync } from "recheck";
import { describe, expect, it } from "vitest";

import { formats } from "../../src/secrets/formats/index.ts";
import { sourcePatterns } from "./source-patterns.ts";

const folders = ["secrets", "secrets/code", "text"].map((folder) => join(import.meta.dirname, "../../src", folder));
const patterns = new Map<string, RegExp>();
for (const folder of folders) {
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".ts"))) {
    for (const pattern of sourcePatterns(readFileSync(join(folder, file), "utf8"))) patterns.set(pattern.source, pattern);
  }
}

describe("the regular expressions", () => {
  it("are found in the sources", () => {
    expect(patterns.size).toBeGreaterThan(50);
  });

  it.each([...patterns.values()])("take no exponential time: %s", ({ source, flags }) => {
    const diagnostics = checkSync(source, flags, { timeout: 2_000 });
    expect("complexity" in diagnostics ? diagnostics.complexity.type : "unknown").not.toBe("exponential");
  });

  it("of formats end after a bounded number of characters, so that trying one at an anchor takes constant time", () => {
    const unbounded = formats.filter(({ pattern }) => /[*+]|\{\d+,\}/.test(withoutClasses(pattern.source)));
    expect(unbounded.map(({ provider, kind }) => `${provider} ${kind}`)).toEqual([]);
  });
});

function withoutClasses(source: string): string {
  return source.replace(/\\./g, "").replace(/\[[^\]]*\]/g, "");
}
