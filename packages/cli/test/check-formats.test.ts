import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";

import { rules } from "@holdfast/engine";
import { describeWithServers, useEditor } from "@holdfast/testing/vitest";
import ajvDraft04 from "ajv-draft-04";
import formats from "ajv-formats";
import { type Browser, chromium, type Page } from "playwright-core";
import type { Log, Result, Run } from "sarif";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { buildIfStale, holdfast, temporaryFolder, write } from "./built-command.ts";

const require = createRequire(import.meta.url);

beforeAll(buildIfStale);

const clean = "export const answer = 42;\n";
const call = "got('https://rates.example/v1', { timeout: { request: 50 }, retry: { limit: 5, backoffLimit: 1 } })";
const unsafe = `import got from 'got';\nexport const rates = () => ${call};\n`;
const column = unsafe.split("\n")[1]!.indexOf("5, b") + 1;
const slow = "export const rates = () => fetch('https://rates.example/v1', { signal: AbortSignal.timeout(20_000) });\n";
const key = ["sk", "live", "4eC39HqLyjWDarjtT1zdp7dc"].join("_");
/** A call without a key, whose suggestion adds an import at the top and an option further down: the secrets stand between the two. */
const between = [
  "import got from 'got';",
  `const stripeKey = "${key}";`,
  "// eslint-disable-next-line holdfast/no-hardcoded-secrets -- revoked last year",
  `const revoked = "${key.replace("dc", "xx")}";`,
  "export const pay = (amount: number) =>",
  "  got.post('https://api.psp.example/v1/payments', { timeout: { request: 300 }, json: { amount, stripeKey, revoked } });",
  "",
].join("\n");

const all = ["stylish", "json", "sarif", "github", "html"] as const;

describe.each(all)("--format %s", (format) => {
  test("ends with 0 without findings, 1 with, 2 when something could not be linted", async () => {
    const cwd = temporaryFolder();
    write(cwd, { "clean.ts": clean, "slow.ts": slow, "unsafe.ts": unsafe });
    const codeOf = async (...args: string[]) => (await holdfast(["check", "--format", format, ...args], { cwd })).code;
    expect(await codeOf("clean.ts")).toBe(0);
    expect(await codeOf("unsafe.ts")).toBe(1);
    expect(await codeOf("slow.ts")).toBe(1);
    expect(await codeOf("slow.ts", "--max-warnings", "1")).toBe(0);
    expect(await codeOf("clean.ts", "missing.ts")).toBe(2);
  }, 120_000);

  test("prints no secret: not the one found, not a silenced one, not one between two changes of a suggestion", async () => {
    const cwd = temporaryFolder();
    write(cwd, { "pay.ts": between, ".env": `STRIPE_KEY=${key}\n` });
    const { code, stdout, stderr } = await holdfast(["check", "--format", format], { cwd });
    expect(code).toBe(1);
    expect(stdout).toContain("require-idempotency-key");
    for (const secret of [key, key.replace("dc", "xx")]) expect(`${stdout}${stderr}`).not.toContain(secret.slice(8));
  });

  test("goes into the file that --output names, as a whole, and a summary to standard error", async () => {
    const cwd = temporaryFolder();
    write(cwd, { "unsafe.ts": unsafe, "real.txt": "before" });
    chmodSync(join(cwd, "real.txt"), 0o640);
    symlinkSync("real.txt", join(cwd, "link.txt"));
    const { code, stdout, stderr } = await holdfast(["check", "unsafe.ts", "--format", format, "--output", "link.txt"], { cwd });
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: "", stderr: expect.stringMatching(/^✖ 1 error in 1 of 1 file\.\n/u) });
    expect(readFileSync(join(cwd, "link.txt"), "utf8")).toContain("may run 6 times");
    expect(statSync(join(cwd, "real.txt")).mode & 0o777).toBe(0o640);
    expect(readdirSync(cwd).toSorted()).toEqual(["link.txt", "real.txt", "unsafe.ts"]);
  });
});

