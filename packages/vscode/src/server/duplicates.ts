import { type Diagnostic, type Disposable, languages, Uri, workspace } from "vscode";
import { DocumentDiagnosticRequest, type LanguageClient, type Middleware, vsdiag } from "vscode-languageclient/node";

import { type Reported, reportedByEslint } from "./beside-eslint.ts";

/** Leaves out problems that the ESLint extension shows too: one problem, one row. */
export const withoutDuplicates: NonNullable<Middleware["provideDiagnostics"]> = async (document, _previousResultId, token, next) => {
  const uri = document instanceof Uri ? document : document.uri;
  // Never "unchanged": what ESLint says may have changed although what the server says has not.
  const report = await next(document, undefined, token);
  if (report?.kind !== vsdiag.DocumentDiagnosticReportKind.full) return report;
  const isDuplicate = reportedByEslint(languages.getDiagnostics(uri).map(reported));
  return { ...report, items: report.items.filter((item) => !isDuplicate(reported(item))) };
};

/** ESLint often answers after us: asks the server again when what ESLint says about a document has changed. */
export function watchEslint(client: LanguageClient): Disposable {
  const before = new Map<string, string>();
  return languages.onDidChangeDiagnostics(({ uris }) => {
    for (const uri of uris) {
      const theirs = languages.getDiagnostics(uri).filter(({ source }) => source === "eslint");
      const now = theirs.map((diagnostic) => JSON.stringify(reported(diagnostic))).join();
      if (now === (before.get(uri.toString()) ?? "")) continue;
      before.set(uri.toString(), now);
      const document = workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
      const provider = document && client.getFeature(DocumentDiagnosticRequest.method).getProvider(document);
      provider?.onDidChangeDiagnosticsEmitter.fire();
    }
  });
}

function reported({ source, code, range }: Diagnostic): Reported {
  return { source, code: String(typeof code === "object" ? code.value : (code ?? "")), line: range.start.line };
}
