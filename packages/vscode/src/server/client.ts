import type { ExtensionContext, LogOutputChannel } from "vscode";
import { LanguageClient, RevealOutputChannelOn, TransportKind } from "vscode-languageclient/node";

import { watchEslint, withoutDuplicates } from "./duplicates.ts";
import { served } from "./served-documents.ts";
import { statusItem } from "./status-item.ts";

/** Starts the bundled server over stdio, the way any other editor does, and connects the editor to it. */
export async function startClient(context: ExtensionContext, log: LogOutputChannel): Promise<LanguageClient> {
  const module = context.asAbsolutePath("dist/server.js");
  // Each parse makes many short-lived nodes: room for them keeps a quarter of the memory free.
  const execArgv = ["--max-semi-space-size=32"];
  const server = { module, transport: TransportKind.stdio, options: { execArgv } };
  const client = new LanguageClient(
    "holdfast",
    "Holdfast",
    { run: server, debug: { ...server, options: { execArgv: [...execArgv, "--inspect=6009"] } } },
    {
      documentSelector: served,
      outputChannel: log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      diagnosticPullOptions: { onChange: true, onSave: true },
      middleware: { provideDiagnostics: withoutDuplicates },
    },
  );
  context.subscriptions.push(statusItem(client), watchEslint(client));
  await client.start();
  log.info("The language server is running.");
  return client;
}
