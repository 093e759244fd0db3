import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

import { type RunningServer, startServer } from "@holdfast/testing/vitest";
import { type Browser, chromium } from "playwright-core";

import { type EditorWindow, editorWindow } from "./editor-window.ts";
import { packEslintStandIn } from "./eslint-stand-in.ts";

export interface EditorOptions {
  readonly codeServer: string;
  readonly chromium: string;
  readonly vsix: string;
  /** Fills the folder that the window opens. */
  readonly prepare: (folder: string) => void;
  /** The file the window opens, from that folder. */
  readonly file: string;
}

export interface OpenEditor {
  readonly window: EditorWindow;
  readonly folder: string;
  /** Ends the language server the hard way. */
  killServer(): void;
  /** Hosts other than 127.0.0.1 that the window asked for anything. */
  readonly foreignHosts: ReadonlySet<string>;
  close(): Promise<void>;
}

/** A real VS Code on loopback, with the packaged extension installed, its window open in a real browser; the folder is not trusted yet. */
export async function openEditor(options: EditorOptions): Promise<OpenEditor> {
  const server = await startCodeServer(options);
  const browser = await chromium.launch({ executablePath: options.chromium, args: browserFlags });
  const folder = join(server.folder, "payments-service");
  const foreignHosts = new Set<string>();
  const window = await openWindow(browser, `http://127.0.0.1:${server.port}`, join(folder, options.file), folder, foreignHosts);
  return {
    window,
    folder,
    foreignHosts,
    killServer: () => killProcess(join(server.folder, "extensions"), "server.js"),
    async close() {
      await browser.close();
      await server.stop();
    },
  };
}

function startCodeServer({ codeServer, vsix, prepare }: EditorOptions): Promise<RunningServer> {
  return startServer({
    label: "code-server",
    ports: 1,
    prepare: ({ folder, port }) => {
      const [userData, extensions, service] = ["user-data", "extensions", "payments-service"].map((name) => join(folder, name)) as [
        string,
        string,
        string,
      ];
      for (const name of [join(userData, "User"), extensions, service]) mkdirSync(name, { recursive: true });
      prepare(service);
      writeFileSync(join(userData, "User", "settings.json"), JSON.stringify(settings));
      const env = { ...environment(), HOME: folder };
      const folders = ["--user-data-dir", userData, "--extensions-dir", extensions];
      const packages = [vsix, packEslintStandIn(folder)].flatMap((file) => ["--install-extension", file]);
      execFileSync(codeServer, [...folders, ...packages, "--force"], { env, stdio: ["ignore", "pipe", "pipe"] });
      const args = [
        ...folders,
        "--config",
        join(folder, "config.yaml"),
        "--bind-addr",
        `127.0.0.1:${port}`,
        "--auth",
        "none",
        ...quietFlags,
      ];
      return Promise.resolve({ executable: codeServer, args, env, stopSignal: "SIGTERM" });
    },
    isReady: async ({ port }) => (await fetch(`http://127.0.0.1:${port}/healthz`)).ok,
  });
}

async function openWindow(
  browser: Browser,
  origin: string,
  file: string,
  folder: string,
  foreignHosts: Set<string>,
): Promise<EditorWindow> {
  const forReading = process.env["HOLDFAST_PICTURES"] !== undefined;
  const page = await browser.newPage({ viewport: { width: 1200, height: 720 }, deviceScaleFactor: forReading ? 2 : 1 });
  page.setDefaultTimeout(30_000);
  page.on("request", (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (/^(https?|wss?):$/.test(protocol) && hostname !== "127.0.0.1") foreignHosts.add(hostname);
  });
  const payload = JSON.stringify([["openFile", `vscode-remote://${new URL(origin).host}${file}`]]);
  await page.goto(`${origin}/?${new URLSearchParams({ folder, payload }).toString()}`, { waitUntil: "domcontentloaded" });
  await page.locator(".monaco-workbench").waitFor({ timeout: 60_000 });
  return editorWindow(page);
}

const settings = {
  "telemetry.telemetryLevel": "off",
  "workbench.startupEditor": "none",
  "workbench.enableExperiments": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.colorTheme": "Default Dark Modern",
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "update.mode": "none",
  "files.autoSave": "off",
  "git.enabled": false,
  "remote.autoForwardPorts": false,
  "chat.disableAIFeatures": true,
  "editor.minimap.enabled": false,
  "editor.accessibilitySupport": "off",
  "editor.fontSize": 14,
  "editor.codeActionsOnSave": { "source.fixAll.holdfast": "explicit" },
  // Only Holdfast's problems are of interest.
  "typescript.validate.enable": false,
};

const quietFlags = ["--disable-telemetry", "--disable-update-check", "--disable-file-downloads", "--disable-proxy"];

const browserFlags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

/** Kills the one process whose command line holds both texts. */
function killProcess(...texts: readonly string[]): void {
  const processes = execFileSync("ps", ["-A", "-ww", "-o", "pid=,command="], { encoding: "utf8" }).split("\n");
  const [found, ...others] = processes.filter((line) => texts.every((text) => line.includes(text)));
  if (found === undefined || others.length > 0) throw new Error(`${found ? "More than one" : "No"} process runs ${texts.join(" … ")}.`);
  process.kill(Number.parseInt(found, 10), "SIGKILL");
}

function environment(): NodeJS.ProcessEnv {
  const nowhere = "http://127.0.0.1:9/none";
  return {
    ...process.env,
    // code-server runs on the Node that runs the tests.
    PATH: [dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter),
    CS_DISABLE_GETTING_STARTED_OVERRIDE: "1",
    EXTENSIONS_GALLERY: JSON.stringify({ serviceUrl: nowhere, itemUrl: nowhere }),
    // Set inside terminals of VS Code: the window that is open there would be used.
    VSCODE_IPC_HOOK_CLI: undefined,
  };
}
