import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import type { Linter, RuleInfo } from "@holdfast/engine";
import type { PolicyProblem } from "@holdfast/policy";
import { DiagnosticSeverity, type Diagnostic, type Range } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { relatedPlaces } from "./related-places.ts";

export const source = "holdfast";

export interface JudgedDocument {
  readonly document: TextDocument;
  readonly path: string;
  readonly rules: ReadonlyMap<string, RuleInfo>;
  readonly policyFile: string | undefined;
}

/** Each finding as the editor shows it; `code` is the rule's name without the plugin's prefix. */
export function toDiagnostics(judged: JudgedDocument, messages: readonly Linter.LintMessage[]): Diagnostic[] {
  const starts = lineStarts(judged.document.getText());
  return messages.map((message) => toDiagnostic(judged, message, messageRange(judged.document, starts, message)));
}

function toDiagnostic({ document, path, rules, policyFile }: JudgedDocument, message: Linter.LintMessage, range: Range): Diagnostic {
  const rule = message.ruleId === null ? undefined : rules.get(message.ruleId);
  const places = relatedPlaces(message.message, { uri: document.uri, path, policyFile });
  return {
    range,
    severity: message.severity === 2 ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
    source,
    ...(message.ruleId !== null && { code: ruleName(message.ruleId) }),
    ...(rule?.url && { codeDescription: { href: rule.url } }),
    message: message.message,
    ...(places.length > 0 && { relatedInformation: places }),
  };
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

function messageRange(document: TextDocument, starts: readonly number[], { line, column, endLine, endColumn }: Linter.LintMessage): Range {
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
