import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as parser from "@typescript-eslint/parser";
import { Linter } from "eslint";
import { expect, it, onTestFinished } from "vitest";

import plugin from "../src/index.ts";

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-plugin-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function lint(config: Linter.Config[], code: string, filename: string): string[] {
  return new Linter({ configType: "flat", cwd: "/" })
    .verify(code, config, { filename })
    .map(({ ruleId, severity, message }) => `${severity === 2 ? "error" : "warning"} ${ruleId}: ${message}`);
}

const typescript: Linter.Config = { files: ["**/*.ts"], languageOptions: { parser: parser as unknown as Linter.Parser } };
const slow = `await fetch("https://api.psp.example/v1", { signal: AbortSignal.timeout(5_000) });`;

it("warns by a default, and fails by a budget that the policy declares", () => {
  const folder = temporaryFolder();
  const path = join(folder, "a.ts");
  const without = [typescript, ...plugin.configs.recommended, plugin.fromPolicy({ folder })];
  expect(lint(without, slow, path)).toEqual([expect.stringMatching(/^warning holdfast\/max-timeout: .* default budget of 300 ms/u)]);

  writeFileSync(
    join(folder, "holdfast.yaml"),
    "version: 1\nupstreams:\n  psp:\n    match: ['https://api.psp.example/**']\n    slo: 2s\n    timeout: 1s\n",
  );
  const withPolicy = [typescript, ...plugin.configs.recommended, plugin.fromPolicy({ folder })];
  expect(lint(withPolicy, slow, path)).toEqual([
    expect.stringMatching(/^error holdfast\/max-timeout: .* budget is 1 s \(holdfast\.yaml:6, upstream psp\)/u),
  ]);
});

it("refuses a policy that cannot be used, and says why", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "holdfast.yaml"), "version: 1\nbudgets: { timeout: 300 }\n");
  expect(() => plugin.fromPolicy({ folder })).toThrow(/holdfast\.yaml:2:.*300ms/u);
});

it("counts own back ends in strict", () => {
  const code = `await fetch("/api/cart");`;
  expect(lint([typescript, ...plugin.configs.recommended], code, "/a.ts")).toEqual([]);
  expect(lint([typescript, ...plugin.configs.strict], code, "/a.ts")).toEqual([expect.stringContaining("holdfast/require-timeout")]);
});

it("runs where a configuration without files meets another language", () => {
  const config: Linter.Config[] = [{ files: ["**/*.conf"], language: "holdfast/text" }, ...plugin.configs.recommended];
  expect(lint(config, `url = https://api.psp.example`, "/a.conf")).toEqual([]);
});

it("is named as ESLint and its configurations expect", () => {
  expect(plugin.meta).toMatchObject({
    name: "eslint-plugin-holdfast",
    namespace: "holdfast",
    version: expect.stringMatching(/^\d+\.\d+\.\d+/u),
  });
});

it.each(["eslint", "eslint-9.20"])("runs under %s, and gives fixes and suggestions", async (version) => {
  const { Linter: VersionLinter } = (await import(version)) as { readonly Linter: typeof Linter };
  const code = `import got from "got";\nawait got("https://api.psp.example/v1", { retry: { limit: 5 } });\n`;
  const config = [typescript, ...plugin.configs.recommended, ...plugin.configs.secrets];
  const linter = new VersionLinter({ configType: "flat", cwd: "/" });
  const found = linter.verify(code, config, { filename: "/a.ts" });
  expect(found.map(({ ruleId, suggestions = [], fix }) => [ruleId, suggestions.length, fix?.text])).toEqual([
    ["holdfast/require-timeout", 1, undefined],
    ["holdfast/max-retries", 0, "2"],
  ]);
  expect(linter.verifyAndFix(code, config, { filename: "/a.ts" }).output).toContain("limit: 2");
  const key = ["sk", "live", "4eC39HqLyjWDarjtT1zdp7dc"].join("_");
  expect(linter.verify(`STRIPE_KEY=${key}\n`, config, { filename: "/.env" }).map(({ ruleId }) => ruleId)).toEqual([
    "holdfast/no-hardcoded-secrets",
  ]);
});