test.each(["json", "sarif"] as const)("the places that decide a finding are data with --format %s", async (format) => {
  const cwd = temporaryFolder();
  write(cwd, {
    "holdfast.yaml": "version: 1\nupstreams:\n  psp: { match: ['https://api.psp.example/**'], slo: 60s, timeout: 2s, retries: 1 }\n",
    "src/psp-client.ts":
      "import got from 'got';\nexport const psp = got.extend({\n  prefixUrl: 'https://api.psp.example',\n  timeout: { request: 300 },\n  retry: { limit: 1, methods: ['POST'] },\n});\n",
    "src/pay.ts":
      "import { psp } from './psp-client.ts';\n\nexport const pay = () => psp.post('v1/payments', { json: {}, timeout: { request: 9_000 } });\n",
  });
  const { stdout } = await holdfast(["check", "src", "--format", format], { cwd });
  const places =
    format === "json"
      ? (JSON.parse(stdout) as { messages: { relatedPlaces?: { filePath: string; line: number }[] }[] }[])
          .flatMap(({ messages }) => messages.flatMap(({ relatedPlaces = [] }) => relatedPlaces))
          .map(({ filePath, line }) => `${relative(cwd, filePath)}:${line}`)
      : (JSON.parse(stdout) as Log).runs[0]!.results!.flatMap(({ relatedLocations = [] }) => relatedLocations).map(
          ({ physicalLocation: { artifactLocation, region } = {} }) => `${artifactLocation!.uri}:${region!.startLine}`,
        );
  expect(places).toEqual(expect.arrayContaining(["src/psp-client.ts:5", "holdfast.yaml:3"]));
});

test("--output that cannot be written ends with 2 and changes nothing", async () => {
  const cwd = temporaryFolder();
  write(cwd, { "a.ts": unsafe, "folder/b.ts": clean });
  const { code, stdout, stderr } = await holdfast(["check", "--output", "folder"], { cwd });
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain("folder could not be written: it is a folder. What was there before is unchanged.");
  expect((await holdfast(["check", "--output", "/dev/null"], { cwd })).stderr).toContain("it is no regular file");
});

