import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { beforeAll, describe, expect, test } from "vitest";

import { buildIfStale, holdfast, temporaryFolder, write } from "./built-command.ts";

beforeAll(buildIfStale);

const clean = "export const answer = 42;\n";
const unsafe =
  "import got from 'got';\nexport const rates = () => got('https://rates.example/v1', { timeout: { request: 50 }, retry: { limit: 5, backoffLimit: 1 } });\n";
const safe = unsafe.replace("limit: 5", "limit: 2");
const required = unsafe.replace("import got from 'got'", "const got = require('got')").replace("export const rates =", "module.exports =");

interface Result {
  filePath: string;
  messages: { ruleId: string | null; severity: number; message: string; line: number; column: number; fatal?: true; fix?: object }[];
  errorCount: number;
}

async function json(args: readonly string[], cwd: string): Promise<{ code: number | null; results: Result[]; stderr: string }> {
  const { code, stdout, stderr } = await holdfast(["check", "--format", "json", ...args], { cwd });
  return { code, results: JSON.parse(stdout) as Result[], stderr };
}

describe("findings", () => {
  test("end with 1, none with 0", async () => {
    const cwd = temporaryFolder();
    write(cwd, { "a.ts": clean });
    expect(await holdfast(["check"], { cwd })).toEqual({ code: 0, signal: null, stdout: "✔ No findings in 1 file.\n", stderr: "" });
    write(cwd, { "b.ts": unsafe });
    const { code, stdout } = await holdfast(["check"], { cwd });
    expect(code).toBe(1);
    expect(stdout).toMatch(/\nb\.ts\n +2:\d+ ✖ .*holdfast\/max-retries/su);
    expect(stdout).toMatch(/✖ 1 error in 1 of 2 files\.\n {2}One has a safe fix: holdfast check --fix applies it\.\n$/u);
  });

  test("have ESLint's shape with --format json, and no source text in them", async () => {
    const cwd = temporaryFolder();
    write(cwd, { "a.ts": unsafe });
    const { code, results } = await json(["."], cwd);
    expect(code).toBe(1);
    expect(results).toEqual([
      {
        filePath: join(cwd, "a.ts"),
        messages: [expect.objectContaining({ ruleId: "holdfast/max-retries", severity: 2, line: 2, column: expect.any(Number) })],
        suppressedMessages: [],
        errorCount: 1,
        fatalErrorCount: 0,
        warningCount: 0,
        fixableErrorCount: 1,
        fixableWarningCount: 0,
        usedDeprecatedRules: [],
      },
    ]);
  });

  test("are found in TypeScript, JavaScript, ESM, CommonJS, JSX and decorated classes", async () => {
    const cwd = temporaryFolder();
    write(cwd, {
      "a.ts": unsafe,
      "b.mts": unsafe,
      "c.js": unsafe,
      "d.mjs": unsafe,
      "e.cjs": required,
      "f.cts": required.replace("const got =", "import got =").replace("module.exports =", "export ="),
      "g.jsx": `${unsafe}export const View = () => <b>{String(rates)}</b>;\n`,
      "h.tsx": `${unsafe}export const View = () => <b>{String(rates)}</b>;\n`,
      "i.ts": `${unsafe}@Injectable()\nexport class Service { constructor(@Inject('x') private readonly x: string) {} @Get() y() { return this.x; } }\n`,
    });
    const { results } = await json(["."], cwd);
    expect(results.map(({ filePath, messages }) => [filePath.slice(-4), messages.map(({ ruleId }) => ruleId)])).toEqual(
      ["a.ts", ".mts", "c.js", ".mjs", ".cjs", ".cts", ".jsx", ".tsx", "i.ts"].map((name) => [name, ["holdfast/max-retries"]]),
    );
  });

  test("of a folder leave out what git ignores", async () => {
    const cwd = temporaryFolder();
    write(cwd, { ".git/HEAD": "", ".gitignore": "generated/\n*.gen.ts\n", "generated/a.ts": unsafe, "b.gen.ts": unsafe, "c.ts": clean });
    const { code, results } = await json(["."], cwd);
    expect(code).toBe(0);
    expect(results.map(({ filePath }) => filePath)).toEqual([join(cwd, ".gitignore"), join(cwd, "c.ts")]);
  });

  test("are limited to errors by --quiet, and warnings end with 1 unless --max-warnings allows them", async () => {
    const cwd = temporaryFolder();
    write(cwd, { "slow.ts": "export const rates = () => fetch('https://rates.example/v1', { signal: AbortSignal.timeout(20_000) });\n" });
    const levels = (await json(["."], cwd)).results.flatMap(({ messages }) => messages.map(({ severity }) => severity));
    expect(levels).toContain(1);
    expect(levels).not.toContain(2);
    expect((await holdfast(["check"], { cwd })).code).toBe(1);
    expect((await holdfast(["check", "--max-warnings", "10"], { cwd })).code).toBe(0);
    expect(await holdfast(["check", "--quiet"], { cwd })).toMatchObject({ code: 0, stdout: "✔ No findings in 1 file.\n" });
  });

  test("are judged by the nearest holdfast.yaml, or by the one that --policy names", async () => {
    const cwd = temporaryFolder();
    const call = "export const rates = () => fetch('https://rates.example/v1', { signal: AbortSignal.timeout(2_000) });\n";
    const policy = "version: 1\nupstreams:\n  rates: { match: ['https://rates.example/**'], slo: 5s, timeout: 2s }\n";
    write(cwd, { "a.ts": call, "budgeted/holdfast.yaml": policy, "budgeted/a.ts": call });
    const { results } = await json(["a.ts", "budgeted/a.ts"], cwd);
    expect(results.map(({ messages }) => messages.length > 0)).toEqual([true, false]);
    expect((await holdfast(["check", "a.ts", "--policy", "budgeted/holdfast.yaml"], { cwd })).code).toBe(0);
  });
});

