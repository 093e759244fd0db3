import { extname } from "node:path";

import type { Linter } from "eslint";

/** The code inside a `<script>` element or Astro's fences, in UTF-16 units. */
export interface ScriptBlock {
  readonly start: number;
  readonly end: number;
}

/** The scripts of a component in order. What is no JavaScript or TypeScript (`type="application/json"`) is none. */
export function scriptBlocks(path: string, text: string): ScriptBlock[] {
  const frontmatter = extname(path).toLowerCase() === ".astro" ? frontmatterOf(text) : undefined;
  return [...(frontmatter ? [frontmatter] : []), ...scriptElements(text, frontmatter?.end ?? 0)];
}

/** The text with everything outside of the blocks blank: lines, columns and offsets stay. */
export function blankedOutside(text: string, blocks: readonly ScriptBlock[]): string {
  return pieces(text, blocks)
    .map(({ markup, script }) => blank(markup) + script)
    .join("");
}

function blankedInside(text: string, blocks: readonly ScriptBlock[]): string {
  return pieces(text, blocks)
    .map(({ markup, script }) => markup + blank(script))
    .join("");
}

/** Each script with the markup before it; the last piece is what follows the last script. */
function pieces(text: string, blocks: readonly ScriptBlock[]): { readonly markup: string; readonly script: string }[] {
  const nowhere = { start: text.length, end: text.length };
  return [...blocks, nowhere].map(({ start, end }, index) => ({
    markup: text.slice(blocks[index - 1]?.end ?? 0, start),
    script: text.slice(start, end),
  }));
}

/**
 * Gives ESLint the scripts as if they were the file. `together`: as one program, so that one script sees what another imports; `apart`: each by itself,
 * where one is no code of its own, such as a template in a script of the page.
 */
export function scriptProcessor(path: string, how: "together" | "apart"): Linter.Processor {
  let blocks: ScriptBlock[] = [];
  return {
    meta: { name: `holdfast-scripts-${how}`, version: "1" },
    supportsAutofix: true,
    preprocess(text) {
      const body = withoutBom(text);
      blocks = scriptBlocks(path, body);
      return how === "together" ? [blankedOutside(body, blocks)] : blocks.map((block) => blankedOutside(body, [block]));
    },
    postprocess(lists) {
      const [first = [], ...others] = lists;
      return [...first, ...others.filter((messages) => !messages.some(({ fatal }) => fatal)).flat()].map((message) =>
        withinBlocks(message, blocks),
      );
    },
  };
}

/** Gives ESLint the text with the scripts blank. */
export function markupProcessor(path: string): Linter.Processor {
  return {
    meta: { name: "holdfast-markup", version: "1" },
    supportsAutofix: true,
    preprocess(text) {
      const body = withoutBom(text);
      return [blankedInside(body, scriptBlocks(path, body))];
    },
    postprocess: (lists) => lists.flat(),
  };
}

function withoutBom(text: string): string {
  return text.replace(/^\uFEFF/u, "");
}

/** A change that reaches from one script into another would put blanks in the place of the markup between them, and is left out. */
function withinBlocks({ fix, suggestions, ...message }: Linter.LintMessage, blocks: readonly ScriptBlock[]): Linter.LintMessage {
  const fits = ({ range: [from, to] }: { readonly range: readonly [number, number] }) =>
    blocks.some(({ start, end }) => start <= from && to <= end);
  const kept = suggestions?.filter((suggestion) => fits(suggestion.fix));
  return { ...message, ...(fix && fits(fix) && { fix }), ...(kept && kept.length > 0 && { suggestions: kept }) };
}

function blank(text: string): string {
  return text.replace(/[^\r\n\u2028\u2029]/gu, (character) => " ".repeat(character.length));
}

function frontmatterOf(text: string): ScriptBlock | undefined {
  const open = /^(?:\s|<!--(?:[^-]|-(?!->))*-->)*---/u.exec(text);
  if (!open) return undefined;
  const start = open[0].length;
  const end = text.indexOf("\n---", start);
  return end === -1 ? undefined : { start, end: end + 1 };
}

const nextMarkup = /<!--|<script(?=[\s/>])/giu;
/** A tag is longer only in a text that is none; the bound keeps the search linear. */
const longestTag = 2_000;
const tag = /^<script(?<attributes>(?:"[^"]*"|'[^']*'|[^"'>])*)>/iu;

function scriptElements(text: string, from: number): ScriptBlock[] {
  const blocks: ScriptBlock[] = [];
  const closing = /<\/script[\s>]/giu;
  for (let at = from; ;) {
    nextMarkup.lastIndex = at;
    const found = nextMarkup.exec(text);
    if (!found) return blocks;
    if (found[0] === "<!--") {
      const end = text.indexOf("-->", nextMarkup.lastIndex);
      if (end === -1) return blocks;
      at = end + "-->".length;
      continue;
    }
    const opened = tag.exec(text.slice(found.index, found.index + longestTag));
    at = found.index + (opened?.[0].length ?? found[0].length);
    if (!opened || opened.groups!["attributes"]!.endsWith("/")) continue;
    closing.lastIndex = at;
    const end = closing.exec(text)?.index ?? text.length;
    if (isCode(opened.groups!["attributes"]!)) blocks.push({ start: at, end });
    at = end;
  }
}

function isCode(attributes: string): boolean {
  const type = /(?:^|\s)type\s*=\s*["']?(?<type>[^\s"'>]+)/iu.exec(attributes)?.groups?.["type"];
  return type === undefined || /^(?:module|(?:text|application)\/(?:x-)?(?:java|ecma|type)script)$/iu.test(type);
}
