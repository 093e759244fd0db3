import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { parsePolicy } from "@holdfast/policy";
import * as parser from "@typescript-eslint/parser";
import { Linter } from "eslint";
import { describe, expect, it } from "vitest";

import * as knownLibraries from "../src/calls/known-libraries.ts";
import plugin from "../src/index.ts";
import { failureOfRule } from "../src/launch-failures.ts";
import { librariesPage } from "../tools/libraries-table.ts";
import { type RulePart, rulePage, rulesIndex } from "../tools/rule-page.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const names = Object.keys(plugin.rules);
const page = (name: string) => readFileSync(here(`../../../docs/rules/${name}.md`), "utf8");
const tests = readdirSync(here("."), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".test.ts") && !path.endsWith("rules-are-complete.test.ts"))
  .map((path) => readFileSync(here(`./${path}`), "utf8"));
const parts = plugin.rules as unknown as Readonly<Record<string, RulePart>>;

it("exports every rule file, and nothing else", () => {
  const files = readdirSync(here("../src/rules")).map((file) => file.replace(/\.ts$/u, ""));
  expect(files.sort()).toEqual([...names].sort());
});

it("has every library's facts shown by the real one, and their sources named", () => {
  const facts = readdirSync(here("facts")).map((file) => readFileSync(here(`facts/${file}`), "utf8"));
  for (const { name, packages, globals = [] } of Object.values(knownLibraries)) {
    const uses = [
      ...packages.map((module) => (module.endsWith("*") ? `"${module.slice(0, -1)}` : `"${module}"`)),
      ...globals.map((global) => `${global}(`),
    ];
    expect(
      facts.some((text) => uses.some((use) => text.includes(use))),
      `a test in facts/ runs ${name}`,
    ).toBe(true);
  }
  for (const folder of ["clients", "retries", "sdks", "durations"])
    for (const file of readdirSync(here(`../src/calls/${folder}`))) {
      const text = readFileSync(here(`../src/calls/${folder}/${file}`), "utf8");
      if (text.includes(": LibraryDefinition = {"))
        expect(text, `${file} names package@version and a file`).toMatch(/[a-z-]+@\d[\d.]*[\s*]+[\w./-]+\.[cm]?[jt]s/u);
    }
});

it("names every library it knows in docs/clients.md", () => {
  const clients = readFileSync(here("../../../docs/clients.md"), "utf8");
  expect(words(librariesPage(Object.values(knownLibraries), clients))).toBe(words(clients));
});

it("puts every rule into the configuration that it names, and those that judge by a budget as warnings until there is a policy", () => {
  const rulesOf = (config: Linter.Config[]) => Object.assign({}, ...config.map(({ rules }) => rules)) as Record<string, unknown>;
  const recommended = rulesOf(plugin.configs.recommended);
  for (const name of names) {
    const { set } = parts[name]!.meta.docs;
    expect(recommended[`holdfast/${name}`] !== undefined, name).toBe(set === "recommended");
    expect(rulesOf(plugin.configs.strict)[`holdfast/${name}`], name).toBeDefined();
  }
  for (const name of ["latency-budget", "max-timeout"])
    expect([recommended[`holdfast/${name}`], rulesOf(plugin.configs.policy)[`holdfast/${name}`]], name).toEqual(["warn", "error"]);
});

it("says of every rule, and of nothing else, which launch failure it finds: src/launch-failures.ts", () => {
  expect(Object.keys(failureOfRule).sort()).toEqual(names.toSorted());
});

describe.each(names)("%s", (name) => {
  it("has a test, a page and a schema that describes each option", () => {
    expect(
      tests.filter((test) => test.includes(`/rules/${name}.ts"`) || test.includes(`holdfast/${name}"`)),
      "tests",
    ).not.toEqual([]);
    const properties = Object.entries(parts[name]!.meta.schema[0]?.properties ?? {});
    for (const [option, { description }] of properties) expect(description, option).toBeTruthy();
    for (const heading of ["What it catches", "Why", "Options", "When not to use it", "What it does not see"])
      expect(page(name)).toContain(`## ${heading}`);
  });

  it("has a page whose head and options are the rule's", () => {
    expect(words(rulePage(name, parts[name]!, page(name)))).toBe(words(page(name)));
    expect(words(rulesIndex(parts, page("README")))).toBe(words(page("README")));
  });

  it("has a page with an example of each option", () => {
    const examples = page(name).slice(page(name).indexOf("## Options"));
    for (const option of Object.keys(parts[name]!.meta.schema[0]?.properties ?? {}))
      expect(examples).toMatch(new RegExp(`holdfast/${name}"?: \\["error", \\{ ${option}: `, "u"));
  });

  it.each(blocksOf(name))("$verdict code of its page, line $line", (block) => {
    const found = lint(name, block);
    const marked = linesMarked(block.code);
    if (block.verdict === "good") expect(found).toEqual([]);
    else if (marked.length > 0) expect(found.map(({ line }) => line)).toEqual(marked);
    else expect(found).not.toEqual([]);
    expect(found.filter(({ ruleId, message }) => ruleId === null || message.startsWith("Inline configuration"))).toEqual([]);
  });
});

/** Spaces in tables are the formatter's. */
function words(text: string): string {
  return text
    .replace(/-{3,}/gu, "---")
    .replace(/[ \t]+/gu, " ")
    .replace(/\n+/gu, "\n");
}

interface Block {
  readonly code: string;
  readonly verdict: string;
  readonly line: number;
  /** What stands in the page's last `yaml holdfast.yaml` before the code. */
  readonly policy: string | undefined;
}

function blocksOf(name: string): Block[] {
  const text = page(name);
  return [...text.matchAll(/^```ts (?<verdict>bad|good)\n(?<code>[^]*?)^```/gmu)].map((match) => ({
    code: match.groups!["code"]!,
    verdict: match.groups!["verdict"]!,
    line: text.slice(0, match.index).split("\n").length,
    policy: [...text.slice(0, match.index).matchAll(/^```yaml holdfast\.yaml\n(?<policy>[^]*?)^```/gmu)].at(-1)?.groups!["policy"],
  }));
}

/** The lines that end with `// reported`, where code shows which of its calls are. */
function linesMarked(code: string): number[] {
  return code.split("\n").flatMap((line, index) => (line.endsWith("// reported") ? [index + 1] : []));
}

/** What the page's own rule finds, and what does not parse. A comment in the first line may name the file. */
function lint(name: string, { code, policy: text }: Block): Linter.LintMessage[] {
  const filename = /^\/\/ (?<path>\S+\.ts)\n/u.exec(code)?.groups!["path"] ?? "page.ts";
  const config: Linter.Config[] = [
    { files: ["**/*.ts"], languageOptions: { parser: parser as unknown as Linter.Parser } },
    ...plugin.configs[parts[name]!.meta.docs.set],
    ...(text === undefined ? [] : [{ settings: { holdfast: { policy: policyFrom(text) } } }]),
  ];
  return new Linter({ configType: "flat" })
    .verify(code, config, { filename })
    .filter(({ ruleId }) => ruleId === `holdfast/${name}` || ruleId === null);
}

function policyFrom(text: string): object {
  const { policy, problems } = parsePolicy(text, { file: "holdfast.yaml" });
  expect(problems).toEqual([]);
  return policy!;
}
