import { mkdirSync } from "node:fs";
import { join } from "node:path";

import type { Locator, Page } from "playwright-core";

/** What a person does in a window of VS Code, through its user interface alone. */
export interface EditorWindow {
  /** Opens a file of the folder by its name. */
  open(name: string): Promise<void>;
  /** Runs a command by its title in the palette. */
  run(title: string): Promise<void>;
  /** The row of the quick pick with that text, once it is there. */
  offered(text: string): Promise<string>;
  pick(text: string): Promise<void>;
  escape(): Promise<void>;
  /** The text of the dialog that asks something. */
  question(): Promise<string>;
  /** Presses a button of that dialog. */
  answer(button: string): Promise<void>;
  /** The text of a notification once it says `text`. */
  notification(text: string): Promise<string>;
  /** What the editor says of a problem at a place (counted from 1), once it has asked for the quick fixes. */
  hover(line: number, column: number): Promise<string>;
  replaceLine(line: number, text: string): Promise<void>;
  /** Opens the light-bulb menu at a place (counted from 1); gives its entries. */
  openQuickFixes(line: number, column: number): Promise<string[]>;
  chooseQuickFix(title: string): Promise<void>;
  save(): Promise<void>;
  /** Waits until that many problems are underlined as errors in the editor. */
  errors(count: number): Promise<void>;
  /** What the problems panel shows once it shows `text`. */
  problems(text: string): Promise<string>;
  linkOfProblem(rule: string): Promise<string | null>;
  trust(): Promise<void>;
  /** Waits until the window says that it runs in Restricted Mode. */
  restricted(): Promise<void>;
  closeNotifications(): Promise<void>;
  /** Writes `<name>.png` to the folder that HOLDFAST_PICTURES names; does nothing without it. */
  picture(name: string): Promise<void>;
}

export function editorWindow(page: Page): EditorWindow {
  const quickInput = page.locator(".quick-input-widget");
  const input = quickInput.locator('input[type="text"]').first();
  const rows = quickInput.locator(".quick-input-list .monaco-list-row");
  // An empty submenu has the same class.
  const menu = page.locator(".action-widget:not(.action-list-submenu-panel)");
  const toasts = page.locator(".notifications-toasts .notification-list-item");
  const dialog = page.locator(".monaco-dialog-box");
  const panel = page.locator(".markers-panel");
  const banner = page.locator(".part.banner", { hasText: "Restricted Mode" });

  const enter = async (key: string, text: string, row?: string) => {
    await page.keyboard.press(key);
    await input.waitFor();
    await input.fill(text);
    if (row !== undefined) await rows.filter({ hasText: row }).first().waitFor();
    await page.keyboard.press("Enter");
  };

  const goTo = async (line: number, column: number) => {
    await enter("Control+g", `:${line}:${column}`);
    await page.locator(".statusbar-item", { hasText: `Ln ${line}, Col ${column}` }).waitFor();
  };

  const window: EditorWindow = {
    async open(name) {
      await enter("Control+p", name, name);
      await page.locator(".tab.active", { hasText: name }).waitFor();
      await page.locator(".editor-instance .view-lines").first().waitFor();
    },
    async run(title) {
      await enter("F1", `>${title}`, title.replace(/^.*: /, ""));
    },
    async offered(text) {
      const row = rows.filter({ hasText: text }).first();
      await row.waitFor();
      return row.innerText();
    },
    async pick(text) {
      await rows.filter({ hasText: text }).first().click();
    },
    async escape() {
      await page.keyboard.press("Escape");
      await quickInput.waitFor({ state: "hidden" });
    },
    async question() {
      await dialog.waitFor();
      return dialog.innerText();
    },
    async answer(button) {
      await dialog.getByRole("button", { name: button, exact: true }).click();
    },
    async notification(text) {
      const toast = toasts.filter({ hasText: text }).first();
      await toast.waitFor();
      return toast.innerText();
    },
    async hover(line, column) {
      await goTo(line, column);
      await window.run("Show or Focus Hover");
      const hover = page.locator(".monaco-hover:visible").first();
      await hover.getByText("Quick Fix").waitFor();
      return hover.innerText();
    },
    async replaceLine(line, text) {
      await goTo(line, 1);
      await page.keyboard.press("Shift+End");
      await page.keyboard.insertText(text);
    },
    async openQuickFixes(line, column) {
      await goTo(line, column);
      await pressUntil(page, "Control+.", menu);
      return (await menu.locator(".monaco-list-row.action").allInnerTexts()).map((text) => text.trim());
    },
    async chooseQuickFix(title) {
      await menu.locator(".monaco-list-row.action", { hasText: title }).first().click();
      await menu.waitFor({ state: "hidden" });
    },
    async save() {
      await page.keyboard.press("Control+s");
      await page.locator(".tab.active.dirty").waitFor({ state: "hidden" });
    },
    async errors(count) {
      await page.waitForFunction(`document.querySelectorAll(".squiggly-error").length === ${count}`);
    },
    async problems(text) {
      await window.run("Problems: Focus on Problems View");
      await panel.locator(".monaco-list-row", { hasText: text }).first().waitFor();
      return panel.innerText();
    },
    linkOfProblem: (rule) => panel.locator("a.monaco-link", { hasText: rule }).first().getAttribute("href"),
    async trust() {
      await window.run("Workspaces: Manage Workspace Trust");
      await page
        .locator(".workspace-trust-editor")
        .getByRole("button", { name: /^Trust$/ })
        .click();
      await banner.waitFor({ state: "hidden" });
      await page.keyboard.press("Control+w");
    },
    async restricted() {
      await banner.waitFor();
    },
    async closeNotifications() {
      await window.run("Notifications: Clear All Notifications");
      await toasts.first().waitFor({ state: "hidden" });
    },
    async picture(name) {
      const folder = process.env["HOLDFAST_PICTURES"];
      if (folder === undefined) return;
      mkdirSync(folder, { recursive: true });
      await page.screenshot({ path: join(folder, `${name}.png`), animations: "disabled" });
    },
  };
  return window;
}

/** A key that is pressed while the focus is on its way back to the editor is lost: presses it until the widget is there. */
async function pressUntil(page: Page, key: string, widget: Locator): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    await page.keyboard.press(key);
    const shown = await widget.waitFor({ timeout: 4_000 }).then(
      () => true,
      () => false,
    );
    if (shown) return;
    if (attempt === 6) throw new Error(`${key} was pressed ${attempt} times and opened nothing.`);
  }
}
