import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { checkSync } from "recheck";
import { describe, expect, it } from "vitest";

import { formats, namedFormats } from "../../src/secrets/formats/index.ts";
import { sourcePatterns } from "./source-patterns.ts";

const folders = ["secrets", "secrets/code", "text"].map((folder) => join(import.meta.dirname, "../../src", folder));

/** Patterns that stand in the sources, and those that the sources make. */
const patterns = new Map<string, RegExp>();
for (const folder of folders) {
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".ts"))) {
    for (const pattern of sourcePatterns(readFileSync(join(folder, file), "utf8"))) patterns.set(`${file} ${pattern.source}`, pattern);
  }
}
for (const { pattern, near, unless } of formats) for (const one of [pattern, near, unless]) if (one) patterns.set(one.source, one);
for (const { name, value } of namedFormats) for (const one of [name, value]) patterns.set(one.source, one);

describe("every regular expression", () => {
  it("is looked at", () => {
    expect(patterns.size).toBeGreaterThan(formats.length);
  });

  it.each([...patterns])("takes no more than polynomial time: %s", (_, { source, flags }) => {
    // A format is tried at its anchors only, and its repetitions are bounded.
    const { status, complexity } = checkSync(source, flags, { timeout: 4_000, maxAttackStringSize: 20_000 });
    expect([status, complexity?.type]).not.toContain("exponential");
  });
});
