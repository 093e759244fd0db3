import * as typescriptParser from "@typescript-eslint/parser";
import * as astroParser from "astro-eslint-parser";
import { Linter } from "eslint";
import * as svelteParser from "svelte-eslint-parser";
import { describe, expect, it } from "vitest";
import * as vueParser from "vue-eslint-parser";

import plugin from "../src/index.ts";

/** The rules under the parsers that projects with components use in ESLint: what they give is ESTree, with the markup beside it. */
const judged = ["max-retries", "require-idempotency-key", "no-hardcoded-secrets"];
const rules = Object.fromEntries(judged.map((name) => [`holdfast/${name}`, "error" as const]));

const parsers = { vue: vueParser, svelte: svelteParser, astro: astroParser } as unknown as Readonly<Record<string, Linter.Parser>>;
const config: Linter.Config[] = Object.entries(parsers).map(([extension, parser]) => ({
  files: [`**/*.${extension}`],
  languageOptions: { parser, parserOptions: { parser: typescriptParser, extraFileExtensions: [`.${extension}`] } },
  plugins: { holdfast: plugin as never },
  rules,
}));

const call = `got("https://api.psp.example/v1", { timeout: { request: 300 }, retry: { limit: 5 } })`;
const post = `got.post("https://api.psp.example/v1/payments", { timeout: { request: 300 }, retry: { limit: 0 }, json: {} })`;
const key = ["sk", "live", "4eC39HqLyjWDarjtT1zdp7dc"].join("_");

/** The same statements in the script of each kind of component. */
const components = (script: string): readonly (readonly [file: string, text: string])[] => [
  ["a.vue", `<template>\n  <b>{{ rates }}</b>\n</template>\n\n<script setup lang="ts">\n${script}</script>\n`],
  ["a.svelte", `<script lang="ts">\n${script}</script>\n\n<b>{rates}</b>\n`],
  ["a.astro", `---\n${script}---\n\n<b>{rates}</b>\n`],
];

function verify(file: string, text: string): Linter.LintMessage[] {
  return new Linter({ configType: "flat", cwd: "/" }).verify(text, config, { filename: `/${file}` });
}

/** `rule line:column text`, so that a wrong place shows. */
function found(file: string, text: string): string[] {
  const lines = text.split("\n");
  return verify(file, text).map(({ ruleId, message, line, column, endLine, endColumn }) => {
    const place = endLine === line ? lines[line - 1]!.slice(column - 1, endColumn! - 1) : "";
    return `${ruleId?.replace("holdfast/", "") ?? message} ${line}:${column} ${place}`;
  });
}

function placeOf(text: string, part: string): string {
  const before = text.slice(0, text.indexOf(part)).split("\n");
  return `${before.length}:${before.at(-1)!.length + 1}`;
}

describe.each(components(`import got from "got";\nconst rates: object = await ${call};\n`))("a call in the script of %s", (file, text) => {
  it("is found at its place", () => {
    expect(found(file, text)).toEqual([`max-retries ${placeOf(text, "5 } }")} 5`]);
  });

  it("is fixed there, and nothing else changes", () => {
    const { output, messages } = new Linter({ configType: "flat", cwd: "/" }).verifyAndFix(text, config, { filename: `/${file}` });
    expect([output, messages]).toEqual([text.replace("limit: 5", "limit: 2"), []]);
  });
});

describe.each(components(`  import got from "got";\n  const rates = await ${post};\n`))("a suggestion in %s", (file, text) => {
  it("puts its import and its option into the script", () => {
    const [message] = verify(file, text);
    expect(message!.ruleId).toBe("holdfast/require-idempotency-key");
    const { range, text: inserted } = message!.suggestions![0]!.fix;
    const changed = text.slice(0, range[0]) + inserted + text.slice(range[1]);
    expect(changed).toMatch(/import got from "got";\n *import \{ randomUUID \} from "node:crypto";\n {2}const rates = /u);
    expect(changed).toMatch(/"Idempotency-Key": randomUUID\(\)/u);
    expect(found(file, changed)).toEqual([]);
  });
});

describe.each(components(`const stripeKey = "${key}";\nconst rates = stripeKey;\n`))("a secret in the script of %s", (file, text) => {
  it("is found once, at its place", () => {
    expect(found(file, text)).toEqual([`no-hardcoded-secrets ${placeOf(text, key)} ${key}`]);
  });

  it("is silenced by a comment in the script", () => {
    expect(
      found(file, text.replace("const stripe", "// eslint-disable-next-line holdfast/no-hardcoded-secrets -- a sample\nconst stripe")),
    ).toEqual([]);
  });
});

describe("more than one script", () => {
  it("of a Vue component is one program", () => {
    const text = `<script>\nimport got from "got";\n</script>\n<script setup>\nawait ${call};\n</script>\n`;
    expect(found("a.vue", text)).toEqual([`max-retries ${placeOf(text, "5 } }")} 5`]);
  });

  it("of a Svelte component is one program", () => {
    const text = `<script context="module">\nimport got from "got";\n</script>\n<script>\nconst rates = ${call};\n</script>\n`;
    expect(found("a.svelte", text)).toEqual([`max-retries ${placeOf(text, "5 } }")} 5`]);
  });
});
