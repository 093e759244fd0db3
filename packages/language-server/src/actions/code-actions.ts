import type { Linter } from "@holdfast/engine";
import {
  CodeActionKind,
  type CodeAction,
  type CodeActionParams,
  type Range,
  type TextEdit,
  type WorkspaceEdit,
} from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { ruleName } from "../diagnostics/diagnostic.ts";
import type { Judgement } from "../diagnostics/judge.ts";
import { disableForFile, disableForLine } from "./disable-comment.ts";

/** A kind of its own: plain `source.fixAll` runs several tools at once, and their edits overlap. */
export const fixAllKind = `${CodeActionKind.SourceFixAll}.holdfast`;
export const openPageCommand = "holdfast.openRulePage";

interface Offer {
  readonly document: TextDocument;
  readonly judgement: Judgement;
  readonly canOpenPages: boolean;
}

/** What can be done at a range, each action with its complete, versioned edit. */
export function codeActions(offer: Offer, { range, context }: Pick<CodeActionParams, "range" | "context">): CodeAction[] {
  const { only } = context;
  const wantsQuickFixes = !only || only.some((kind) => kind === CodeActionKind.QuickFix || kind === CodeActionKind.Empty);
  const wantsFixAll = only?.some((kind) => kind === fixAllKind || kind === CodeActionKind.Source) ?? false;
  return [...(wantsQuickFixes ? quickFixes(offer, range) : []), ...(wantsFixAll ? fixAll(offer) : [])];
}

function quickFixes(offer: Offer, range: Range): CodeAction[] {
  const here = offer.judgement.findings.filter(
    (finding): finding is Finding => finding.message?.ruleId != null && overlaps(finding.diagnostic.range, range),
  );
  const fixes = here.flatMap((finding) => fixesOf(offer, finding));
  const onePerRule = [...new Map(here.map((finding) => [finding.message.ruleId!, finding])).values()];
  return [...fixes, ...onePerRule.flatMap((finding) => ruleActions(offer, finding))];
}

type Finding = Judgement["findings"][number] & { readonly message: Linter.LintMessage };

function fixesOf({ document }: Offer, { message, diagnostic }: Finding): CodeAction[] {
  const { fix, suggestions = [] } = message;
  const action = (title: string, edit: TextEdit[], isPreferred: boolean): CodeAction => ({
    title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [diagnostic],
    ...(isPreferred && { isPreferred }),
    edit: versioned(document, edit),
  });
  return [
    ...(fix ? [action(`Fix this ${ruleName(message.ruleId!)} problem`, [textEdit(document, fix)], true)] : []),
    ...suggestions.map((suggestion) => action(suggestion.desc, [textEdit(document, suggestion.fix)], !fix && suggestions.length === 1)),
  ];
}

function ruleActions({ document, judgement, canOpenPages }: Offer, { message, diagnostic }: Finding): CodeAction[] {
  const ruleId = message.ruleId!;
  const name = ruleName(ruleId);
  const common = { kind: CodeActionKind.QuickFix, diagnostics: [diagnostic] };
  const all = fixesOfRule(document, judgement, ruleId);
  const offset = document.offsetAt(diagnostic.range.start);
  const forLine = disableForLine(document, judgement.path, ruleId, offset);
  const forFile = disableForFile(document, judgement.path, ruleId, offset);
  const url = judgement.engine.rules.get(ruleId)?.url;
  return [
    ...(all.length > 1 ? [{ ...common, title: `Fix all ${name} problems in this file`, edit: versioned(document, all) }] : []),
    ...(forLine ? [{ ...common, title: `Disable ${name} for this line`, edit: versioned(document, [forLine]) }] : []),
    ...(forFile ? [{ ...common, title: `Disable ${name} for this file`, edit: versioned(document, [forFile]) }] : []),
    ...(url && canOpenPages
      ? [{ ...common, title: `Explain ${name}`, command: { title: `Explain ${name}`, command: openPageCommand, arguments: [url] } }]
      : []),
  ];
}

/** The fixes of one rule that do not touch one another, in document order. */
function fixesOfRule(document: TextDocument, { findings }: Judgement, ruleId: string): TextEdit[] {
  const fixes = findings.flatMap(({ message }) => (message?.ruleId === ruleId && message.fix ? [message.fix] : []));
  let end = -1;
  return fixes
    .toSorted((a, b) => a.range[0] - b.range[0])
    .filter(({ range }) => range[0] > end && ((end = range[1]), true))
    .map((fix) => textEdit(document, fix));
}

function fixAll({ document, judgement }: Offer): CodeAction[] {
  if (!judgement.findings.some(({ message }) => message?.fix)) return [];
  const text = document.getText();
  const { output, fixed } = judgement.engine.fix({ path: judgement.path, text });
  if (!fixed) return [];
  return [{ title: "Fix all Holdfast problems", kind: fixAllKind, edit: versioned(document, [difference(document, text, output)]) }];
}

/** One edit from the first character that differs to the last. */
function difference(document: TextDocument, before: string, after: string): TextEdit {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start += 1;
  let tail = 0;
  while (tail < Math.min(before.length, after.length) - start && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return {
    range: { start: document.positionAt(start), end: document.positionAt(before.length - tail) },
    newText: after.slice(start, after.length - tail),
  };
}

function versioned({ uri, version }: TextDocument, edits: TextEdit[]): WorkspaceEdit {
  return { documentChanges: [{ textDocument: { uri, version }, edits }] };
}

function textEdit(
  document: TextDocument,
  { range: [start, end], text }: { readonly range: readonly [number, number]; readonly text: string },
): TextEdit {
  // ESLint counts from behind a byte order mark.
  const shift = document.getText({ start: { line: 0, character: 0 }, end: { line: 0, character: 1 } }) === "\uFEFF" ? 1 : 0;
  return { range: { start: document.positionAt(start + shift), end: document.positionAt(end + shift) }, newText: text };
}

function overlaps(a: Range, b: Range): boolean {
  return !isBefore(a.end, b.start) && !isBefore(b.end, a.start);
}

function isBefore(a: Range["start"], b: Range["start"]): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}
