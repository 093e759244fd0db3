import { basename } from "node:path";
import { createEngine, createPolicyLookup, isInScope, type Engine, type Linter } from "@holdfast/engine";
import { parsePolicy, type Policy } from "@holdfast/policy";
import type { Diagnostic } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { documentPath } from "../document-path.ts";
import type { FolderSettings } from "../settings.ts";
import { policyDiagnostic, toDiagnostics } from "./diagnostic.ts";

/** Every finding of one version of a document. */
export interface Judgement {
  readonly path: string;
  readonly version: number;
  readonly engine: Engine;
  /** In the order of `diagnostics`; a diagnostic without a message is one of holdfast.yaml itself. */
  readonly findings: readonly { readonly diagnostic: Diagnostic; readonly message?: Linter.LintMessage }[];
}

export interface Judge {
  /** Lints the document, unless this very version was linted since the last change elsewhere. `undefined`: nothing to say about it. */
  judge(document: TextDocument, settings: FolderSettings): Judgement | undefined;
  /** The last valid form of the policy a document is judged by. */
  policyOf(document: TextDocument): Policy | undefined;
  /** Other files, ignore files or settings changed: what was found may no longer hold. */
  outdate(): void;
  /** A holdfast.yaml changed, on disk or in the editor. */
  outdatePolicies(): void;
  forget(uri: string): void;
}

/** `openText` gives the text of a file as the editor holds it, saved or not. */
export function createJudge(openText: (path: string) => string | undefined): Judge {
  const lastValid = new Map<string, Policy>();
  const policies = createPolicyLookup({ openText });
  const judgements = new Map<string, Judgement>();
  let engines = new Map<string, Engine>();

  /** While a policy is being edited into shape, its last valid form stays in force. */
  const policyFor = (path: string): { readonly file: string | undefined; readonly policy: Policy | undefined } => {
    const found = policies.policyFor(path);
    if (found.kind === "policy") lastValid.set(found.file, found.policy);
    return found.kind === "none" ? { file: undefined, policy: undefined } : { file: found.file, policy: lastValid.get(found.file) };
  };
  const engineFor = (path: string, { reportAt }: FolderSettings): Engine => {
    const { file, policy } = policyFor(path);
    const key = `${reportAt} ${file ?? ""}`;
    const engine = engines.get(key) ?? createEngine({ policy, reportAt });
    engines.set(key, engine);
    return engine;
  };

  return {
    judge(document, settings) {
      const path = documentPath(document);
      if (path === undefined || !settings.enable || (document.uri.startsWith("file:") && !isInScope(path))) return undefined;
      const engine = engineFor(path, settings);
      const known = judgements.get(document.uri);
      if (known?.version === document.version && known.engine === engine) return known;
      const text = document.getText();
      const problems = basename(path) === "holdfast.yaml" ? parsePolicy(text, { file: path }).problems : [];
      const messages = engine.lint({ path, text });
      const diagnostics = toDiagnostics({ document, rules: engine.rules }, messages);
      const judgement: Judgement = {
        path,
        version: document.version,
        engine,
        findings: [
          ...problems.map((problem) => ({ diagnostic: policyDiagnostic(problem) })),
          ...messages.map((message, index) => ({ diagnostic: diagnostics[index]!, message })),
        ],
      };
      judgements.set(document.uri, judgement);
      return judgement;
    },
    policyOf(document) {
      const path = documentPath(document);
      return path === undefined ? undefined : policyFor(path).policy;
    },
    outdate: () => judgements.clear(),
    outdatePolicies() {
      policies.clear();
      engines = new Map();
      judgements.clear();
    },
    forget: (uri) => void judgements.delete(uri),
  };
}
