import { join } from "node:path";
import { l10n, ProgressLocation, Uri, window, workspace } from "vscode";

import { showFailure, type Tools, withoutAnswer } from "../holdfast/tools.ts";
import { isTrusted } from "../trust.ts";

/** `Holdfast: Create Policy`: what `holdfast init` finds in a folder, written to its holdfast.yaml and opened. */
export async function createPolicy(tools: Tools): Promise<void> {
  const folder = isTrusted() ? await chooseFolder() : undefined;
  const store = folder && (await chooseStore());
  if (!folder || !store) return;
  const title = l10n.t("Holdfast: looking for upstreams and secrets");
  const run = { args: ["init", "--store", store], cwd: folder };
  const ended = await window.withProgress({ location: ProgressLocation.Notification, title }, () => tools.holdfast(run));
  if (ended.exitCode !== 0) return showFailure(tools, withoutAnswer(ended));
  tools.log.info(ended.stdout);
  await window.showTextDocument(await workspace.openTextDocument(Uri.file(join(folder, "holdfast.yaml"))));
  void window.showInformationMessage(
    l10n.t("holdfast.yaml is written. Read it and put your own numbers in; problems in the code are judged by it from now on."),
  );
}

async function chooseFolder(): Promise<string | undefined> {
  const folders = workspace.workspaceFolders?.filter(({ uri }) => uri.scheme === "file") ?? [];
  if (folders.length === 0) return void window.showInformationMessage(l10n.t("Open a folder first: the policy is written to it."));
  if (folders.length === 1) return folders[0]!.uri.fsPath;
  return (await window.showWorkspaceFolderPick({ placeHolder: l10n.t("Choose the folder the policy is for") }))?.uri.fsPath;
}

async function chooseStore(): Promise<string | undefined> {
  const stores = [
    {
      label: l10n.t("Encrypted file"),
      detail: l10n.t("Secrets in secrets.sops.yaml, encrypted for a key that is made now. Needs no server."),
      store: "local",
    },
    { label: l10n.t("HashiCorp Vault"), detail: l10n.t("Secrets in a KV version 2 engine."), store: "vault" },
    { label: l10n.t("No store"), detail: l10n.t("Budgets and upstreams only."), store: "none" },
  ];
  return (await window.showQuickPick(stores, { placeHolder: l10n.t("Where shall secrets be stored?") }))?.store;
}
