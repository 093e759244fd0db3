import { createHash } from "node:crypto";
import { basename } from "node:path";
import {
  CodeActionKind,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  LSPErrorCodes,
  ResponseError,
  TextDocuments,
  TextDocumentSyncKind,
  type CancellationToken,
  type ClientCapabilities,
  type Connection,
  type Diagnostic,
  type InitializeResult,
} from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { codeActions, fixAllKind, openPageCommand } from "./actions/code-actions.ts";
import { createJudge, type Judgement } from "./diagnostics/judge.ts";
import { toUri } from "./diagnostics/diagnostic.ts";
import { secretHover } from "./hover/secret-hover.ts";
import { createSettings, type Settings } from "./settings.ts";

const pushDelayMs = 150;
const refreshDelayMs = 200;

/** Serves one client over an open connection. Nothing is read before the client opens a document, and nothing of the workspace is ever run. */
export function startServer(connection: Connection): void {
  const documents = new TextDocuments(TextDocument);
  const openText = (path: string) => documents.get(toUri(path))?.getText();
  const judge = createJudge(openText);
  const timers = new Map<string, NodeJS.Timeout>();
  let client = readClient({});
  let settings: Settings = createSettings(connection, { canBeAsked: false, initial: undefined });

  connection.onInitialize(({ capabilities, initializationOptions }): InitializeResult => {
    client = readClient(capabilities);
    settings = createSettings(connection, { canBeAsked: client.answersConfiguration, initial: initializationOptions as unknown });
    return { serverInfo: { name: "holdfast" }, capabilities: serverCapabilities(client) };
  });
  connection.onInitialized(() => {
    if (client.registersConfiguration) void connection.client.register(DidChangeConfigurationNotification.type, { section: "holdfast" });
    if (client.registersWatchers)
      void connection.client.register(DidChangeWatchedFilesNotification.type, {
        watchers: watchedGlobs.map((globPattern) => ({ globPattern })),
      });
  });

  const judgeDocument = async (document: TextDocument): Promise<Judgement | undefined> =>
    judge.judge(document, await settings.of(document.uri));
  const diagnosticsOf = async (document: TextDocument): Promise<Diagnostic[]> =>
    (await judgeDocument(document))?.findings.map(({ diagnostic }) => diagnostic) ?? [];

  connection.languages.diagnostics.on(async ({ textDocument, previousResultId }, token) => {
    const document = documents.get(textDocument.uri);
    if (document === undefined) return { kind: "full", items: [] };
    await currentOrCancelled(document, token);
    const items = await diagnosticsOf(document);
    const resultId = createHash("sha256").update(JSON.stringify(items)).digest("base64url");
    return resultId === previousResultId ? { kind: "unchanged", resultId } : { kind: "full", resultId, items };
  });

  connection.onCodeAction(async ({ textDocument, range, context }, token) => {
    const document = documents.get(textDocument.uri);
    if (document === undefined) return [];
    await currentOrCancelled(document, token);
    const judgement = await judgeDocument(document);
    return judgement ? codeActions({ document, judgement, canOpenPages: client.showsDocuments }, { range, context }) : [];
  });

  connection.onHover(({ textDocument, position }) => {
    const document = documents.get(textDocument.uri);
    return document && secretHover(document, position, judge.policyOf(document));
  });

  connection.onExecuteCommand(async ({ command, arguments: [url] = [] }) => {
    if (command === openPageCommand && typeof url === "string" && url.startsWith("https://"))
      await connection.window.showDocument({ uri: url, external: true });
  });

  /** Lets the changes and cancellations that wait in line be heard before work that they make useless. */
  const currentOrCancelled = async (document: TextDocument, token: CancellationToken): Promise<void> => {
    const { version } = document;
    await new Promise((resolve) => setImmediate(resolve));
    if (token.isCancellationRequested) throw new ResponseError(LSPErrorCodes.RequestCancelled, "The request was cancelled.");
    if (document.version !== version)
      throw new ResponseError(LSPErrorCodes.ServerCancelled, "The document has changed.", { retriggerRequest: true });
  };

  documents.onDidOpen(({ document }) => publishSoon(document, 0));
  documents.onDidChangeContent(({ document }) => {
    if (basename(document.uri) === "holdfast.yaml") judgeAllAnew("policy");
    else publishSoon(document, pushDelayMs);
  });
  documents.onDidSave(({ document }) => {
    // Rules follow imports into other files as they are on disk.
    if (documents.all().some(({ uri }) => uri !== document.uri)) judgeAllAnew("files");
  });
  documents.onDidClose(({ document }) => {
    judge.forget(document.uri);
    clearTimeout(timers.get(document.uri));
    timers.delete(document.uri);
    if (!client.pulls) void connection.sendDiagnostics({ uri: document.uri, diagnostics: [] });
    if (basename(document.uri) === "holdfast.yaml") judgeAllAnew("policy");
  });
  connection.onDidChangeConfiguration(({ settings: pushed }) => {
    settings.changed(pushed);
    judgeAllAnew("files");
  });
  connection.onDidChangeWatchedFiles(({ changes }) =>
    judgeAllAnew(changes.some(({ uri }) => basename(uri) === "holdfast.yaml") ? "policy" : "files"),
  );

  function judgeAllAnew(changed: "policy" | "files"): void {
    if (changed === "policy") judge.outdatePolicies();
    else judge.outdate();
    if (!client.pulls) for (const document of documents.all()) publishSoon(document, pushDelayMs);
    else if (client.refreshes) later("refresh", refreshDelayMs, async () => connection.languages.diagnostics.refresh());
  }

  function publishSoon({ uri }: TextDocument, delayMs: number): void {
    if (client.pulls) return;
    later(uri, delayMs, async () => {
      const document = documents.get(uri);
      if (document === undefined) return;
      const { version } = document;
      const diagnostics = await diagnosticsOf(document);
      if (documents.get(uri)?.version === version) await connection.sendDiagnostics({ uri, version, diagnostics });
    });
  }

  /** Runs the latest of several acts of one name, once things have been quiet for a while. */
  function later(name: string, delayMs: number, act: () => Promise<void>): void {
    clearTimeout(timers.get(name));
    const run = () => void act().catch((error: unknown) => connection.console.error(`holdfast: ${String(error)}`));
    timers.set(name, setTimeout(run, delayMs));
  }

  documents.listen(connection);
  connection.listen();
}

