import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import type { Log } from "sarif";
import { beforeAll, describe, expect, test } from "vitest";

import { buildIfStale, holdfast, temporaryFolder, write } from "./built-command.ts";

beforeAll(buildIfStale);

const eslint = join(dirname(createRequire(import.meta.url).resolve("eslint/package.json")), "bin", "eslint.js");
const plugin = pathToFileURL(fileURLToPath(new URL("../../eslint-plugin/src/index.ts", import.meta.url))).href;
const rule = "holdfast/no-hardcoded-secrets";
const key = (end: string) => ["sk", "live", `4eC39HqLyjWDarjtT1zd${end}`].join("_");
const code = (...ends: readonly string[]) => ends.map((end) => `export const key${end} = "${key(end)}";\n`).join("");

/** A project whose errors of today ESLint has written down. */
function projectWith(files: Readonly<Record<string, string>>): string {
  const cwd = temporaryFolder();
  const config = [
    `import holdfast from ${JSON.stringify(plugin)};`,
    `const plugins = { holdfast };`,
    `const rules = { ${JSON.stringify(rule)}: "error" };`,
    `export default [{ files: ["**/*.js"], plugins, rules }, ...holdfast.configs.secrets];`,
  ];
  write(cwd, { "eslint.config.mjs": `${config.join("\n")}\n`, ...files });
  const { status, stderr } = runEslint(cwd, "--suppress-all");
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return cwd;
}

function runEslint(cwd: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--conditions=holdfast-source", eslint, ".", ".env", ...args], {
    cwd,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

describe("eslint-suppressions.json, as eslint --suppress-all writes it", () => {
  test("silences the same errors in ESLint and in check, in code and in text files", async () => {
    const cwd = projectWith({ "src/a.js": code("aaaa", "bbbb"), ".env": `STRIPE_KEY=${key("cccc")}\n` });
    expect(JSON.parse(readFileSync(join(cwd, "eslint-suppressions.json"), "utf8"))).toEqual({
      ".env": { [rule]: { count: 1 } },
      "src/a.js": { [rule]: { count: 2 } },
    });
    expect(runEslint(cwd).status).toBe(0);
    const { code: ended, stdout } = await holdfast(["check", "--format", "sarif"], { cwd });
    const { results = [] } = (JSON.parse(stdout) as Log).runs[0]!;
    expect(ended).toBe(0);
    expect(results.map(({ suppressions }) => suppressions)).toEqual([1, 2, 3].map(() => [{ kind: "external" }]));
  });

  test("lets no more errors pass than it counts: one more, and all of the rule are told, as ESLint does", async () => {
    const cwd = projectWith({ "a.js": code("aaaa", "bbbb"), ".env": "A=1\n" });
    write(cwd, { "a.js": code("aaaa", "bbbb", "cccc") });
    expect(runEslint(cwd).stdout).toContain("3 problems");
    expect((await holdfast(["check"], { cwd })).stdout).toContain("3 errors in 1 of");
  });

  test("of which something is mended already passes in check; ESLint asks for --prune-suppressions", async () => {
    const cwd = projectWith({ "a.js": code("aaaa", "bbbb"), ".env": "A=1\n" });
    write(cwd, { "a.js": code("aaaa") });
    expect(runEslint(cwd)).toMatchObject({ status: 2, stderr: expect.stringContaining("--prune-suppressions") });
    expect((await holdfast(["check"], { cwd })).code).toBe(0);
  });

  test("counts in the folder that check runs in, whatever is named", async () => {
    const cwd = projectWith({ "src/a.js": code("aaaa"), ".env": "A=1\n" });
    expect((await holdfast(["check", "src"], { cwd })).code).toBe(0);
    expect((await holdfast(["check"], { cwd: join(cwd, "src") })).code).toBe(1);
  });

  test.each(["{", "[]", '{ "a.js": { "x": 1 } }'])("that holds %s ends with 2, and nothing is fixed", async (text) => {
    const cwd = temporaryFolder();
    const unsafe =
      "import got from 'got';\nexport const rates = () => got('https://rates.example/v1', { timeout: { request: 50 }, retry: { limit: 5, backoffLimit: 1 } });\n";
    write(cwd, { "a.ts": unsafe, "eslint-suppressions.json": text });
    const { code: ended, stderr } = await holdfast(["check", "--fix"], { cwd });
    expect(ended).toBe(2);
    expect(stderr).toContain(
      "eslint-suppressions.json could not be used: it is not what eslint --suppress-all writes. Nothing was linted.",
    );
    expect(readFileSync(join(cwd, "a.ts"), "utf8")).toBe(unsafe);
  });
});

describe("a disable comment", () => {
  const comment = `// eslint-disable-next-line ${rule} -- revoked in May`;

  test("silences what follows, and its reason is in the report", async () => {
    const cwd = temporaryFolder();
    write(cwd, { "a.ts": `${comment}\n${code("aaaa")}`, ".env": `# eslint-disable-next-line ${rule} -- a sample\nKEY=${key("bbbb")}\n` });
    const { code: ended, stdout } = await holdfast(["check", "--format", "html"], { cwd });
    expect(ended).toBe(0);
    expect(stdout).toContain("no-hardcoded-secrets: revoked in May");
    expect(stdout).toContain("no-hardcoded-secrets: a sample");
  });

  test("that silences nothing is a warning when asked for, in every format, and --fix takes it away", async () => {
    const cwd = temporaryFolder();
    write(cwd, { "a.ts": `${comment}\nexport const answer = 42;\n` });
    expect((await holdfast(["check"], { cwd })).code).toBe(0);
    const asked = async (...args: string[]) => holdfast(["check", "--report-unused-disable-directives", ...args], { cwd });
    expect((await asked()).stdout).toMatch(/1:1 ▲ Unused eslint-disable directive .* {2}unused-disable \(fix\)\n/su);
    expect((await asked("--format", "github")).stdout).toMatch(/^::warning file=a\.ts,line=1,.*title=unused-disable::Unused/u);
    expect((await asked("--format", "html")).stdout).toContain("Disable comments that silence nothing");
    const { results = [], invocations } = (JSON.parse((await asked("--format", "sarif")).stdout) as Log).runs[0]!;
    expect(results.map(({ ruleId, level }) => [ruleId, level])).toEqual([["unused-disable", "warning"]]);
    expect(invocations![0]!.executionSuccessful).toBe(true);
    expect((await asked("--fix")).code).toBe(0);
    expect(readFileSync(join(cwd, "a.ts"), "utf8").trim()).toBe("export const answer = 42;");
  }, 120_000);
});
