import type { NamedValue } from "./judge.ts";

/** How a file writes values: `plain` files leave quotes out, in `quoted` ones an unquoted word is an expression or prose. */
export type ValueSyntax = "plain" | "quoted";

type Assignment = Omit<NamedValue, "context">;

/**
 * Every `name = value` of a text whose name has a word for a credential in it, in whichever of the usual notations: assignments, YAML, JSON,
 * INI, XML elements and attributes, `name`/`value` pairs, command line flags, URL parameters, calls. Reads only around such words.
 */
export function* credentialAssignments(text: string, syntax: ValueSyntax): Generator<Assignment> {
  const scan = new RegExp(nameWord);
  for (let match = scan.exec(text); match !== null; match = scan.exec(text)) {
    const name = nameAround(text, match.index, scan.lastIndex);
    if (!name) continue;
    scan.lastIndex = Math.max(scan.lastIndex, name.end);
    const value = valueAfter(text, name, syntax);
    if (value) yield { name: text.slice(name.start, name.end), ...value };
  }
}

/** The words the names of credentials are made of. A text with none of them has no credential assignment. */
export const nameWord = /pass(?:w|phrase|code|\b|_)|pwd|pswd|passwort|kennwort|senha|secret|token|key|auth|credential|bearer|pass/gi;

interface Span {
  readonly start: number;
  readonly end: number;
}

const longestName = 80;

/** The name a word is part of; none when it is part of a long run such as base64. */
function nameAround(text: string, from: number, to: number): Span | undefined {
  let start = from;
  while (start > 0 && /[\w.$-]/.test(text[start - 1]!)) if (from - --start > longestName) return undefined;
  let end = to;
  while (end < text.length && /[\w-]/.test(text[end]!)) if (++end - to > longestName) return undefined;
  while (start < from && /[-.$]/.test(text[start]!)) start += 1;
  return { start, end };
}

type Value = Pick<Assignment, "value" | "range">;

function valueAfter(text: string, name: Span, syntax: ValueSyntax): Value | undefined {
  const pair = pairedValue(text, name) ?? defaultOfVariable(text, name);
  if (pair !== undefined) return readValue(text, pair, syntax);
  separator.lastIndex = name.end;
  const match = separator.exec(text);
  if (match) {
    const [, colon, annotation] = match;
    if (colon !== undefined && annotation === undefined && text[separator.lastIndex] === ":") return undefined;
    return restOfQuoted(text, name, separator.lastIndex) ?? readValue(text, separator.lastIndex, syntax);
  }
  if (text[name.end] === ">" && isElementStart(text, name)) return readUntil(text, name.end + 1, /[<\r\n]/g);
  if (isFlag(text, name) && text[name.end] === " ") return readValue(text, name.end + 1, "plain");
  if (syntax === "plain" && /[ \t]/.test(text[name.end] ?? "") && isInstruction(text, name)) return readValue(text, name.end + 1, "plain");
  return undefined;
}