const watchedGlobs = ["**/holdfast.yaml", "**/.gitignore", "**/*.{js,mjs,cjs,jsx,ts,mts,cts,tsx}"];

interface Client {
  readonly pulls: boolean;
  readonly refreshes: boolean;
  readonly answersConfiguration: boolean;
  readonly registersConfiguration: boolean;
  readonly registersWatchers: boolean;
  readonly showsDocuments: boolean;
}

function readClient({ textDocument, workspace, window }: ClientCapabilities): Client {
  return {
    pulls: textDocument?.diagnostic !== undefined,
    refreshes: workspace?.diagnostics?.refreshSupport === true,
    answersConfiguration: workspace?.configuration === true,
    registersConfiguration: workspace?.didChangeConfiguration?.dynamicRegistration === true,
    registersWatchers: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    showsDocuments: window?.showDocument?.support === true,
  };
}

function serverCapabilities({ pulls, showsDocuments }: Client): InitializeResult["capabilities"] {
  return {
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: { includeText: false } },
    ...(pulls && { diagnosticProvider: { identifier: "holdfast", interFileDependencies: true, workspaceDiagnostics: false } }),
    hoverProvider: true,
    codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, fixAllKind] },
    ...(showsDocuments && { executeCommandProvider: { commands: [openPageCommand] } }),
    workspace: { workspaceFolders: { supported: true } },
  };
}