test("a warning about the policy is said once, and changes no exit code", async () => {
  const cwd = temporaryFolder();
  write(cwd, {
    "holdfast.yaml": "version: 1\nbudgets: { slo: 400ms }\nupstreams:\n  rates: { match: ['https://rates.example/**'], timeout: 900ms }\n",
    "a.ts": clean,
    "b.ts": clean,
  });
  const { code, stderr } = await holdfast(["check"], { cwd });
  expect(code).toBe(0);
  expect(stderr).toMatch(/^holdfast: holdfast\.yaml:4:\d+ {2}.*900\s?ms.*\n$/u);
});

describe("--fix", () => {
  test("writes what is safe, keeps the mode, leaves nothing else in the folder and changes nothing the second time", async () => {
    const cwd = temporaryFolder();
    write(cwd, { "a.ts": unsafe });
    chmodSync(join(cwd, "a.ts"), 0o640);
    const { code, stdout } = await holdfast(["check", "--fix"], { cwd });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "Fixed what was safe in 1 file: a.ts\n\n✔ No findings in 1 file.\n" });
    expect(readFileSync(join(cwd, "a.ts"), "utf8")).toBe(safe);
    expect(statSync(join(cwd, "a.ts")).mode & 0o777).toBe(0o640);
    expect(readdirSync(cwd)).toEqual(["a.ts"]);
    expect((await holdfast(["check", "--fix"], { cwd })).stdout).toBe("✔ No findings in 1 file.\n");
  });

  test("writes through a symbolic link and keeps the link", async () => {
    const cwd = temporaryFolder();
    write(cwd, { "real/a.ts": unsafe });
    symlinkSync(join("real", "a.ts"), join(cwd, "link.ts"));
    expect((await holdfast(["check", "--fix", "link.ts"], { cwd })).code).toBe(0);
    expect(readFileSync(join(cwd, "real", "a.ts"), "utf8")).toBe(safe);
  });

  test("judges every file by what was fixed in the files it imports", async () => {
    const cwd = temporaryFolder();
    write(cwd, {
      "a-payments.ts": `import { psp } from "./psp-client";\nexport const pay = () => psp.post("https://api.psp.example/v1/payments", {});\n`,
      "psp-client.ts": `import axios from "axios";\nimport axiosRetry from "axios-retry";\nexport const psp = axios.create({ timeout: 200 });\naxiosRetry(psp, { retries: 5 });\n`,
    });
    expect((await holdfast(["check"], { cwd })).stdout).toMatch(/payments may run 6 times/u);
    const { stdout } = await holdfast(["check", "--fix"], { cwd });
    expect(stdout).toMatch(/payments may run 3 times/u);
    expect(stdout).not.toContain("6 times");
  });

  test("leaves a file as it was that it may not write, says so, and fixes the others", async () => {
    const cwd = temporaryFolder();
    write(cwd, { "locked.ts": unsafe, "open/a.ts": unsafe });
    chmodSync(cwd, 0o755);
    chmodSync(join(cwd, "open"), 0o777);
    chmodSync(join(cwd, "open", "a.ts"), 0o666);
    chmodSync(join(cwd, "locked.ts"), 0o444);
    const { code, stdout, stderr } = await holdfast(["check", "--fix"], { cwd, rights: "ordinary" });
    expect(code).toBe(2);
    expect(stderr).toBe(`holdfast: ${join(cwd, "locked.ts")} could not be fixed: permission denied. It was left as it was.\n`);
    expect(stdout).toContain("Fixed what was safe in 1 file: open/a.ts");
    expect(stdout).toContain("holdfast/max-retries");
    expect(readFileSync(join(cwd, "locked.ts"), "utf8")).toBe(unsafe);
    expect(readFileSync(join(cwd, "open", "a.ts"), "utf8")).toBe(safe);
    expect(readdirSync(cwd).toSorted()).toEqual(["locked.ts", "open"]);
  });

  test("does not rewrite a file whose bytes are no UTF-8", async () => {
    const cwd = temporaryFolder();
    const bytes = Buffer.concat([Buffer.from(unsafe), Buffer.from([0x2f, 0x2f, 0xe9, 0x0a])]);
    writeFileSync(join(cwd, "latin1.ts"), bytes);
    const { code, stderr } = await holdfast(["check", "--fix"], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain("could not be fixed: it is not UTF-8 text. It was left as it was.");
    expect(readFileSync(join(cwd, "latin1.ts")).equals(bytes)).toBe(true);
  });

  test("touches no file when a holdfast.yaml further down does not parse", async () => {
    const cwd = temporaryFolder();
    write(cwd, { "a.ts": unsafe, "z/holdfast.yaml": "version: 2\n", "z/a.ts": unsafe });
    expect((await holdfast(["check", "--fix"], { cwd })).code).toBe(2);
    expect(readFileSync(join(cwd, "a.ts"), "utf8")).toBe(unsafe);
  });
});

