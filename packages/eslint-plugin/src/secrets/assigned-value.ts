import type { TextRange } from "../text/document.ts";

/** How a file writes values: `plain` files leave quotes out, in `quoted` ones an unquoted word is an expression or prose. */
export type ValueSyntax = "plain" | "quoted";

export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Value {
  readonly value: string;
  readonly range: TextRange;
}

/**
 * Reads the value that a name of the text is given, in whichever notation stands after the name. Names are to be asked for in the order of the text:
 * then all of them together take time linear in it.
 */
export function valueReader(text: string, syntax: ValueSyntax): (name: Span) => Value | undefined {
  const endOfWord = nextFinder(text, /[&\s"'`<>)\]},;]/g);
  const endOfLine = nextFinder(text, /[\r\n]/g);
  const endOfElement = nextFinder(text, /[<\r\n]/g);
  const endOfString = nextFinder(text, /["'`\r\n]/g);

  return (name) => {
    if (text.startsWith("${", name.start - 2)) return expansionDefault(text, name);
    const pair = pairedValue(text, name) ?? defaultOfVariable(text, name) ?? definedValue(text, name);
    if (pair !== undefined) return read(pair, syntax);
    separator.lastIndex = name.end;
    const match = separator.exec(text);
    if (match) {
      const [, colon, annotation] = match;
      if (colon !== undefined && annotation === undefined && text[separator.lastIndex] === ":") return undefined;
      return restOfQuoted(name, separator.lastIndex) ?? read(separator.lastIndex, syntax);
    }
    if (text[name.end] === ">" && isElementStart(text, name)) return upTo(endOfElement, name.end + 1);
    if (isFlag(text, name) && text[name.end] === " ") return read(name.end + 1, "plain");
    if (syntax === "plain" && /[ \t]/.test(text[name.end] ?? "") && isInstruction(text, name)) return read(name.end + 1, "plain");
    return undefined;
  };

  function read(at: number, as: ValueSyntax): Value | undefined {
    const opening = opener.exec(text.slice(at, at + 60));
    if (opening) return quoted(text, at + opening[0].length, opening[1]!);
    const word = upTo(endOfWord, at);
    if (word && scheme.test(word.value)) return upTo(endOfWord, word.range[1] + 1);
    const isGlued = text[at - 1] === "=";
    if (word && isGlued && isParameter(text, at)) return word;
    if (as === "quoted") return undefined;
    return isGlued && word && /[\t "']/.test(text[word.range[1]] ?? "") ? word : restOfLine(at);
  }

  /** A header or option that is quoted with its name: `-H "X-Api-Key: …"`. */
  function restOfQuoted({ start }: Span, at: number): Value | undefined {
    const quote = text[start - 1] ?? "";
    if (!/["'`]/.test(quote) || text[at] === quote || text[at] === "\\" || /["'`]/.test(text.slice(start, at))) return undefined;
    const rest = upTo(endOfString, at);
    if (!rest || text[rest.range[1]] !== quote) return undefined;
    const value = rest.value.replace(/^(?:Bearer|Token|Basic|Bot|ApiKey|Api-Token) /i, "");
    return /\s/.test(value) ? undefined : { value, range: [rest.range[1] - value.length, rest.range[1]] };
  }

  /** To the end of the line or a comment; a value with spaces is prose or several words of a command. */
  function restOfLine(at: number): Value | undefined {
    const value = upTo(endOfLine, at)
      ?.value.replace(/\s#.*$/, "")
      .trimEnd()
      .replace(/[,;]$/, "");
    return !value || /\s/.test(value) ? undefined : { value, range: [at, at + value.length] };
  }

  function upTo(next: (from: number) => number, at: number): Value | undefined {
    const end = next(at);
    return end === at || end - at > longestValue ? undefined : { value: text.slice(at, end), range: [at, end] };
  }
}

const longestValue = 4_096;

/** Where a pattern matches next; remembers the last answer, so that rising questions read the text once. */
function nextFinder(text: string, pattern: RegExp): (from: number) => number {
  let asked = 0;
  let answer = -1;
  return (from) => {
    if (from >= asked && from <= answer) return answer;
    pattern.lastIndex = from;
    asked = from;
    answer = pattern.exec(text)?.index ?? text.length;
    return answer;
  };
}

/** `"name": `, `name=`, `name => `, `name: String = `, `name(`, and the escaped quotes of JSON in a string. */
const separator =
  /(?:\\?["'`]\]?|\])?[ \t]{0,20}(?:(:)(?!\/\/)(?:[ \t]{0,5}([A-Za-z][\w<>[\]?.]{0,30})[ \t]{0,5}=(?!=))?|:=|=>|={1,3}|\()[ \t]{0,20}/y;

/** The quote a value starts with, after the calls and prefixes that only turn text into bytes. */
const opener =
  /^(?:(?:new )?(?:Buffer\.from|create(?:Secret|Private)Key|bytes(?:\.fromhex)?|\[\]byte|atob|(?:base64\.)?(?:b64decode|unhexlify)|hex\.DecodeString|Secret(?:String|KeySpec)?|String)\(){0,2}(?:[A-Za-z]{0,2}|@)(\\?["'`]|"""|''')/;
const scheme = /^(?:Bearer|Token|Basic|Bot|ApiKey)$/i;

/** `{ "name": "DB_PASSWORD", "value": "…" }`, `- name: DB_PASSWORD` above `value: …`, `<add key="Password" value="…"/>`. */
function pairedValue(text: string, { start, end }: Span): number | undefined {
  if (!/(?:name|key|Name|Key)\\?["']?\s{0,3}[:=]\s{0,3}\\?["']?$/.test(text.slice(Math.max(0, start - 16), start))) return undefined;
  pairValue.lastIndex = end;
  return pairValue.test(text) ? pairValue.lastIndex : undefined;
}
const pairValue = /\\?["']?[ \t]{0,4},?\s{0,60}\\?["']?[Vv]alue\\?["']?\s{0,4}[:=]\s{0,4}/y;

/** Terraform's `variable "api_token" { default = "…" }`. */
function defaultOfVariable(text: string, { start, end }: Span): number | undefined {
  if (!/variable\s{1,3}"$/.test(text.slice(Math.max(0, start - 16), start))) return undefined;
  variableDefault.lastIndex = end;
  return variableDefault.test(text) ? variableDefault.lastIndex : undefined;
}
const variableDefault = /"\s{0,4}\{[^{}]{0,400}?\bdefault\s{0,20}=\s{0,4}/y;

/** PHP's `define('DB_PASSWORD', '…')`. */
function definedValue(text: string, { start, end }: Span): number | undefined {
  if (!/define\(\s{0,3}["']$/.test(text.slice(Math.max(0, start - 16), start))) return undefined;
  definedAfter.lastIndex = end;
  return definedAfter.test(text) ? definedAfter.lastIndex : undefined;
}
const definedAfter = /["']\s{0,3},\s{0,12}/y;

/** `${DB_PASSWORD:-…}` of a shell, `${db.password:…}` of Spring. */
function expansionDefault(text: string, { end }: Span): Value | undefined {
  defaultAfter.lastIndex = end;
  const value = defaultAfter.exec(text)?.[1];
  return value === undefined ? undefined : { value, range: [defaultAfter.lastIndex - value.length, defaultAfter.lastIndex] };
}
const defaultAfter = /(?::[-=]?|-)["']?([^\s"'{}$]{1,400})(?=["']?\})/y;

function isElementStart(text: string, { start }: Span): boolean {
  const before = text.slice(Math.max(0, start - 20), start);
  // `?token=<API_TOKEN>` says that a token comes there.
  return /(?<![=\w/])<(?:[\w-]{1,12}:)?$/.test(before);
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

/** `?name=value` or `&name=value` of a URL. */
function isParameter(text: string, at: number): boolean {
  return /[?&#]/.test(text.slice(Math.max(0, at - 80), at));
}

function quoted(text: string, start: number, quote: string): Value | undefined {
  const window = text.slice(start, start + longestValue);
  for (let end = window.indexOf(quote); end !== -1; end = window.indexOf(quote, end + 1)) {
    if (!quote.startsWith("\\") && window[end - 1] === "\\") continue;
    const value = window.slice(0, end);
    return end === 0 || /[\r\n]/.test(value) ? undefined : { value, range: [start, start + end] };
  }
  return undefined;
}
