import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const json = (name: string): Record<string, string> => JSON.parse(readFileSync(join(root, name), "utf8"));
const placeholders = (text: string) => [...text.matchAll(/\{\d\}/g)].map(([placeholder]) => placeholder).sort();

const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => readFileSync(join(root, "src", name), "utf8"));
const messages = new Set(
  sources.flatMap((text) => [...text.matchAll(/\bt\(\s*"((?:[^"\\]|\\.)*)"/g)].map(([, message]) => JSON.parse(`"${message}"`) as string)),
);

describe("Spanish", () => {
  const spanish = json("l10n/bundle.l10n.es.json");

  it("has every message of the extension and no other", () => {
    expect(Object.keys(spanish).sort()).toEqual([...messages].sort());
  });

  it("keeps every placeholder", () => {
    for (const [english, translated] of Object.entries(spanish)) expect(placeholders(translated), english).toEqual(placeholders(english));
  });

  it("has every text of the manifest and no other", () => {
    expect(Object.keys(json("package.nls.es.json"))).toEqual(Object.keys(json("package.nls.json")));
  });
});

describe("the manifest", () => {
  const manifest = readFileSync(join(root, "package.json"), "utf8");
  const keys = [...manifest.matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key!);

  it("takes every text from package.nls.json, and all of it", () => {
    expect(new Set(keys)).toEqual(new Set(Object.keys(json("package.nls.json"))));
  });

  it("declares exactly the commands that the extension registers", () => {
    const declared = (JSON.parse(manifest) as { contributes: { commands: { command: string }[] } }).contributes.commands.map(
      ({ command }) => command,
    );
    const extension = readFileSync(join(root, "src", "extension.ts"), "utf8");
    const registered = [...extension.matchAll(/\bcommand\("(\w+)"/g)].map(([, name]) => `holdfast.${name}`);
    expect(registered.sort()).toEqual(declared.sort());
  });
});
