import type { TextRange } from "../text/document.ts";
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
    for (const start of startsOf(format, text, at)) {
      const match = matchAt(format, text, start);
      if (match && match.whole[1] > at && isCredible(format, text, match)) return findingOf(format, anchor, text, match);
    }
  }
  return undefined;
}

/** Where a value with this anchor may start: at the anchor, or at the starts of the words before it. */
function startsOf({ reach }: SecretFormat, text: string, at: number): number[] {
  if (reach === undefined) return isWordStart(text, at) ? [at] : [];
  const starts: number[] = [];
  for (let start = at; start >= 0 && at - start <= reach; start--) {
    if (start < at && !/[\w~.+/-]/.test(text[start]!)) break;
    if (isWordStart(text, start)) starts.unshift(start);
  }
  return starts;
}

/** Not within a word; the letter of an escape such as `\n` is none. */
function isWordStart(text: string, start: number): boolean {
  if (start === 0 || !/[0-9A-Za-z_~]/.test(text[start - 1]!)) return true;
  return text[start - 2] === "\\" && /[nrt]/.test(text[start - 1]!);
}

interface Match {
  readonly whole: TextRange;
  readonly secret: TextRange;
}

function matchAt({ sticky }: CompiledFormat, text: string, start: number): Match | undefined {
  sticky.lastIndex = start;
  const found = sticky.exec(text);
  if (!found) return undefined;
  const whole = found.indices![0]!;
  const goesOn = /[0-9A-Za-z_]/.test(text[whole[1]] ?? "") && /[0-9A-Za-z_]$/.test(found[0]);
  return goesOn ? undefined : { whole, secret: found.indices!.groups?.["secret"] ?? whole };
}

/** Nobody made the value up, and where it stands it means what it looks like. */
function isCredible({ anchors, verify, near, within = 400, unless }: SecretFormat, text: string, { whole, secret }: Match): boolean {
  const value = text.slice(...secret);
  const drawn = value.slice(publicStart(anchors, value)?.length ?? 0);
  if (isMadeUp(drawn) || isPublished(value) || verify?.(value, text.slice(...whole)) === false) return false;
  const around = text.slice(Math.max(0, whole[0] - within), whole[1] + within);
  return (near?.test(around) ?? true) && !unless?.test(around);
}

function findingOf(
  { anchors, provider, kind, generic, env }: SecretFormat,
  anchor: string,
  text: string,
  { secret }: Match,
): SecretFinding {
  const prefix = publicStart(anchors, text.slice(...secret));
  const mode = modeOf(anchors, anchor);
  return {
    range: secret,
    provider,
    kind,
    length: secret[1] - secret[0],
    evidence: { by: generic ? "generic-format" : "format" },
    env,
    ...(prefix !== undefined && !prefix.startsWith("-----") && { prefix }),
    ...(mode && { mode }),
  };
}

/** The longest anchor a value starts with: the part that all values of the format share. */
function publicStart(anchors: readonly string[], value: string): string | undefined {
  return anchors.filter((anchor) => value.startsWith(anchor)).sort((a, b) => b.length - a.length)[0];
}

function modeOf(anchors: readonly string[], anchor: string): Mode | undefined {
  const prefix = anchors.find((one) => anchor.startsWith(one)) ?? "";
  if (/live|prod/i.test(prefix)) return "live";
  return /test|sandbox|sdbx|development/i.test(prefix) ? "test" : undefined;
}

function escaped(literal: string): string {
  return literal.replace(/[$()*+.?[\\\]^{|}]/g, "\\$&");
}
