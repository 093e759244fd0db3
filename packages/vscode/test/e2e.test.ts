import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

import { describeWithServers, until, useEditor, useSops } from "@holdfast/testing/vitest";
import { beforeAll, expect, it } from "vitest";

import { type OpenEditor, openEditor } from "./e2e/editor.ts";
import { decrypted, holdfast, preparePaymentsService } from "./e2e/payments-service.ts";

const root = join(import.meta.dirname, "..");
const vsix = join(root, "holdfast-vscode.vsix");

// HOLDFAST_PICTURES=docs/pictures takes the pictures of the documents on the way.
// One window for all tests, in their order: a window takes longer to open than everything that is done in it.
describeWithServers("the packaged extension in VS Code", () => {
  const programs = useEditor();
  const sops = useSops();
  let editor: OpenEditor;
  let recordsOfTheFirstValues: number;

  beforeAll(async () => {
    execFileSync("npm", ["run", "package"], { cwd: root, stdio: ["ignore", "pipe", "pipe"], shell: process.platform === "win32" });
    const { codeServer, chromium } = programs;
    editor = await openEditor({ codeServer, chromium, vsix, prepare: preparePaymentsService, file: "src/payments.ts" });
    recordsOfTheFirstValues = recordsIn(editor.folder);
    return editor.close;
  }, 180_000);

  it("is small", () => {
    expect(statSync(vsix).size).toBeLessThan(2_500_000);
  });

  it("shows problems in Restricted Mode, each with the page of its rule", async () => {
    const { window } = editor;
    await window.errors(1);
    await window.restricted();
    expect(await window.problems("without an idempotency key")).toContain("POST https://api.psp.example/v1/payments may run 6 times");
    expect(await window.linkOfProblem("require-idempotency-key")).toMatch(/^https:.*\/require-idempotency-key\.md$/);
  }, 90_000);

  it("opens no secret store in Restricted Mode, and says why", async () => {
    const { window, folder } = editor;
    const before = webhookSecret();
    await window.run("Holdfast: Rotate Secret…");
    expect(await window.notification("Nothing was done: in Restricted Mode")).toContain("Manage Workspace Trust");
    await window.picture("editor-restricted-mode");
    await window.closeNotifications();
    expect(webhookSecret()).toBe(before);
    expect(recordsIn(folder)).toBe(recordsOfTheFirstValues);
  }, 60_000);

  it("leads from a problem to the place that decides it", async () => {
    const { window } = editor;
    await window.trust();
    expect(await window.hover(10, 30)).toContain("psp-client.ts(13, 1): What the call does is decided here");
    await window.picture("finding");
  }, 60_000);

  it("fixes a problem from the light bulb", async () => {
    const { window } = editor;
    await window.open("psp-client.ts");
    await window.errors(2);
    expect(await window.openQuickFixes(13, 30)).toContain("Fix this max-retries problem");
    await window.picture("editor-quick-fix");
    await window.chooseQuickFix("Fix this max-retries problem");
    await window.errors(1);
    await window.save();
    await savedWith("src/psp-client.ts", "axiosRetry(psp, { retries: 2, ");
  }, 90_000);

  it("fixes on save where the settings say so", async () => {
    const { window } = editor;
    await window.replaceLine(13, "axiosRetry(psp, { retries: 7, retryDelay: axiosRetry.exponentialDelay });");
    await window.errors(2);
    await window.save();
    await savedWith("src/psp-client.ts", "axiosRetry(psp, { retries: 2, retryDelay: axiosRetry.exponentialDelay });");
    await window.errors(1);
  }, 60_000);

  it("shows a problem once when the ESLint extension reports it too", async () => {
    const { window } = editor;
    const sources = async () => {
      const shown = (await window.problems("psp-client.ts")).replaceAll(/\s/g, "");
      return Array.from(shown.matchAll(/(eslint|holdfast)(?:holdfast\/)?max-timeout/g), ([, source]) => source).join();
    };
    expect(await sources()).toBe("holdfast");
    await window.open("psp-client.ts");
    await window.run("ESLint Stand-In: Report");
    await until("only ESLint's is left", async () => (await sources()) === "eslint", 20_000);
    await window.open("psp-client.ts");
    await window.run("ESLint Stand-In: Clear");
    await until("ours is back", async () => (await sources()) === "holdfast", 20_000);
  }, 60_000);

  it("finds a secret in a text file", async () => {
    const { window } = editor;
    await window.open(".env");
    await window.problems("no-hardcoded-secrets");
  }, 60_000);

  it("rotates a secret from the palette", async () => {
    const { window } = editor;
    const before = webhookSecret();
    await window.open("holdfast.yaml");
    await window.run("Holdfast: Rotate Secret…");
    expect(await window.offered("psp/webhook")).toMatch(/due in \d+ days\s+store local · generation 1 · rotated/);
    await window.picture("editor-secrets");
    await window.pick("psp/webhook");
    await window.answer("Rotate");
    const said = await window.notification("psp/webhook has a new value, generation 2");
    expect(said).toContain("Restart the programs that read it before the previous value ends.");
    await window.picture("editor-rotation");
    await window.closeNotifications();
    expect(webhookSecret()).toMatch(/^whsec_/);
    expect(webhookSecret()).not.toBe(before);
    expect(webhookSecret("previous")).toBe(before);
  }, 60_000);

  it("shows the state of every secret", async () => {
    const { window } = editor;
    await window.run("Holdfast: Show Secret Status");
    expect(await window.offered("psp/webhook")).toMatch(/previous value ends in \d+ hours\s+store local · generation 2/);
    expect(await window.offered("session/signing-key")).toContain("generation 1");
    await window.escape();
  }, 60_000);

  it("warns before a rotation that ends the overlap of the last one", async () => {
    const { window } = editor;
    await window.run("Holdfast: Rotate Secret…");
    await window.pick("psp/webhook");
    expect(await window.question()).toContain("The value before the current one is still valid: it stops working at once.");
    await window.answer("Cancel");
    expect(webhookSecret("previous")).toMatch(/^whsec_/);
  }, 60_000);

  it("leaves a rotation in its overlap until that is over", async () => {
    const { window } = editor;
    await window.run("Holdfast: Resume Rotation");
    await window.notification("psp/webhook was left as it is (the previous value stays valid until");
    await window.closeNotifications();
  }, 60_000);

  it("shows that the audit log of the rotation is intact", async () => {
    const { window, folder } = editor;
    await window.run("Holdfast: Verify Audit Log");
    await window.notification("The audit log is intact");
    await window.closeNotifications();
    expect(recordsIn(folder)).toBeGreaterThan(recordsOfTheFirstValues);
  }, 60_000);

  it("goes on after the server crashed, and after it was restarted", async () => {
    const { window } = editor;
    editor.killServer();
    await window.open("refunds.ts");
    await window.errors(1);
    await window.open("ledger.ts");
    await window.errors(0);
    await window.run("Holdfast: Restart Server");
    await window.open("rates.ts");
    await window.errors(1);
  }, 90_000);

  it("creates a policy for what it finds in the folder", async () => {
    const { window, folder } = editor;
    for (const file of ["holdfast.yaml", "secrets.sops.yaml", ".holdfast"]) rmSync(join(folder, file), { recursive: true });
    await window.run("Holdfast: Create Policy");
    await window.pick("Encrypted file");
    await window.notification("holdfast.yaml is written");
    await savedWith("holdfast.yaml", 'match: ["https://api.psp.example/**"]');
    await savedWith("holdfast.yaml", "session/signing-key:");
  }, 60_000);

  it("sent no request to any other host", () => {
    expect([...editor.foreignHosts]).toEqual([]);
  });

  const webhookSecret = (field = "value") => decrypted(sops.executable, editor.folder, "psp", "webhook", field);
  const savedWith = (file: string, text: string) =>
    until(`${file} is saved with ${text}`, () => Promise.resolve(readFileSync(join(editor.folder, file), "utf8").includes(text)));
});

/** The number of records, once the log verified. */
function recordsIn(folder: string): number {
  const { ok, records } = JSON.parse(holdfast(folder, "audit", "verify", "--json")) as { ok: boolean; records: number };
  expect(ok).toBe(true);
  return records;
}
