import { type Disposable, l10n, languages, LanguageStatusSeverity } from "vscode";
import { type LanguageClient, State } from "vscode-languageclient/node";

import { served } from "./served-documents.ts";

/** Shows in the language status of a document whether the engine judges it. */
export function statusItem(client: LanguageClient): Disposable {
  const item = languages.createLanguageStatusItem("holdfast.engine", served);
  item.name = "Holdfast";
  const show = (state: State) => {
    item.busy = state === State.Starting;
    item.severity = state === State.Stopped ? LanguageStatusSeverity.Error : LanguageStatusSeverity.Information;
    item.text = text(state);
    item.command =
      state === State.Stopped
        ? { command: "holdfast.restartServer", title: l10n.t("Restart") }
        : { command: "holdfast.showOutput", title: l10n.t("Show Output") };
  };
  show(client.state);
  const listener = client.onDidChangeState(({ newState }) => show(newState));
  return { dispose: () => [listener, item].forEach((disposable) => disposable.dispose()) };
}

function text(state: State): string {
  switch (state) {
    case State.Starting:
    case State.StartFailed:
      return l10n.t("Holdfast is starting");
    case State.Running:
      return l10n.t("Holdfast judges this file");
    case State.Stopped:
      return l10n.t("Holdfast has stopped");
  }
}
