import { type Disposable, type ExtensionContext, type LogOutputChannel, workspace } from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";

import { isServed } from "./served-documents.ts";

export interface LanguageServer {
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** The server process. It is started with the first document it can judge, so that activation costs next to nothing. */
export function languageServer(context: ExtensionContext, log: LogOutputChannel): LanguageServer & Disposable {
  let running: Promise<LanguageClient> | undefined;
  const start = () => (running ??= import("./client.ts").then(({ startClient }) => startClient(context, log)));
  const failed = (error: unknown) => {
    running = undefined;
    log.error(`The language server could not be started: ${String(error)}`);
  };

  const opened = workspace.onDidOpenTextDocument((document) => {
    if (isServed(document)) begin();
  });
  const begin = () => {
    opened.dispose();
    start().catch(failed);
  };
  if (workspace.textDocuments.some(isServed)) begin();

  return {
    async restart() {
      if (running === undefined) return void begin();
      await (await running).restart();
    },
    async stop() {
      if (running) await (await running).dispose();
    },
    dispose: () => opened.dispose(),
  };
}
