import type { Mode, SecretFinding } from "./finding.ts";
import type { SecretFormat } from "./format.ts";
import { formats } from "./formats/index.ts";
import { isMadeUp } from "./placeholder.ts";
import { isPublished } from "./public-values.ts";

/** Every credential of a text that its format alone gives away, in one pass over the text. */
export function findFormats(text: string): SecretFinding[] {
  const findings: SecretFinding[] = [];
  anchorScan.lastIndex = 0;
  for (let match = anchorScan.exec(text); match !== null; match = anchorScan.exec(text)) {
    const finding = findingAt(text, match.index, match[0]);
    if (finding) findings.push(finding);
    anchorScan.lastIndex = Math.max(match.index + 1, finding?.range[1] ?? 0);
  }
  return findings;
}

interface CompiledFormat extends SecretFormat {
  readonly sticky: RegExp;
}

const byAnchor = formatsByAnchor();
/** Longer anchors first, so that `sk_live_` is met before `sk_`. */
const anchorScan = new RegExp([...byAnchor.keys()].map(escaped).join("|"), "g");

function formatsByAnchor(): ReadonlyMap<string, readonly CompiledFormat[]> {
  const compiled = formats.map((format) => ({ ...format, sticky: new RegExp(format.pattern.source, `${format.pattern.flags}yd`) }));
  const anchors = [...new Set(formats.flatMap(({ anchors }) => anchors))].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  return new Map(anchors.map((anchor) => [anchor, compiled.filter(({ anchors }) => anchors.some((one) => anchor.startsWith(one)))]));
}

function findingAt(text: string, at: number, anchor: string): SecretFinding | undefined {
  for (const format of byAnchor.get(anchor)!) {
    const finding = match(format, text, at, anchor);
    if (finding) return finding;
  }
  return undefined;
}

function match(format: CompiledFormat, text: string, at: number, anchor: string): SecretFinding | undefined {
  const start = format.reach === undefined ? at : startOfToken(text, at, format.reach);
  if (!isBoundary(text, start, format)) return undefined;
  format.sticky.lastIndex = start;
  const found = format.sticky.exec(text);
  if (!found || found.index + found[0].length <= at) return undefined;
  const range = found.indices!.groups?.["secret"] ?? found.indices![0]!;
  const value = text.slice(range[0], range[1]);
  if (/[0-9A-Za-z_]/.test(text[start + found[0].length] ?? "") && /[0-9A-Za-z_]$/.test(found[0])) return undefined;
  const prefix = format.reach === undefined && range[0] === at ? longestAnchor(format, text, at) : undefined;
  if (isMadeUp(value.slice(prefix?.length ?? 0))) return undefined;
  if (format.verify && !format.verify(value, found[0])) return undefined;
  if (!fitsContext(format, text.slice(Math.max(0, start - nearby), start + found[0].length + nearby))) return undefined;
  if (isPublished(value)) return undefined;
  return {
    range: [range[0], range[1]],
    provider: format.provider,
    kind: format.kind,
    length: range[1] - range[0],
    evidence: { by: format.generic ? "generic-format" : "format" },
    env: format.env,
    ...(prefix !== undefined && !prefix.startsWith("-----") && { prefix }),
    ...modeOf(format, anchor),
  };
}

function fitsContext({ near, unless }: SecretFormat, around: string): boolean {
  return (near?.test(around) ?? true) && !unless?.test(around);
}

/** How far around a value its context is looked for, in characters. */
const nearby = 400;

function startOfToken(text: string, at: number, reach: number): number {
  let start = at;
  while (start > 0 && at - start < reach && /[\w~.+/-]/.test(text[start - 1]!)) start -= 1;
  return start;
}

/** A value does not start within a word; the letter of an escape such as `\n` is no word. */
function isBoundary(text: string, start: number, { reach }: SecretFormat): boolean {
  if (start === 0 || (reach !== undefined && reach > 0)) return true;
  if (!/[0-9A-Za-z_]/.test(text[start - 1]!)) return true;
  return text[start - 2] === "\\" && /[nrt]/.test(text[start - 1]!);
}

function longestAnchor({ anchors }: SecretFormat, text: string, at: number): string | undefined {
  return anchors.filter((anchor) => text.startsWith(anchor, at)).sort((a, b) => b.length - a.length)[0];
}

function modeOf({ anchors }: SecretFormat, anchor: string): { readonly mode?: Mode } {
  const prefix = anchors.find((one) => anchor.startsWith(one) && /live|prod|test|sandbox|sdbx|development/i.test(one)) ?? "";
  if (/live|prod/i.test(prefix)) return { mode: "live" };
  return prefix === "" ? {} : { mode: "test" };
}

function escaped(literal: string): string {
  return literal.replace(/[$()*+.?[\\\]^{|}]/g, "\\$&");
}
