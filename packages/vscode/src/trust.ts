import { commands, l10n, window, workspace } from "vscode";

/** Whether programs may be run and stores be opened here; tells the person what to do where they may not. */
export function isTrusted(): boolean {
  if (!workspace.isTrusted) void explain();
  return workspace.isTrusted;
}

async function explain(): Promise<void> {
  const manage = l10n.t("Manage Workspace Trust");
  const answer = await window.showWarningMessage(
    l10n.t(
      "Nothing was done: in Restricted Mode, Holdfast shows problems but opens no secret store, because this workspace says which store that is. Trust the workspace to use its secrets.",
    ),
    manage,
  );
  if (answer === manage) await commands.executeCommand("workbench.trust.manage");
}
