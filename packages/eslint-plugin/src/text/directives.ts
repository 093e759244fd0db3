import type { DirectiveComment } from "./document.ts";

/** Every `eslint-disable` style comment of a text, after any of the comment openers `#`, `//`, `--`, `;`, `%`, `/*`, `{/*`, `<!--`. */
export function directiveComments(text: string): DirectiveComment[] {
  const comments: DirectiveComment[] = [];
  for (let at = text.indexOf(marker); at !== -1; at = text.indexOf(marker, at + marker.length)) {
    const comment = directiveAt(text, at);
    if (comment) comments.push(comment);
  }
  return comments;
}

const marker = "eslint-";
const keyword = /eslint-(disable-next-line|disable-line|disable|enable)(?![\w-])/y;
/** Longer comments are no directives; the bound keeps a file of one line linear. */
const longestDirective = 2_000;

interface CommentSyntax {
  readonly open: string;
  readonly close?: string;
}

const syntaxes: readonly CommentSyntax[] = [
  { open: "<!--", close: "-->" },
  { open: "{/*", close: "*/" },
  { open: "/*", close: "*/" },
  { open: "//" },
  { open: "--" },
  { open: "#" },
  { open: ";" },
  { open: "%" },
];

function directiveAt(text: string, at: number): DirectiveComment | undefined {
  keyword.lastIndex = at;
  const match = keyword.exec(text);
  if (!match) return undefined;
  const opened = openerBefore(text, at);
  if (!opened) return undefined;
  const bodyStart = at + match[0].length;
  const body = bodyOfComment(text, bodyStart, opened.syntax.close);
  if (body === undefined) return undefined;
  const [rules, reason] = splitReason(body);
  const end = bodyStart + body.length + (opened.syntax.close?.length ?? 0);
  return { type: "DirectiveComment", range: [opened.start, end], directive: match[1] as DirectiveComment["directive"], rules, reason };
}

function openerBefore(text: string, at: number): { readonly syntax: CommentSyntax; readonly start: number } | undefined {
  let end = at;
  while (end > 0 && (text[end - 1] === " " || text[end - 1] === "\t")) end -= 1;
  const syntax = syntaxes.find(({ open }) => text.startsWith(open, end - open.length));
  if (!syntax) return undefined;
  const start = end - syntax.open.length;
  const before = text[start - 1];
  const standsAlone = before === undefined || /\s/.test(before) || syntax.close !== undefined;
  return standsAlone ? { syntax, start } : undefined;
}

function bodyOfComment(text: string, start: number, close: string | undefined): string | undefined {
  const window = text.slice(start, start + longestDirective);
  if (close !== undefined) {
    const end = window.indexOf(close);
    return end === -1 ? undefined : window.slice(0, end);
  }
  const end = /[\r\n]/.exec(window);
  if (end) return window.slice(0, end.index);
  return window.length < longestDirective ? window : undefined;
}

function splitReason(body: string): [rules: string, reason: string] {
  const match = /\s-{2,}\s/.exec(body);
  if (!match) return [body.trim(), ""];
  return [body.slice(0, match.index).trim(), body.slice(match.index + match[0].length).trim()];
}