describe("what cannot be linted is said, and the rest is linted", () => {
  test("a syntax error is a finding at its place", async () => {
    const cwd = temporaryFolder();
    write(cwd, { "a.ts": "const a = {\n  b: ,\n};\n", "b.ts": unsafe });
    const { code, results } = await json(["."], cwd);
    expect(code).toBe(1);
    expect(results.map(({ messages }) => messages.map(({ ruleId, line, column }) => [ruleId, line, column]))).toEqual([
      [[null, 2, 6]],
      [["holdfast/max-retries", 2, expect.any(Number)]],
    ]);
    expect((await holdfast(["check"], { cwd })).stdout).toMatch(/2:6 ✖ Parsing error: .* {2}syntax\n/u);
  });

  test("a missing path ends with 2", async () => {
    const cwd = temporaryFolder();
    write(cwd, { "a.ts": clean });
    expect(await holdfast(["check", "missing", "a.ts"], { cwd })).toEqual({
      code: 2,
      signal: null,
      stdout: "✔ No findings in 1 file.\n",
      stderr: `holdfast: ${join(cwd, "missing")} does not exist.\n`,
    });
  });

  test("a file or folder that may not be read ends with 2", async () => {
    const cwd = temporaryFolder();
    write(cwd, { "closed.ts": clean, "closed/a.ts": clean, "open.ts": clean });
    chmodSync(cwd, 0o755);
    chmodSync(join(cwd, "closed.ts"), 0);
    chmodSync(join(cwd, "closed"), 0);
    const { code, stdout, stderr } = await holdfast(["check"], { cwd, rights: "ordinary" });
    chmodSync(join(cwd, "closed"), 0o700);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "✔ No findings in 1 file.\n" });
    expect(stderr).toBe(
      ["closed", "closed.ts"].map((name) => `holdfast: ${join(cwd, name)} could not be read: permission denied.\n`).join(""),
    );
  });

  test("a binary file named on the command line is left out with a word, one found in a folder silently", async () => {
    const cwd = temporaryFolder();
    write(cwd, { "a.ts": clean });
    writeFileSync(join(cwd, "logo.png"), Buffer.from([0x89, 0x50, 0, 1, 2]));
    expect(await holdfast(["check"], { cwd })).toMatchObject({ code: 0, stderr: "" });
    expect(await holdfast(["check", "logo.png"], { cwd })).toMatchObject({
      code: 0,
      stdout: "No file to lint.\n",
      stderr: `holdfast: ${join(cwd, "logo.png")} was not linted: it is a binary file.\n`,
    });
  });

  test("a file of 50 MB is not read", async () => {
    const cwd = temporaryFolder();
    write(cwd, { "big.js": "", "a.ts": clean });
    truncateSync(join(cwd, "big.js"), 50 * 1024 * 1024);
    const message = `holdfast: ${join(cwd, "big.js")} was not linted: it has 50 MB and the limit for code is 5 MB.\n`;
    expect(await holdfast(["check"], { cwd })).toMatchObject({ code: 0, stderr: message });
    expect(await holdfast(["check", "big.js"], { cwd })).toMatchObject({ code: 2, stderr: message });
  });

  test("symbolic links that form a circle end", async () => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, "a"));
    write(cwd, { "a/b.ts": clean });
    symlinkSync("..", join(cwd, "a", "up"));
    symlinkSync("loop", join(cwd, "loop"));
    expect(await holdfast(["check"], { cwd })).toMatchObject({ code: 0, stdout: "✔ No findings in 1 file.\n" });
    expect(await holdfast(["check", "loop"], { cwd })).toMatchObject({
      code: 2,
      stderr: `holdfast: ${join(cwd, "loop")} could not be read: its symbolic links form a circle.\n`,
    });
  });

  test("a file name cannot write into the terminal", async () => {
    const cwd = temporaryFolder();
    write(cwd, { "a\u001b[31m\n.ts": unsafe });
    const { stdout } = await holdfast(["check"], { cwd });
    expect(stdout).toContain("a\ufffd[31m .ts\n");
    expect(stdout).not.toContain("\u001b");
  });
});
