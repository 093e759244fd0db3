import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { checkSync } from "recheck";
import { describe, expect, it } from "vitest";

import { findSecretsInText } from "../../src/secrets/find-secrets.ts";
import { formats } from "../../src/secrets/formats/index.ts";
import { directiveComments } from "../../src/text/directives.ts";
import { lineIndex } from "../../src/text/line-index.ts";
import { sourcePatterns } from "./source-patterns.ts";

const folders = ["secrets", "secrets/code", "secrets/environment", "text"].map((folder) => join(import.meta.dirname, "../../src", folder));
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

  it.each([...patterns.values()])("take no exponential time, nor the third power of the length: %s", ({ source, flags }) => {
    const diagnostics = checkSync(source, flags, { timeout: 2_000 });
    const complexity = "complexity" in diagnostics ? diagnostics.complexity : undefined;
    expect(complexity?.type).not.toBe("exponential");
    if (complexity?.type === "polynomial") expect(complexity.degree).toBeLessThan(3);
  });

  it("of formats end after a bounded number of characters, so that trying one at an anchor takes constant time", () => {
    const unbounded = formats.filter(({ pattern }) => /[*+]|\{\d+,\}/.test(withoutClasses(pattern.source)));
    expect(unbounded.map(({ provider, kind }) => `${provider} ${kind}`)).toEqual([]);
  });
});

/** Text that makes each part of the pass start over and over: anchors without a value, names without an end, quotes that never close. */
const hostile: Readonly<Record<string, (length: number) => string>> = {
  "one minified line": repeated("function(e,t){return e.token=t.key||'x'};"),
  "names in a row": repeated("key="),
  "names and quotes": repeated('"password": "'),
  "one endless name": repeated("token"),
  "one endless value": (length) => `apiKey = "${"a1".repeat(length / 2)}`,
  "one endless word": (length) => `apiKey=${"a1".repeat(length / 2)}`,
  "spaces after a name": (length) => `key${" ".repeat(length)}= x`,
  "starts of private keys": repeated("-----BEGIN RSA PRIVATE KEY-----\n"),
  "addresses without a host": repeated("a://b:c"),
  "calls of curl": repeated("curl -u a"),
  "members of JSON Web Keys": repeated('d: "'),
  "tokens without an end": repeated("eyJhbGciOiJIUzI1NiJ9."),
  "anchors in the middle": repeated("AAAA:AA"),
  "variables of Terraform": repeated('variable "api_token" {'),
  "pairs without a value": repeated('name: "API_KEY"\n'),
  "directives without an end": repeated("/* eslint-disable "),
  "lines with nothing": repeated("\r\n"),
};

describe("the whole pass over a text", () => {
  it.each(Object.entries(hostile))("takes twice the steps for twice the text: %s", (_, text) => {
    const [once, twice] = [20_000, 40_000].map((length) => stepsOf(() => search(text(length))));
    expect(once).toBeGreaterThan(20_000);
    expect(twice! / once!).toBeLessThan(2.2);
  });
});

function repeated(part: string): (length: number) => string {
  return (length) => part.repeat(Math.ceil(length / part.length));
}

function search(source: string): void {
  for (const syntax of ["plain", "quoted"] as const)
    findSecretsInText(source, { kind: { purpose: "product", syntax }, samples: "strong", additionalNames: undefined });
  directiveComments(source);
  lineIndex(source).positionAt(source.length);
}

/** How many characters the regular expressions have been given to read. */
function stepsOf(act: () => void): number {
  const exec = RegExp.prototype.exec;
  let steps = 0;
  RegExp.prototype.exec = function (text: string) {
    const start = this.global || this.sticky ? this.lastIndex : 0;
    const match = exec.call(this, text);
    // A sticky pattern is tried at one place; how far it reads is bounded (above).
    steps += this.sticky ? 1 + (match?.[0].length ?? 0) : (match ? match.index + match[0].length : text.length) - start;
    return match;
  };
  try {
    act();
  } finally {
    RegExp.prototype.exec = exec;
  }
  return steps;
}

function withoutClasses(source: string): string {
  return source.replace(/\\./g, "").replace(/\[[^\]]*\]/g, "");
}
