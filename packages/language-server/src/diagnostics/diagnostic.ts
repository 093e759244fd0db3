import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import type { Finding, RelatedPlace, RuleInfo } from "@holdfast/engine";
import type { PolicyProblem } from "@holdfast/policy";
import { DiagnosticSeverity, type Diagnostic, type DiagnosticRelatedInformation, type Range } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { documentPath } from "../document-path.ts";

export const source = "holdfast";

export interface JudgedDocument {
  readonly document: TextDocument;
  readonly rules: ReadonlyMap<string, RuleInfo>;
}

/** Each finding as the editor shows it; `code` is the rule's name without the plugin's prefix. */
export function toDiagnostics(judged: JudgedDocument, messages: readonly Finding[]): Diagnostic[] {
  const starts = lineStarts(judged.document.getText());
  return messages.map((message) => toDiagnostic(judged, message, messageRange(judged.document, starts, message)));
}

function toDiagnostic({ document, rules }: JudgedDocument, message: Finding, range: Range): Diagnostic {
  const rule = message.ruleId === null ? undefined : rules.get(message.ruleId);
  const { relatedPlaces = [] } = message;
  return {
    range,
    severity: message.severity === 2 ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
    source,
    ...(message.ruleId !== null && { code: ruleName(message.ruleId) }),
    ...(rule?.url && { codeDescription: { href: rule.url } }),
    message: message.message,
    ...(relatedPlaces.length > 0 && { relatedInformation: relatedPlaces.map((place) => toRelated(document, place)) }),
  };
}

/** A place in the document itself has the document's own address: it may not be on disk. */
function toRelated(document: TextDocument, { filePath, line, message }: RelatedPlace): DiagnosticRelatedInformation {
  const start = { line: line - 1, character: 0 };
  const uri = filePath === documentPath(document) ? document.uri : pathToFileURL(filePath).href;
  return { location: { uri, range: { start, end: start } }, message };
}

export function ruleName(ruleId: string): string {
  return ruleId.slice(ruleId.indexOf("/") + 1);
}

/** A problem of holdfast.yaml, worded as on the command line. */
export function policyDiagnostic({ line, column, endLine, endColumn, severity, code, message }: PolicyProblem): Diagnostic {
  return {
    range: { start: { line: line - 1, character: column - 1 }, end: { line: endLine - 1, character: endColumn - 1 } },
    severity: severity === "error" ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
    source,
    code,
    message,
  };
}

function messageRange(document: TextDocument, starts: readonly number[], { line, column, endLine, endColumn }: Finding): Range {
  const text = document.getText();
  const offset = (line: number, column: number) => Math.min((starts[line - 1] ?? text.length) + column - 1, text.length);
  const start = offset(line, column);
  const end =
    endLine === undefined || endColumn === undefined
      ? start + (/^\w*/.exec(text.slice(start, start + 100))?.[0].length || 1)
      : offset(endLine, endColumn);
  return { start: document.positionAt(start), end: document.positionAt(Math.max(start, end)) };
}

/** ESLint also ends a line at U+2028 and U+2029, which the protocol does not. */
function lineStarts(text: string): number[] {
  return [0, ...Array.from(text.matchAll(/\r\n|[\r\n\u2028\u2029]/g), (match) => match.index + match[0].length)];
}

export function toUri(file: string): string {
  return isAbsolute(file) ? pathToFileURL(file).href : file;
}
