import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { describeWithServers, until, useEditor, useSops } from "@holdfast/testing/vitest";
import { afterAll, beforeAll, expect, it } from "vitest";

import { type OpenEditor, openEditor } from "./e2e/editor.ts";
import { decrypted, holdfast, preparePaymentsService } from "./e2e/payments-service.ts";

const root = join(import.meta.dirname, "..");
const vsix = join(root, "holdfast-vscode.vsix");

// One window for all tests, in their order: a window takes longer to open than everything that is done in it.
describeWithServers("the packaged extension in VS Code", () => {
  const programs = useEditor();
  const sops = useSops();
  let editor: OpenEditor;
  const saved = (file: string) => readFileSync(join(editor.folder, file), "utf8");

  beforeAll(async () => {
    execFileSync("npm", ["run", "package"], { cwd: root, stdio: ["ignore", "pipe", "pipe"], shell: process.platform === "win32" });
    const { codeServer, chromium } = programs;
    editor = await openEditor({ codeServer, chromium, vsix, prepare: preparePaymentsService, file: "src/payments.ts" });
  }, 180_000);
  afterAll(() => editor.close());

  it("is small", () => {
    expect(statSync(vsix).size).toBeLessThan(2_500_000);
  });

  it("shows problems in Restricted Mode, each with the page of its rule", async () => {
    const { window } = editor;
    await window.errors(1);
    expect(await window.isRestricted()).toBe(true);
    expect(await window.problems("carries no idempotency key")).toContain("POST https://api.psp.example/v1/payments may run 6 times");
    expect(await window.linkOfProblem("require-idempotency-key")).toMatch(/^https:.*\/require-idempotency-key\.md$/);
    await window.showHover(10, 30);
    await window.picture("editor-problems");
  }, 90_000);

  it("opens no secret store in Restricted Mode, and says why", async () => {
    const { window, folder } = editor;
    const before = decrypted(sops.executable, folder, "psp", "webhook", "value");
    await window.run("Holdfast: Rotate Secret…");
    expect(await window.notification("Nothing was done: in Restricted Mode")).toContain("Manage Workspace Trust");
    await window.picture("editor-restricted-mode");
    await window.closeNotifications();
    expect(decrypted(sops.executable, folder, "psp", "webhook", "value")).toBe(before);
  }, 60_000);

  it("fixes a problem from the light bulb", async () => {
    const { window } = editor;
    await window.trust();
    await window.open("psp-client.ts");
    await window.errors(2);
    const offered = await window.openQuickFixes(13, 30);
    await window.picture("editor-quick-fix");
    expect(offered).toContain("Fix this max-retries problem");
    await window.chooseQuickFix("Fix this max-retries problem");
    await window.errors(1);
    await window.save();
    await until("the fix is on disk", () => Promise.resolve(saved("src/psp-client.ts").includes("axiosRetry(psp, { retries: 2, ")));
  }, 90_000);

  it("finds a secret in a text file", async () => {
    const { window } = editor;
    await window.open(".env");
    await window.problems("no-hardcoded-secrets");
  }, 60_000);

  it("rotates a secret from the palette", async () => {
    const { window, folder } = editor;
    const before = decrypted(sops.executable, folder, "psp", "webhook", "value");
    await window.run("Holdfast: Rotate Secret…");
    await window.pick("psp/webhook");
    await window.answer("Rotate");
    const said = await window.notification("psp/webhook has a new value, generation 2");
    expect(said).toContain("Restart the programs that read it before the previous value ends.");
    await window.picture("editor-rotation");
    await window.closeNotifications();

    const after = decrypted(sops.executable, folder, "psp", "webhook", "value");
    expect(after).toMatch(/^whsec_/);
    expect(after).not.toBe(before);
    expect(decrypted(sops.executable, folder, "psp", "webhook", "previous")).toBe(before);
  }, 60_000);

  it("shows that the audit log of the rotation is intact", async () => {
    const { window, folder } = editor;
    await window.run("Holdfast: Verify Audit Log");
    await window.notification("The audit log is intact");
    await window.closeNotifications();
    const { ok, records } = JSON.parse(holdfast(folder, "audit", "verify", "--json")) as { ok: boolean; records: number };
    expect({ ok, hasRecords: records > 0 }).toEqual({ ok: true, hasRecords: true });
  }, 60_000);

  it("goes on after the server was restarted", async () => {
    const { window } = editor;
    await window.open("ledger.ts");
    await window.errors(0);
    await window.run("Holdfast: Restart Server");
    await window.open("refunds.ts");
    await window.errors(1);
  }, 60_000);

  it("sent no request to any other host", () => {
    expect([...editor.foreignHosts]).toEqual([]);
  });
});
