import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import * as parser from "@typescript-eslint/parser";
import { Linter } from "eslint";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";

import plugin from "../src/index.ts";

/** The real oxlint with the plugin as a user configures it, beside ESLint 9.20 and 10: the same code must give the same findings. */
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const program = here("../node_modules/oxlint/bin/oxlint");
const names = Object.keys(plugin.rules);

interface Found {
  readonly rule: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

type Files = Readonly<Record<string, string>>;

function projectWith(files: Files, config: object = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-oxlint-"));
  const all = {
    // A plugin in JavaScript, as the package is: oxlint itself takes no .ts file on Node 20.
    "plugin.mjs": `export { default } from ${JSON.stringify(pathToFileURL(here("../src/index.ts")).href)};\n`,
    ".oxlintrc.json": JSON.stringify({ jsPlugins: ["./plugin.mjs"], ignorePatterns: ["plugin.mjs"], ...strict, ...config }),
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** `configs.strict`, which is for ESLint, as oxlint's JSON. */
const strict = {
  rules: Object.assign({}, ...plugin.configs.strict.map(({ rules }) => rules)) as Linter.RulesRecord,
  settings: Object.assign({}, ...plugin.configs.strict.map(({ settings }) => settings)) as { readonly holdfast: object },
};

function oxlint(folder: string, ...args: string[]): { readonly found: Found[]; readonly output: string } {
  const { stdout, stderr } = spawnSync(process.execPath, [program, "--format", "json", ...args, "."], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 1 << 26,
    env: { ...process.env, NODE_OPTIONS: "--conditions=holdfast-source" },
  });
  if (!stdout.startsWith("{")) throw new Error(`oxlint: ${stdout}${stderr}`);
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: { code: string; filename: string; message: string; labels: { span: { line: number; column: number } }[] }[];
  };
  const found = diagnostics.flatMap(({ code, filename, message, labels: [label] }): Found[] => {
    const rule = /^holdfast\((?<rule>.+)\)$/u.exec(code)?.groups?.["rule"];
    return rule === undefined ? [] : [{ rule, file: filename, ...placeOf(label!.span), message }];
  });
  return { found: found.sort(byPlace), output: stdout };
}

function placeOf({ line, column }: { line: number; column: number }): { line: number; column: number } {
  return { line, column };
}

function byPlace(a: Found, b: Found): number {
  return a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column || a.rule.localeCompare(b.rule);
}

const eslintConfig: Linter.Config[] = [
  { files: ["**/*.ts"], languageOptions: { parser: parser as unknown as Linter.Parser } },
  { linterOptions: { reportUnusedDisableDirectives: "off" } },
  ...plugin.configs.strict,
];

async function eslint(version: string, folder: string, files: Files): Promise<Found[]> {
  const { Linter: VersionLinter } = (await import(version)) as { readonly Linter: typeof Linter };
  const linter = new VersionLinter({ configType: "flat", cwd: folder });
  return Object.entries(files)
    .flatMap(([file, text]) =>
      linter
        .verify(text, [...eslintConfig, plugin.fromPolicy({ folder })], { filename: join(folder, file) })
        .map(({ ruleId, line, column, message }): Found => ({
          rule: ruleId?.replace("holdfast/", "") ?? "syntax",
          file,
          line,
          column,
          message,
        })),
    )
    .sort(byPlace);
}

/** The code of the rules' pages, and the example service. */
function examples(): Files {
  const folder = here("../../../docs/rules");
  const pages = readdirSync(folder).flatMap((page) => {
    const blocks = Array.from(readFileSync(join(folder, page), "utf8").matchAll(/^```ts(?: bad| good)?\n(?<code>[^]*?)^```/gmu));
    return blocks.map(({ groups }, index) => [`src/${page.replace(".md", "")}-${index}.ts`, withoutOptions(groups!["code"]!)] as const);
  });
  const service = here("../../../examples/payments-service/src");
  return Object.fromEntries([
    ...pages,
    ...readdirSync(service).map((name) => [`service/${name}`, readFileSync(join(service, name), "utf8")] as const),
  ]);
}

/** oxlint takes no options of a rule from a comment. */
function withoutOptions(code: string): string {
  return code.replaceAll(/\/\* eslint [^]*?\*\//gu, "");
}

describe("the same code gives the same findings", () => {
  const files = examples();
  const policy = readFileSync(here("../../../examples/payments-service/holdfast.yaml"), "utf8");
  let folder: string;
  let found: Found[];
  beforeAll(() => {
    folder = projectWith(
      { ...files, "holdfast.yaml": policy },
      { settings: { holdfast: { ...strict.settings.holdfast, policyFile: "holdfast.yaml" } } },
    );
    found = oxlint(folder).found;
    return () => rmSync(folder, { recursive: true });
  });

  it("of every rule", () => {
    expect([...new Set(found.map(({ rule }) => rule))].sort()).toEqual(names.toSorted());
  });

  it.each(["eslint", "eslint-9.20"])("as %s", async (version) => {
    expect(found).toEqual(await eslint(version, folder, files));
  });
});

const call = (limit: number) => `await got("https://api.psp.example/v1", { timeout: { request: 300 }, retry: { limit: ${limit} } });`;

function temporary(files: Files, config: object = {}, rule = "max-retries"): string {
  const folder = projectWith(files, { rules: { [`holdfast/${rule}`]: "error" }, ...config });
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

it("applies fixes", () => {
  const folder = temporary({ "a.ts": `import got from "got";\n${call(5)}\n` });
  expect(oxlint(folder, "--fix").found).toEqual([]);
  expect(readFileSync(join(folder, "a.ts"), "utf8")).toBe(`import got from "got";\n${call(2)}\n`);
});

it("applies suggestions as ESLint does", () => {
  const text = `import got from "got";\nawait got.post("https://api.psp.example/v1/payments", { timeout: { request: 300 }, json: {} });\n`;
  const folder = temporary({ "a.ts": text }, {}, "require-idempotency-key");
  const messages = new Linter({ configType: "flat", cwd: folder }).verify(text, eslintConfig, { filename: join(folder, "a.ts") });
  const { suggestions } = messages.find(({ ruleId }) => ruleId === "holdfast/require-idempotency-key")!;
  const { range, text: inserted } = suggestions![0]!.fix;
  oxlint(folder, "--fix-suggestions");
  expect(readFileSync(join(folder, "a.ts"), "utf8")).toBe(text.slice(0, range[0]) + inserted + text.slice(range[1]));
});

it.each(["eslint", "oxlint"])("keeps silent where a comment says so: %s-disable", (tool) => {
  const rule = "holdfast/max-retries";
  const folder = temporary({
    "next.ts": `import got from "got";\n// ${tool}-disable-next-line ${rule} -- the sandbox is slow\n${call(5)}\n${call(4)}\n`,
    "line.ts": `import got from "got";\n${call(5)} // ${tool}-disable-line ${rule}\n${call(4)}\n`,
    "block.ts": `import got from "got";\n/* ${tool}-disable ${rule} */\n${call(5)}\n/* ${tool}-enable ${rule} */\n${call(4)}\n`,
    "other.ts": `import got from "got";\n// ${tool}-disable-next-line holdfast/max-timeout\n${call(5)}\n`,
  });
  expect(oxlint(folder).found.map(({ file, line }) => `${file}:${line}`)).toEqual(["block.ts:5", "line.ts:3", "next.ts:4", "other.ts:3"]);
});

it("judges the scripts of components at their places", () => {
  const folder = temporary({
    "a.vue": `<template><b /></template>\n\n<script setup lang="ts">\nimport got from "got";\n${call(5)}\n</script>\n`,
    "b.svelte": `<script lang="ts">\n  import got from "got";\n  ${call(5)}\n</script>\n<b />\n`,
    "c.astro": `---\nimport got from "got";\n${call(5)}\n---\n<b />\n`,
  });
  expect(oxlint(folder).found.map(({ file, line, rule }) => `${file}:${line} ${rule}`)).toEqual([
    "a.vue:5 max-retries",
    "b.svelte:3 max-retries",
    "c.astro:3 max-retries",
  ]);
});

it("shows the same in an editor, with --lsp", async () => {
  const folder = temporary({ "a.ts": `import got from "got";\n${call(5)}\n` });
  expect(await publishedFor(folder, "a.ts")).toEqual([
    "GET https://api.psp.example/v1 may run 6 times (got: 5 retries); the limit is 2 retries (default).",
  ]);
});

it("does not read other text files, which are for ESLint or holdfast check", () => {
  const key = ["sk", "live", "4eC39HqLyjWDarjtT1zdp7dc"].join("_");
  const files = { ".env": `STRIPE_KEY=${key}\n`, "a.yaml": `key: ${key}\n`, "a.ts": `export const key = "${key}";\n` };
  const folder = temporary(files, {}, "no-hardcoded-secrets");
  expect(oxlint(folder).found.map(({ file }) => file)).toEqual(["a.ts"]);
});

/** The messages that oxlint's language server gives an editor which opens a file. */
function publishedFor(folder: string, file: string): Promise<string[]> {
  const env = { ...process.env, NODE_OPTIONS: "--conditions=holdfast-source" };
  const server = spawn(process.execPath, [program, "--lsp"], { cwd: folder, env, stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void server.kill());
  const send = (message: object) => {
    const text = JSON.stringify({ jsonrpc: "2.0", ...message });
    server.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  };
  const rootUri = pathToFileURL(folder).href;
  const textDocument = {
    uri: pathToFileURL(join(folder, file)).href,
    languageId: "typescript",
    version: 1,
    text: readFileSync(join(folder, file), "utf8"),
  };
  return new Promise((resolve, reject) => {
    let received: Buffer = Buffer.alloc(0);
    server.on("exit", (code) => reject(new Error(`oxlint --lsp ended with ${code}`)));
    server.stdout.on("data", (part: Buffer) => {
      received = Buffer.concat([received, part]);
      for (let first = firstMessage(received); first; first = firstMessage(received)) {
        received = first.rest;
        const { id, method, params } = first.message;
        if (id === 1) send({ method: "textDocument/didOpen", params: { textDocument } });
        if (method === "textDocument/publishDiagnostics") resolve(params!.diagnostics.map(({ message }) => message));
      }
    });
    const workspaceFolders = [{ uri: rootUri, name: "project" }];
    const capabilities = { textDocument: { publishDiagnostics: {} } };
    send({ id: 1, method: "initialize", params: { processId: process.pid, rootUri, workspaceFolders, capabilities } });
  });
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly diagnostics: readonly { readonly message: string }[] };
}

/** The first whole message of the Language Server Protocol in what came in. */
function firstMessage(bytes: Buffer): { readonly message: Message; readonly rest: Buffer } | undefined {
  const header = /^Content-Length: (?<length>\d+)\r\n(?:[^\r\n]+\r\n)*\r\n/u.exec(bytes.toString("latin1"));
  if (!header) return undefined;
  const start = header[0].length;
  const end = start + Number(header.groups!["length"]);
  return end > bytes.length ? undefined : { message: JSON.parse(bytes.toString("utf8", start, end)) as Message, rest: bytes.subarray(end) };
}

describe("policyFile", () => {
  const policy = "version: 1\nupstreams:\n  psp: { match: ['https://api.psp.example/**'], slo: 9s, timeout: 300ms, retries: 1 }\n";
  const config = { settings: { holdfast: { policyFile: "holdfast.yaml" } } };

  it("gives the rules the budgets of a holdfast.yaml, from plain JSON", () => {
    const folder = temporary({ "holdfast.yaml": policy, "src/a.ts": `import got from "got";\n${call(2)}\n` }, config);
    expect(oxlint(folder).found.map(({ message }) => message)).toEqual([
      "GET https://api.psp.example/v1 may run 3 times (got: 2 retries); the limit is 1 retry (holdfast.yaml:3, upstream psp).",
    ]);
  });

  it("is not needed where the configuration is a program: fromPolicy() works there", () => {
    const files = {
      "holdfast.yaml": policy,
      "a.ts": `import got from "got";\n${call(2)}\n`,
      "oxlint.config.mjs": [
        `import holdfast from "./plugin.mjs";`,
        `const policy = holdfast.fromPolicy();`,
        `const rules = { ...holdfast.configs.recommended[0].rules, ...policy.rules };`,
        `export default { jsPlugins: ["./plugin.mjs"], ignorePatterns: ["*.mjs"], rules, settings: policy.settings };`,
      ].join("\n"),
    };
    const folder = temporary(files);
    rmSync(join(folder, ".oxlintrc.json"));
    const { found } = oxlint(folder, "--config", "oxlint.config.mjs");
    expect(found.filter(({ rule }) => rule === "max-retries").map(({ message }) => message)).toEqual([
      expect.stringContaining("(holdfast.yaml:3, upstream psp)"),
    ]);
  });

  it("does the same in ESLint's settings", () => {
    const folder = temporary({ "holdfast.yaml": policy });
    const linter = new Linter({ configType: "flat", cwd: folder });
    const found = linter.verify(`import got from "got";\n${call(2)}\n`, [...eslintConfig, config], { filename: join(folder, "a.ts") });
    expect(found.filter(({ ruleId }) => ruleId === "holdfast/max-retries").map(({ message }) => message)).toEqual([
      expect.stringContaining("(holdfast.yaml:3, upstream psp)"),
    ]);
  });

  it("that cannot be used is said, with its problems", () => {
    const folder = temporary({ "holdfast.yaml": "version: 2\n", "a.ts": `import got from "got";\n${call(2)}\n` }, config);
    expect(oxlint(folder).output).toMatch(/holdfast\.yaml:1:/u);
  });
});
