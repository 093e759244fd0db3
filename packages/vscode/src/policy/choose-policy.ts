import { dirname } from "node:path";
import { commands, l10n, window, workspace } from "vscode";

import { nearestFirst } from "./nearest.ts";

export interface PolicyChoice {
  readonly file: string;
  readonly folder: string;
}

const mostPolicies = 100;

/** The holdfast.yaml a command is to work with: the only one, or the one the person picks. Undefined when there is none or the pick was cancelled. */
export async function choosePolicy(): Promise<PolicyChoice | undefined> {
  const found = await workspace.findFiles("**/holdfast.yaml", "**/node_modules/**", mostPolicies);
  const files = nearestFirst(
    found.filter(({ scheme }) => scheme === "file").map(({ fsPath }) => fsPath),
    window.activeTextEditor?.document.uri.fsPath,
  );
  if (files.length === 0) return void offerToCreate();
  const file = files.length === 1 ? files[0] : await pick(files);
  return file === undefined ? undefined : { file, folder: dirname(file) };
}

async function pick(files: readonly string[]): Promise<string | undefined> {
  const items = files.map((file) => ({ label: workspace.asRelativePath(file), file }));
  const picked = await window.showQuickPick(items, { placeHolder: l10n.t("Several policies are open: choose the one to work with") });
  return picked?.file;
}

async function offerToCreate(): Promise<void> {
  const create = l10n.t("Create Policy");
  const answer = await window.showInformationMessage(
    l10n.t("There is no holdfast.yaml in this workspace. It names the secrets and where they are stored."),
    create,
  );
  if (answer === create) await commands.executeCommand("holdfast.createPolicy");
}