describe("SARIF", () => {
  const ajv = new ajvDraft04.default({ strict: false, allErrors: true, unicodeRegExp: false });
  formats.default(ajv as never);
  const schemaFile = join(require.resolve("@microsoft/jest-sarif/package.json"), "..", "lib", "schemas", "sarif-2.1.0-rtm.5.json");
  const isSarif = ajv.compile(JSON.parse(readFileSync(schemaFile, "utf8")) as object);

  async function sarifOf(cwd: string, ...args: string[]): Promise<Run & { results: Result[] }> {
    const { stdout } = await holdfast(["check", "--format", "sarif", ...args], { cwd });
    const log = JSON.parse(stdout) as Log;
    isSarif(log);
    expect(isSarif.errors ?? []).toEqual([]);
    return log.runs[0] as Run & { results: Result[] };
  }

  test("is valid, with every rule and its page, and says where each finding is", async () => {
    const cwd = temporaryFolder();
    write(cwd, { "src/ä b#%.ts": unsafe, "slow.ts": slow });
    const run = await sarifOf(cwd);
    const described = run.tool.driver.rules!.map(({ id, helpUri }) => [id, helpUri]);
    expect(described).toEqual([...rules.values()].map(({ id, url }) => [id, url]));
    for (const { name, shortDescription, fullDescription } of run.tool.driver.rules!) {
      expect(name).toMatch(/^(?:[A-Z][a-z]+)+$/u);
      // GitHub's code scanning refuses a rule without them (GH2012 of Microsoft's SARIF multitool 5.7.0).
      expect([shortDescription?.text, fullDescription?.text]).toEqual([expect.any(String), expect.any(String)]);
    }
    expect(run.columnKind).toBe("utf16CodeUnits");
    expect(run.originalUriBaseIds).toEqual({ "%SRCROOT%": { uri: `${pathToFileURL(cwd).href}/` } });
    expect(run.invocations).toEqual([{ executionSuccessful: true, toolExecutionNotifications: [] }]);
    expect(run.results.map(({ ruleId, level, locations }) => [ruleId, level, locations![0]!.physicalLocation])).toEqual([
      [
        "holdfast/max-timeout",
        "warning",
        { artifactLocation: { uri: "slow.ts", uriBaseId: "%SRCROOT%" }, region: expect.objectContaining({ startLine: 1 }) },
      ],
      [
        "holdfast/max-retries",
        "error",
        {
          artifactLocation: { uri: "src/%C3%A4%20b%23%25.ts", uriBaseId: "%SRCROOT%" },
          region: { startLine: 2, startColumn: column, endLine: 2, endColumn: column + 1 },
        },
      ],
    ]);
    for (const { ruleId, ruleIndex } of run.results) expect(run.tool.driver.rules![ruleIndex!]!.id).toBe(ruleId);
  });

  test("has fixes that change the text as ESLint's do, in the smallest pieces", async () => {
    const cwd = temporaryFolder();
    const text = between.replaceAll("\n", "\r\n");
    write(cwd, { "pay.ts": text });
    const { results } = await sarifOf(cwd);
    const { fixes } = results.find(({ ruleId }) => ruleId === "holdfast/require-idempotency-key")!;
    const { replacements } = fixes![0]!.artifactChanges[0]!;
    expect(replacements.length).toBeGreaterThan(1);
    const lines = text.split("\r\n");
    const offset = (line = 1, column = 1) => lines.slice(0, line - 1).reduce((sum, { length }) => sum + length + 2, 0) + column - 1;
    const changed = replacements.toReversed().reduce((before, { deletedRegion: region, insertedContent }) => {
      const [start, end] = [offset(region.startLine, region.startColumn), offset(region.endLine, region.endColumn)];
      return before.slice(0, start) + insertedContent!.text! + before.slice(end);
    }, text);
    expect(changed).toContain('import { randomUUID } from "node:crypto";');
    expect(changed).toMatch(/stripeKey, revoked \}, headers: \{ "Idempotency-Key": randomUUID\(\) \} \}\);\r\n$/u);
    expect(changed).toContain(key);
    for (const { insertedContent } of replacements) expect(insertedContent!.text).not.toContain("stripeKey");
  });

  test("keeps a finding's fingerprint when lines move, and gives each finding its own", async () => {
    const cwd = temporaryFolder();
    const twice = `import got from 'got';\nexport const a = () => ${call};\nexport const b = () => ${call};\n`;
    write(cwd, { "a.ts": twice, "b.ts": unsafe });
    const before = (await sarifOf(cwd)).results.map(({ partialFingerprints }) => partialFingerprints!["holdfastFinding/v1"]);
    expect(new Set(before).size).toBe(3);
    write(cwd, { "a.ts": `// One line more.\n${twice}` });
    expect((await sarifOf(cwd)).results.map(({ partialFingerprints }) => partialFingerprints!["holdfastFinding/v1"])).toEqual(before);
  });

  test("tells what is silenced, with its reason, apart from what is not", async () => {
    const cwd = temporaryFolder();
    write(cwd, { "pay.ts": between });
    const silenced = (await sarifOf(cwd)).results.filter(({ suppressions }) => suppressions);
    expect(silenced.map(({ ruleId, suppressions }) => [ruleId, suppressions])).toEqual([
      ["holdfast/no-hardcoded-secrets", [{ kind: "inSource", justification: "revoked last year" }]],
    ]);
  });

  test("tells what could not be judged, and gives a file outside of the folder its whole address", async () => {
    const outside = temporaryFolder();
    write(outside, { "b.ts": unsafe });
    const cwd = temporaryFolder();
    write(cwd, { "a.ts": "const a = {\n  b: ,\n};\n" });
    writeFileSync(join(cwd, "logo.png"), Buffer.from([0x89, 0x50, 0, 1]));
    const run = await sarifOf(cwd, "a.ts", "missing.ts", "logo.png", join(outside, "b.ts"));
    const { executionSuccessful, toolExecutionNotifications } = run.invocations![0]!;
    expect(executionSuccessful).toBe(false);
    expect(
      toolExecutionNotifications!.map(({ level, descriptor, locations }) => [level, descriptor!.id, locations![0]!.physicalLocation]),
    ).toEqual([
      ["error", "syntax", { artifactLocation: { uri: "a.ts", uriBaseId: "%SRCROOT%" }, region: { startLine: 2, startColumn: 6 } }],
      ["error", "not-found", { artifactLocation: { uri: "missing.ts", uriBaseId: "%SRCROOT%" } }],
      ["note", "binary", { artifactLocation: { uri: "logo.png", uriBaseId: "%SRCROOT%" } }],
    ]);
    expect(run.results[0]!.locations![0]!.physicalLocation!.artifactLocation).toEqual({ uri: pathToFileURL(join(outside, "b.ts")).href });
  });
});

describe("GitHub's workflow commands", () => {
  test("are one line a finding, with its place from the root of the checkout", async () => {
    const cwd = temporaryFolder();
    write(cwd, { "service/a,b:c%.ts": unsafe, "service/slow.ts": slow });
    const { stdout } = await holdfast(["check", "--format", "github"], { cwd: join(cwd, "service"), env: { GITHUB_WORKSPACE: cwd } });
    const place = `line=2,endLine=2,col=${column},endColumn=${column + 1}`;
    expect(stdout.split("\n")).toEqual([
      `::error file=service/a%2Cb%3Ac%25.ts,${place},title=holdfast/max-retries::GET https://rates.example/v1 may run 6 times (got: 5 retries); the limit is 2 retries (default).`,
      expect.stringMatching(/^::warning file=service\/slow\.ts,line=1,endLine=1,col=\d+,endColumn=\d+,title=holdfast\/max-timeout::/u),
      "",
    ]);
  });

  test("cannot be started by what a message quotes", async () => {
    const cwd = temporaryFolder();
    write(cwd, { "a\n::warning::b.ts": unsafe });
    const { stdout } = await holdfast(["check", "--format", "github"], { cwd });
    expect(stdout.split("\n")).toEqual([expect.stringMatching(/^::error file=a%0A%3A%3Awarning%3A%3Ab\.ts,/u), ""]);
  });
});