/** A header or option that is quoted with its name: `-H "X-Api-Key: …"`. */
function restOfQuoted(text: string, { start }: Span, at: number): Value | undefined {
  const quote = text[start - 1] ?? "";
  if (!/["'`]/.test(quote) || text[at] === quote || /["'`]/.test(text.slice(start, at))) return undefined;
  const rest = readUntil(text, at, /["'`\r\n]/g);
  if (!rest || text[rest.range[1]] !== quote) return undefined;
  const value = rest.value.replace(/^(?:Bearer|Token|Basic|Bot|ApiKey|Api-Token) /i, "");
  return /\s/.test(value) ? undefined : { value, range: [rest.range[1] - value.length, rest.range[1]] };
}

/** `"name": `, `name=`, `name => `, `name: String = `, `name(`, and the escaped quotes of JSON in a string. */
const separator =
  /(?:\\?["'`]\]?|\])?[ \t]{0,20}(?:(:)(?!\/\/)(?:[ \t]{0,5}([A-Za-z][\w<>[\]?.]{0,30})[ \t]{0,5}=(?!=))?|:=|=>|={1,3}|\()[ \t]{0,20}/y;

/** `{ "name": "DB_PASSWORD", "value": "…" }`, `- name: DB_PASSWORD` above `value: …`, `<add key="Password" value="…"/>`. */
function pairedValue(text: string, { start, end }: Span): number | undefined {
  if (!/(?:name|key|Name|Key)\\?["']?\s{0,3}[:=]\s{0,3}\\?["']?$/.test(text.slice(Math.max(0, start - 16), start))) return undefined;
  pairValue.lastIndex = end;
  return pairValue.test(text) ? pairValue.lastIndex : undefined;
}

/** Terraform's `variable "api_token" { default = "…" }`. */
function defaultOfVariable(text: string, { start, end }: Span): number | undefined {
  if (!/variable\s{1,3}"$/.test(text.slice(Math.max(0, start - 16), start))) return undefined;
  variableDefault.lastIndex = end;
  return variableDefault.test(text) ? variableDefault.lastIndex : undefined;
}
const variableDefault = /"\s{0,4}\{[^{}]{0,400}?\bdefault\s{0,20}=\s{0,4}/y;
const pairValue = /\\?["']?[ \t]{0,4},?\s{0,60}\\?["']?[Vv]alue\\?["']?\s{0,4}[:=]\s{0,4}/y;

function isElementStart(text: string, { start }: Span): boolean {
  const before = text.slice(Math.max(0, start - 20), start);
  return /<(?:[\w-]{1,12}:)?$/.test(before);
}

function isFlag(text: string, { start }: Span): boolean {
  return text.slice(Math.max(0, start - 2), start) === "--";
}

/** Dockerfile's `ENV NAME value`, netrc's `password value`. */
function isInstruction(text: string, { start }: Span): boolean {
  const lineStart = Math.max(text.lastIndexOf("\n", start - 1) + 1, start - 200);
  return (
    /^\s{0,8}(?:ENV|ARG|env|machine\s.{0,150})\s+$|^\s{0,8}$/.test(text.slice(lineStart, start)) &&
    /ENV|ARG|env|machine|login/.test(text.slice(lineStart - 80 < 0 ? 0 : lineStart - 80, start))
  );
}

const longestValue = 4_096;

function readValue(text: string, at: number, syntax: ValueSyntax): Value | undefined {
  const opening =
    /^(?:(?:new )?(?:Buffer\.from|create(?:Secret|Private)Key|bytes(?:\.fromhex)?|\[\]byte|atob|(?:base64\.)?(?:b64decode|unhexlify)|hex\.DecodeString|Secret(?:String|KeySpec)?|String)\(){0,2}(?:[A-Za-z]{0,2}|@)(\\?["'`]|"""|''')/.exec(
      text.slice(at, at + 60),
    );
  if (opening) {
    const start = at + opening[0].length;
    const end = endOfQuoted(text, start, opening[1]!);
    return end === undefined || end === start ? undefined : { value: text.slice(start, end), range: [start, end] };
  }
  const token = readUntil(text, at, /[&\s"'`<>)\]},;]/g);
  if (token && schemeWord.test(token.value)) return readUntil(text, token.range[1] + 1, /[\s"'`<>)\]},;]/g);
  const isGlued = text[at - 1] === "=";
  if (token && isGlued && /[?&#]/.test(text.slice(Math.max(0, at - longestName), at))) return token;
  if (syntax === "quoted") return undefined;
  return isGlued && token && /[\t "']/.test(text[token.range[1]] ?? "") ? token : unquoted(text, at);
}

const schemeWord = /^(?:Bearer|Token|Basic|Bot|ApiKey)$/i;

function endOfQuoted(text: string, start: number, quote: string): number | undefined {
  const window = text.slice(start, start + longestValue);
  for (let end = window.indexOf(quote); end !== -1; end = window.indexOf(quote, end + 1)) {
    if (!quote.startsWith("\\") && window[end - 1] === "\\") continue;
    return /[\r\n]/.test(window.slice(0, end)) ? undefined : start + end;
  }
  return undefined;
}

/** To the end of the line or a comment; a value with spaces is prose or several words of a command. */
function unquoted(text: string, at: number): Value | undefined {
  const line = readUntil(text, at, /[\r\n]/g);
  if (!line) return undefined;
  const value = line.value.replace(/\s+#.*$/, "").replace(/[\s,;]+$/, "");
  return /\s/.test(value) || value === "" ? undefined : { value, range: [at, at + value.length] };
}

function readUntil(text: string, at: number, stop: RegExp): Value | undefined {
  const window = text.slice(at, at + longestValue);
  const end = window.search(stop);
  const length = end === -1 ? window.length : end;
  return length === 0 || length === longestValue ? undefined : { value: window.slice(0, length), range: [at, at + length] };
}
