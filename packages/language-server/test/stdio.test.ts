import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { CodeAction, Diagnostic, Hover, InitializeResult, TextDocumentEdit, TextEdit } from "vscode-languageserver-protocol";
import { TextDocument } from "vscode-languageserver-textdocument";

const here = dirname(fileURLToPath(import.meta.url));
const liveKey = ["sk", "live", "4eC39HqLyjWDarjtT1zdp7dc"].join("_");
const eagerClient = `import axios from "axios";
import axiosRetry from "axios-retry";

export const psp = axios.create({ baseURL: "https://api.psp.example/v1", timeout: 200 });
axiosRetry(psp, { retries: 5, retryDelay: axiosRetry.exponentialDelay });
`;

let folder: string;
let bundle: string;

// One file in an empty folder: nothing else of this repository is in its reach.
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-server-"));
  bundle = join(folder, "alone", "server.mjs");
  await build({
    entryPoints: [join(here, "../src/main.ts")],
    outfile: bundle,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20.19",
    conditions: ["holdfast-source"],
    // The CommonJS build of jsonc-parser asks for its parts through a name that no bundler can follow.
    mainFields: ["module", "main"],
    // Bundled CommonJS modules expect these names.
    banner: {
      js: [
        'import { createRequire } from "node:module";',
        "const require = createRequire(import.meta.url);",
        "const { filename: __filename, dirname: __dirname } = import.meta;",
      ].join(""),
    },
    logLevel: "error",
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let workspace: string;
let server: Session;
beforeEach(() => {
  workspace = mkdtempSync(join(folder, "workspace-"));
  server = startSession();
});
afterEach(() => server.end());

describe("a client that pulls", () => {
  it("is told the capabilities of the server, without plain source.fixAll", async () => {
    const { capabilities } = await initialize(server);
    expect(capabilities).toMatchObject({
      textDocumentSync: { change: 2 },
      diagnosticProvider: { identifier: "holdfast", interFileDependencies: true },
      codeActionProvider: { codeActionKinds: ["quickfix", "source.fixAll.holdfast"] },
    });
  });

  it("gets findings with code, link and place, and `unchanged` when nothing changed", async () => {
    await initialize(server);
    const uri = open("src/pay.ts", `export const key = "${liveKey}";\n`);
    const report = await server.request<Report>("textDocument/diagnostic", { textDocument: { uri } });
    expect(report.items).toEqual([
      expect.objectContaining({
        source: "holdfast",
        code: "no-hardcoded-secrets",
        codeDescription: { href: expect.stringContaining("no-hardcoded-secrets") },
        severity: 1,
        range: expect.objectContaining({ start: { line: 0, character: expect.any(Number) } }),
      }),
    ]);
    expect(JSON.stringify(report)).not.toContain(liveKey);
    const again = await server.request<Report>("textDocument/diagnostic", { textDocument: { uri }, previousResultId: report.resultId });
    expect(again).toEqual({ kind: "unchanged", resultId: report.resultId });
  });

  it("sees incremental changes", async () => {
    await initialize(server);
    const uri = open("a.ts", `const key = "${liveKey}";\n`);
    expect(await codes(uri)).toEqual(["no-hardcoded-secrets"]);
    change(uri, 2, { start: { line: 0, character: 13 }, end: { line: 0, character: 13 + liveKey.length } }, "public");
    expect(await codes(uri)).toEqual([]);
  });

  it("finds secrets in text files as well", async () => {
    await initialize(server);
    for (const name of [".env", "deploy.yaml", "Dockerfile"]) {
      const text =
        name === "Dockerfile"
          ? `ENV STRIPE_SECRET_KEY=${liveKey}\n`
          : name === ".env"
            ? `STRIPE_SECRET_KEY=${liveKey}\n`
            : `stripe_secret_key: ${liveKey}\n`;
      expect(await codes(open(name, text)), name).toEqual(["no-hardcoded-secrets"]);
    }
  });

  it("says nothing about what git ignores or a package manager installed", async () => {
    mkdirSync(join(workspace, ".git"));
    writeFileSync(join(workspace, ".gitignore"), ".env\n");
    await initialize(server);
    expect(await codes(open(".env", `STRIPE_SECRET_KEY=${liveKey}\n`))).toEqual([]);
    expect(await codes(open("node_modules/a/index.js", `const key = "${liveKey}";`))).toEqual([]);
  });

  it("reports the problems of holdfast.yaml at their place, with the text as typed rather than as saved", async () => {
    await initialize(server);
    const uri = open("holdfast.yaml", "version: 1\nbogus: true\n");
    const { items } = await server.request<Report>("textDocument/diagnostic", { textDocument: { uri } });
    expect(items).toEqual([
      expect.objectContaining({
        source: "holdfast",
        code: "unknown-key",
        range: expect.objectContaining({ start: { line: 1, character: 0 } }),
      }),
    ]);
  });

  it("follows a client into the file that makes it, and leads back there", async () => {
    writeFileSync(join(workspace, "psp-client.ts"), eagerClient);
    await initialize(server);
    const uri = open(
      "pay.ts",
      'import { psp } from "./psp-client.ts";\nexport const pay = (amount: number) => psp.post("/payments", { amount });\n',
    );
    const { items } = await server.request<Report>("textDocument/diagnostic", { textDocument: { uri } });
    expect(items).toEqual([
      expect.objectContaining({
        code: "require-idempotency-key",
        message: expect.stringContaining("POST https://api.psp.example/v1/payments may run 6 times"),
        relatedInformation: [
          {
            location: {
              uri: pathToFileURL(join(workspace, "psp-client.ts")).href,
              range: { start: { line: 4, character: 0 }, end: { line: 4, character: 0 } },
            },
            message: "What the call does is decided here",
          },
        ],
      }),
    ]);
  });

  it("judges by the nearest holdfast.yaml as it is in the editor, and leads to the budget", async () => {
    await initialize(server);
    const policy = open("holdfast.yaml", 'version: 1\nupstreams:\n  psp:\n    match: ["https://api.psp.example/**"]\n    retries: 5\n');
    const uri = open("psp.ts", eagerClient);
    expect(await codes(uri)).toEqual([]);
    change(policy, 2, undefined, 'version: 1\nupstreams:\n  psp:\n    match: ["https://api.psp.example/**"]\n    retries: 1\n');
    const { items } = await server.request<Report>("textDocument/diagnostic", { textDocument: { uri } });
    expect(items).toMatchObject([
      {
        code: "max-retries",
        message: expect.stringContaining("the limit is 1 retry (holdfast.yaml:5, upstream psp)"),
        relatedInformation: [{ location: { uri: policy, range: { start: { line: 4 } } }, message: "The budget is declared here" }],
      },
    ]);
  });

  it("keeps the last valid policy in force while it is edited into shape", async () => {
    await initialize(server);
    const valid = 'version: 1\nupstreams:\n  psp:\n    match: ["https://api.psp.example/**"]\n    retries: 5\n';
    const policy = open("holdfast.yaml", valid);
    const uri = open("psp.ts", eagerClient);
    expect(await codes(uri)).toEqual([]);
    change(policy, 2, undefined, `${valid}    bogus: 1\n`);
    expect(await codes(uri)).toEqual([]);
  });

  it("reports at every call instead of at the cause where the folder's settings say so", async () => {
    const text = `${eagerClient.replace(", timeout: 200", "")}export const rates = () => psp.get("/rates");\nexport const fees = () => psp.get("/fees");\n`;
    const linesOf = async (reportAt: string) => {
      const session = startSession();
      await initialize(session, { configuration: { reportAt } });
      session.notify("textDocument/didOpen", { textDocument: { uri: "file:///calls.ts", languageId: "typescript", version: 1, text } });
      const { items } = await session.request<Report>("textDocument/diagnostic", { textDocument: { uri: "file:///calls.ts" } });
      await session.end();
      return items.filter(({ code }) => code === "require-timeout").map(({ range }) => range.start.line);
    };
    expect(await linesOf("cause")).toEqual([3]);
    expect(await linesOf("call")).toEqual([5, 6]);
  });

  it("asks for the settings again when they change", async () => {
    await initialize(server, { configuration: { enable: false } });
    const uri = open("psp.ts", eagerClient);
    expect(await codes(uri)).toEqual([]);
    server.answerConfiguration({ enable: true });
    server.notify("workspace/didChangeConfiguration", { settings: null });
    expect(await codes(uri)).toEqual(["max-retries"]);
  });

  it("is asked to pull again when a policy changes", async () => {
    await initialize(server);
    open("a.ts", "export {};\n");
    const refreshed = server.nextRequest("workspace/diagnostic/refresh");
    server.notify("workspace/didChangeWatchedFiles", { changes: [{ uri: pathToFileURL(join(workspace, "holdfast.yaml")).href, type: 1 }] });
    await refreshed;
  });

  it("is left alone where the folder's settings say so", async () => {
    await initialize(server, { configuration: { enable: false } });
    expect(await codes(open("a.ts", `const key = "${liveKey}";\n`))).toEqual([]);
  });
});

describe("a client that cannot pull", () => {
  it("gives its settings when it starts, with the name of their section or without", async () => {
    for (const initializationOptions of [{ enable: false }, { holdfast: { enable: false } }]) {
      const session = startSession();
      await initialize(session, { pull: false, initializationOptions });
      const published = session.nextNotification("textDocument/publishDiagnostics");
      session.notify("textDocument/didOpen", {
        textDocument: { uri: "file:///psp.ts", languageId: "typescript", version: 1, text: eagerClient },
      });
      expect(await published).toMatchObject({ diagnostics: [] });
      await session.end();
    }
  });

  it("is sent the findings, and their end when the document closes", async () => {
    await initialize(server, { pull: false });
    const first = server.nextNotification<{ uri: string; version: number; diagnostics: Diagnostic[] }>("textDocument/publishDiagnostics");
    const uri = open("a.ts", `const key = "${liveKey}";\n`);
    expect(await first).toMatchObject({ uri, version: 1, diagnostics: [{ code: "no-hardcoded-secrets" }] });
    const last = server.nextNotification("textDocument/publishDiagnostics");
    server.notify("textDocument/didClose", { textDocument: { uri } });
    expect(await last).toEqual({ uri, diagnostics: [] });
  });

  it("is sent the findings of every open document again when a policy changes", async () => {
    await initialize(server, { pull: false });
    const limitOf = async () => {
      const { diagnostics } = await server.nextNotification<{ diagnostics: Diagnostic[] }>("textDocument/publishDiagnostics");
      return /the limit is (\d) retr/.exec(JSON.stringify(diagnostics))?.[1];
    };
    const first = limitOf();
    open("psp.ts", eagerClient);
    expect(await first).toBe("2");
    writeFileSync(join(workspace, "holdfast.yaml"), "version: 1\nretries: { limit: 1 }\n");
    const second = limitOf();
    server.notify("workspace/didChangeWatchedFiles", { changes: [{ uri: pathToFileURL(join(workspace, "holdfast.yaml")).href, type: 1 }] });
    expect(await second).toBe("1");
  });
});

describe("code actions", () => {
  it("carry a versioned edit that gives the fixed text", async () => {
    await initialize(server);
    const uri = open("psp.ts", eagerClient);
    const [fix] = await actionsAt(uri, "quickfix");
    expect(fix).toMatchObject({ kind: "quickfix", isPreferred: true, edit: { documentChanges: [{ textDocument: { uri, version: 1 } }] } });
    expect(applied(eagerClient, fix!)).toBe(eagerClient.replace("retries: 5", "retries: 2"));
  });

  it("fix everything only under a kind of their own", async () => {
    await initialize(server);
    const uri = open("psp.ts", eagerClient);
    expect(await actionsAt(uri, "source.fixAll")).toEqual([]);
    const [all, ...others] = await actionsAt(uri, "source.fixAll.holdfast");
    expect(others).toEqual([]);
    expect(all).toMatchObject({ kind: "source.fixAll.holdfast", edit: { documentChanges: [{ textDocument: { uri, version: 1 } }] } });
    expect(applied(eagerClient, all!)).toBe(eagerClient.replace("retries: 5", "retries: 2"));
  });

  it("offer what changes the program's behaviour as a choice with the complete code", async () => {
    await initialize(server);
    const text = 'export const rates = () => fetch("https://rates.example/v1/latest");\n';
    const [timeout] = await actionsAt(open("rates.ts", text), "quickfix");
    expect(timeout!.title).toBe("Set a timeout of 300 ms (default).");
    expect(applied(text, timeout!)).toBe(
      'export const rates = () => fetch("https://rates.example/v1/latest", { signal: AbortSignal.timeout(300) });\n',
    );
  });

  it("open the page of the rule", async () => {
    await initialize(server);
    const explain = (await actionsAt(open("psp.ts", eagerClient), "quickfix")).find(({ title }) => title === "Explain max-retries");
    const shown = server.nextRequest<{ uri: string; external: boolean }>("window/showDocument");
    await server.request("workspace/executeCommand", { command: explain!.command!.command, arguments: explain!.command!.arguments });
    expect(await shown).toEqual({ uri: expect.stringMatching(/^https:.*max-retries\.md$/), external: true });
  });

  it("silence a rule in the comment syntax of the language, for good", async () => {
    await initialize(server);
    const samples = {
      "a.ts": [`  const key = "${liveKey}";\n`, "  // eslint-disable-next-line holdfast/no-hardcoded-secrets\n"],
      "b.tsx": [
        `export const a = (\n  <b>\n    {pay("${liveKey}")}\n  </b>\n);\n`,
        "    {/* eslint-disable-next-line holdfast/no-hardcoded-secrets */}\n",
      ],
      ".env": [`STRIPE_SECRET_KEY=${liveKey}\n`, "# eslint-disable-next-line holdfast/no-hardcoded-secrets\n"],
      "c.vue": [`<b/>\n<script>\nconst key = "${liveKey}";\n</script>\n`, "\n// eslint-disable-next-line holdfast/no-hardcoded-secrets\n"],
      "d.svelte": [`<Pay key="${liveKey}" />\n`, "<!-- eslint-disable-next-line holdfast/no-hardcoded-secrets -->\n"],
    };
    for (const [name, [text, comment]] of Object.entries(samples)) {
      const uri = open(name, text!);
      const action = (await actionsAt(uri, "quickfix")).find(({ title }) => title.startsWith("Disable") && title.endsWith("line"));
      const silenced = applied(text!, action!);
      expect(silenced).toContain(comment);
      change(uri, 2, undefined, silenced);
      expect(await codes(uri), name).toEqual([]);
    }
  });

  it("silence a rule in all scripts of a component", async () => {
    await initialize(server);
    const text = `---\nconst key = "${liveKey}";\n---\n<b/>\n`;
    const uri = open("a.astro", text);
    const action = (await actionsAt(uri, "quickfix")).find(({ title }) => title.startsWith("Disable") && title.endsWith("file"));
    const silenced = applied(text, action!);
    expect(silenced).toBe(text.replace("const", "/* eslint-disable holdfast/no-hardcoded-secrets */\nconst"));
    change(uri, 2, undefined, silenced);
    expect(await codes(uri)).toEqual([]);
  });

  it("add to a comment that is already there", async () => {
    await initialize(server);
    const text = `// eslint-disable-next-line no-console -- wanted\nconst key = "${liveKey}";\n`;
    const action = (await actionsAt(open("a.ts", text), "quickfix")).find(({ title }) => title.endsWith("this line"));
    expect(applied(text, action!)).toBe(
      `// eslint-disable-next-line no-console, holdfast/no-hardcoded-secrets -- wanted\nconst key = "${liveKey}";\n`,
    );
  });
});

describe("hover", () => {
  const policy = `version: 1
stores:
  local: { kind: sops, file: secrets.sops.yaml, key: { age: { recipients: [age1tmgmagwjfpq9pc5nh5zh4966640279j29cg0dvatxhtqu0pm430sx68lgy] } } }
secrets:
  psp/webhook:
    store: local
    path: payments/psp-webhook
    rotate: { with: generated, bytes: 32 }
    every: 30d
    overlap: 24h
    env: PSP_WEBHOOK_SECRET
`;
  const hover = (uri: string, character: number) =>
    server.request<Hover | null>("textDocument/hover", { textDocument: { uri }, position: { line: 0, character } });

  it("tells of a variable which secret it is, where it is kept and how it is rotated", async () => {
    await initialize(server);
    const file = open("holdfast.yaml", policy);
    const text =
      "Secret **psp/webhook** in store `local`, path `payments/psp-webhook`  \n" +
      `rotated with \`generated\`, every 30d, previous value valid for 1d · [holdfast.yaml:5](${file}#L5)`;
    expect(await hover(open("a.ts", "const key = process.env.PSP_WEBHOOK_SECRET;\n"), 30)).toEqual({
      contents: { kind: "markdown", value: text },
      range: { start: { line: 0, character: 24 }, end: { line: 0, character: 42 } },
    });
    expect(await hover(open("b.ts", 'const key = process.env["PSP_WEBHOOK_SECRET"];\n'), 30)).toMatchObject({ contents: { value: text } });
    expect(await hover(open(".env", "PSP_WEBHOOK_SECRET=x\n"), 3)).toMatchObject({ contents: { value: text } });
  });

  it("says nothing about other variables and other words", async () => {
    await initialize(server);
    open("holdfast.yaml", policy);
    expect(await hover(open("a.ts", "const key = process.env.PORT;\n"), 25)).toBeNull();
    expect(await hover(open("b.ts", "const PSP_WEBHOOK_SECRET = process.env.PSP_WEBHOOK_SECRET;\n"), 10)).toBeNull();
  });
});

describe("robustness", () => {
  it("answers a cancelled request as cancelled", async () => {
    await initialize(server);
    const lines = Array.from({ length: 20_000 }, (_, index) => `export const f${index} = (a: number) => a + 1;\n`);
    const uri = open("big.ts", lines.join(""));
    const first = server.request("textDocument/diagnostic", { textDocument: { uri } });
    const second = server.request("textDocument/diagnostic", { textDocument: { uri } });
    server.notify("$/cancelRequest", { id: second.id });
    await expect(second).rejects.toMatchObject({ code: -32800 });
    await first;
  });

  it("survives syntax errors, unknown documents and methods, and broken messages", async () => {
    await initialize(server);
    const uri = open("broken.ts", "const = {");
    const { items } = await server.request<Report>("textDocument/diagnostic", { textDocument: { uri } });
    expect(items).toEqual([expect.objectContaining({ severity: 1, message: expect.stringContaining("Parsing error") })]);
    expect(await codes("file:///not/open.ts")).toEqual([]);
    await expect(server.request("no/such/method", {})).rejects.toMatchObject({ code: -32601 });
    server.raw('Content-Length: 9\r\n\r\n{"broken"');
    server.notify("textDocument/didChange", { textDocument: { uri: "file:///not/open.ts", version: 3 }, contentChanges: [{ text: "x" }] });
    expect(await codes(open("fine.ts", `const key = "${liveKey}";\n`))).toEqual(["no-hardcoded-secrets"]);
  });

  it("ends with code 0 after shutdown and exit", async () => {
    await initialize(server);
    await server.request("shutdown");
    server.notify("exit");
    expect(await server.exited).toBe(0);
  });

  it("ends when the client goes away without a word", async () => {
    await initialize(server);
    server.closeInput();
    expect(await server.exited).toBe(1);
  });
});

interface Report {
  readonly kind: string;
  readonly resultId: string;
  readonly items: Diagnostic[];
}

interface Session {
  request<T>(method: string, params?: object): Promise<T> & { readonly id: number };
  notify(method: string, params?: object): void;
  nextNotification<T>(method: string): Promise<T>;
  nextRequest<T = void>(method: string): Promise<T>;
  answerConfiguration(settings: object): void;
  raw(text: string): void;
  closeInput(): void;
  end(): Promise<void>;
  readonly exited: Promise<number | null>;
}

function initialize(
  session: Session,
  { pull = true, configuration, initializationOptions }: { pull?: boolean; configuration?: object; initializationOptions?: object } = {},
): Promise<InitializeResult> {
  if (configuration) session.answerConfiguration(configuration);
  const answer = session.request<InitializeResult>("initialize", {
    processId: process.pid,
    rootUri: pathToFileURL(workspace).href,
    initializationOptions,
    capabilities: {
      textDocument: pull ? { diagnostic: {} } : {},
      workspace: { diagnostics: { refreshSupport: true }, configuration: configuration !== undefined },
      window: { showDocument: { support: true } },
    },
  });
  return answer.then((result) => {
    session.notify("initialized", {});
    return result;
  });
}

function open(name: string, text: string): string {
  const uri = pathToFileURL(join(workspace, name)).href;
  server.notify("textDocument/didOpen", { textDocument: { uri, languageId: "any", version: 1, text } });
  return uri;
}

function change(uri: string, version: number, range: object | undefined, text: string): void {
  server.notify("textDocument/didChange", { textDocument: { uri, version }, contentChanges: [range ? { range, text } : { text }] });
}

async function codes(uri: string) {
  const { items } = await server.request<Report>("textDocument/diagnostic", { textDocument: { uri } });
  return items.map(({ code }) => code);
}

async function actionsAt(uri: string, only: string): Promise<CodeAction[]> {
  const { items } = await server.request<Report>("textDocument/diagnostic", { textDocument: { uri } });
  return server.request("textDocument/codeAction", {
    textDocument: { uri },
    range: items[0]!.range,
    context: { diagnostics: items.slice(0, 1), only: [only] },
  });
}

function applied(text: string, { edit }: CodeAction): string {
  const [change] = edit!.documentChanges as TextDocumentEdit[];
  return TextDocument.applyEdits(TextDocument.create("file:///a", "any", 1, text), change!.edits as TextEdit[]);
}

/** A client of a few lines, so that the test sees the bytes any editor would see. */
function startSession(): Session {
  const child: ChildProcess = spawn(process.execPath, [bundle, "--stdio"], {
    cwd: workspace,
    stdio: ["pipe", "pipe", "inherit"],
    env: { PATH: "" },
  });
  const pending = new Map<number, { resolve(value: never): void; reject(error: unknown): void }>();
  const listeners: { method: string; resolve(params: never): void }[] = [];
  let settings: object = {};
  let lastId = 0;
  let buffer = Buffer.alloc(0);
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  void exited.then((code) => {
    for (const { reject } of pending.values()) reject(new Error(`The server ended with ${code}.`));
  });
  const raw = (text: string) => void child.stdin!.write(text);
  const send = (message: object) => {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    raw(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };

  child.stdout!.on("data", (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (;;) {
      const end = buffer.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(buffer.subarray(0, end).toString())![1]);
      if (buffer.length < end + 4 + length) return;
      const message = JSON.parse(buffer.subarray(end + 4, end + 4 + length).toString());
      buffer = buffer.subarray(end + 4 + length);
      receive(message);
    }
  });

  function receive(message: { id?: number; method?: string; params?: never; result?: never; error?: unknown }): void {
    if (message.method === undefined) {
      const waiting = pending.get(message.id!);
      pending.delete(message.id!);
      if (message.error) waiting?.reject(message.error);
      else waiting?.resolve(message.result as never);
      return;
    }
    if (message.id !== undefined) send({ id: message.id, result: message.method === "workspace/configuration" ? [settings] : null });
    const index = listeners.findIndex(({ method }) => method === message.method);
    if (index >= 0) listeners.splice(index, 1)[0]!.resolve(message.params as never);
  }

  const next = (method: string) => new Promise<never>((resolve) => listeners.push({ method, resolve }));
  return {
    request(method, params) {
      const id = (lastId += 1);
      const answer = new Promise<never>((resolve, reject) => pending.set(id, { resolve, reject }));
      send({ id, method, ...(params && { params }) });
      return Object.assign(answer, { id });
    },
    notify: (method, params) => send({ method, ...(params && { params }) }),
    nextNotification: next,
    nextRequest: next,
    answerConfiguration: (value) => void (settings = value),
    raw,
    closeInput: () => void child.stdin!.end(),
    async end() {
      child.kill();
      await exited;
    },
    exited,
  };
}