describeWithServers("the HTML report", () => {
  const editor = useEditor();
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: editor.chromium, args: ["--no-sandbox", "--disable-gpu"] });
  });
  afterAll(async () => browser.close());

  const hostile = `<img src=x onerror=alert(1)>`;
  async function reportOf(files: Readonly<Record<string, string>>): Promise<string> {
    const cwd = temporaryFolder();
    write(cwd, files);
    const { stderr } = await holdfast(["check", "--format", "html", "--output", "report.html"], { cwd });
    expect(stderr).toMatch(/^(?:✖|✔|▲) /u);
    return join(cwd, "report.html");
  }

  /** The report as a browser without a network shows it; `asked` are the addresses it wanted. */
  async function shown(
    file: string,
    options: { colorScheme?: "light" | "dark"; width?: number } = {},
  ): Promise<{ page: Page; asked: string[] }> {
    const page = await browser.newPage({
      colorScheme: options.colorScheme ?? "light",
      viewport: { width: options.width ?? 1000, height: 800 },
    });
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    return { page, asked };
  }

  test("groups the findings by launch failure, and says which failures nothing was found for", async () => {
    const { page } = await shown(await reportOf({ "unsafe.ts": unsafe, "slow.ts": slow, "broken.ts": "const = 1;", "pay.ts": between }));
    expect(await page.title()).toMatch(/^Launch check of holdfast-cli-/u);
    expect(await page.locator(".verdict").textContent()).toBe("4 errors and 1 warning in 4 files.");
    const overview = await page.locator("tbody tr").allInnerTexts();
    expect(overview.slice(0, 3).map((row) => row.split("\t"))).toEqual([
      ["1. Retries and idempotency", "2", "0"],
      ["2. Timeouts against the objective", "0", "1"],
      ["3. Secrets, webhooks and transport", "1", "0"],
    ]);
    expect(overview.slice(3).map((row) => row.split("\t")[0])).toEqual(["4. Contracts", "5. Blind launch"]);
    const first = page.getByRole("region", { name: "1. Retries and idempotency" });
    expect(await first.getByRole("listitem").first().innerText()).toMatch(
      /^Error unsafe\.ts:2:\d+\n.*GET https:\/\/rates\.example\/v1 may run 6 times/su,
    );
    expect(await page.getByRole("region", { name: "Not judged" }).innerText()).toContain("broken.ts:1:7: Parsing error");
    expect(await page.getByRole("region", { name: "Silenced" }).innerText()).toContain("no-hardcoded-secrets: revoked last year");
    await page.close();
  });

  test("needs nothing but itself, and runs nothing that a name or message holds", async () => {
    const file = await reportOf({ [`${hostile}.ts`]: unsafe.replace("/v1", `/${hostile}`) });
    const { page, asked } = await shown(file);
    expect(asked).toEqual([pathToFileURL(file).href]);
    expect(await page.locator("script, link, img, iframe, object").count()).toBe(0);
    expect(await page.locator("main").innerText()).toContain(`${hostile}.ts:2:`);
    await page.close();
  });

  test.each(["light", "dark"] as const)("is accessible, %s", async (colorScheme) => {
    const { page } = await shown(await reportOf({ "unsafe.ts": unsafe, "slow.ts": slow, "pay.ts": between }), { colorScheme });
    await page.evaluate(readFileSync(require.resolve("axe-core"), "utf8"));
    const violations = await page.evaluate(
      `axe.run({ resultTypes: ["violations"] }).then(({ violations }) => violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]))`,
    );
    expect(violations).toEqual([]);
    await page.close();
  });

  test("fits a telephone", async () => {
    const { page } = await shown(await reportOf({ [`${"long-".repeat(30)}.ts`]: unsafe }), { width: 360 });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
    await page.close();
  });

  test("of a folder without findings says so", async () => {
    const { page } = await shown(await reportOf({ "clean.ts": clean }));
    expect(await page.locator(".verdict").textContent()).toBe("No findings in 1 file.");
    expect(await page.locator("main").innerText()).toMatch(/Nothing found by \d+ rules?\./u);
    await page.close();
  });
});
