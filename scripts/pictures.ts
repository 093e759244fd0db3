// Takes the pictures of the terminal and of the report from real runs: `npm run pictures`. The editor's pictures come from packages/vscode's end-to-end test.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { tools } from "@holdfast/testing";
import { chromium, type Page } from "playwright-core";

import { root } from "./demo/command.ts";
import { pageOf } from "./pictures/terminal-page.ts";

/** The part of the demo's output that each picture shows, from one heading to the next. */
const pictures = [
  { name: "check.png", title: "holdfast check", from: /^1 {2}/u, to: /^2 {2}/u },
  { name: "rotation.png", title: "holdfast rotate, resume, audit verify", from: /^\$ holdfast rotate session/u, to: /^→ {2}/u },
];

const output = await outputOfDemo();
const { chromium: executablePath } = await tools.editor();
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
try {
  const page = await browser.newPage({ deviceScaleFactor: 2, viewport: { width: 1120, height: 400 } });
  for (const { name, title, from, to } of pictures) {
    await page.setContent(pageOf(title, section(from, to)));
    await page.locator("main").screenshot({ path: join(root, "docs", "pictures", name) });
    process.stdout.write(`docs/pictures/${name}\n`);
  }
  await pictureOfReport(await browser.newPage({ viewport: { width: 1000, height: 860 } }));
} finally {
  await browser.close();
}

/** The top of `holdfast check --format html` on the example service. */
async function pictureOfReport(page: Page): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-report-"));
  const report = join(folder, "report.html");
  const check = [join(root, "packages", "cli", "bin", "holdfast.js"), "check", "--format", "html", "--output", report];
  spawnSync(process.execPath, check, { cwd: join(root, "examples", "payments-service"), stdio: "inherit" });
  await page.goto(pathToFileURL(report).href);
  await page.screenshot({ path: join(root, "docs", "pictures", "report.png") });
  rmSync(folder, { recursive: true });
  process.stdout.write("docs/pictures/report.png\n");
}

function section(from: RegExp, to: RegExp): string {
  const bare = (line: string) => line.replaceAll(/\u001b\[[\d;]*m/gu, "");
  const lines = output.split("\n");
  const start = lines.findIndex((line) => from.test(bare(line)));
  const end = lines.findIndex((line, index) => index > start && to.test(bare(line)));
  // A command line is part of the picture, a heading is not.
  const first = bare(lines[start] ?? "").startsWith("$") ? start : start + 1;
  return lines.slice(first, end).join("\n").trim();
}

function outputOfDemo(): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, "scripts", "start.ts")], {
      env: { ...process.env, FORCE_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve(text) : reject(new Error(`the demo ended with ${code}:\n${text}`))));
  });
}
