import { basename, extname } from "node:path";
import { placeInSource, scriptBlocks, sourceKind } from "@holdfast/engine";
import type { TextEdit } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";

interface CommentStyle {
  readonly open: string;
  readonly close: string;
}

const hash: CommentStyle = { open: "# ", close: "" };
const slashes: CommentStyle = { open: "// ", close: "" };
const block: CommentStyle = { open: "/* ", close: " */" };
const jsx: CommentStyle = { open: "{/* ", close: " */}" };
const markup: CommentStyle = { open: "<!-- ", close: " -->" };
const dashes: CommentStyle = { open: "-- ", close: "" };

const byExtension: Readonly<Record<string, CommentStyle>> = {
  ...styled(
    hash,
    ".yaml .yml .toml .env .sh .bash .zsh .fish .py .rb .pl .properties .conf .cfg .tf .tfvars .hcl .ps1 .r .ex .exs .mk .nix",
  ),
  ...styled(
    slashes,
    ".jsonc .json5 .go .java .kt .kts .c .h .cc .cpp .hpp .cs .rs .swift .php .scala .dart .groovy .gradle .proto .prisma",
  ),
  ...styled(block, ".css"),
  ...styled(markup, ".html .htm .xml .md .svg"),
  ...styled(dashes, ".sql .lua .hs"),
};

/** The edit that silences `rule` for the line of `offset`, in the comment syntax of the place; `undefined` where no comment can stand. */
export function disableForLine(document: TextDocument, path: string, rule: string, offset: number): TextEdit | undefined {
  const line = document.positionAt(offset).line;
  const lineText = textOfLine(document, line);
  const indent = /^\s*/.exec(lineText)![0];
  const style = styleAt(document, path, document.offsetAt({ line, character: indent.length }));
  if (style === undefined) return undefined;
  const above = line > 0 ? textOfLine(document, line - 1) : "";
  return (
    extended(above, line - 1, "eslint-disable-next-line", rule) ??
    insertedLine(document, line, `${indent}${style.open}eslint-disable-next-line ${rule}${style.close}`)
  );
}

/**
 * The edit that silences `rule` for the whole file, or for the scripts of a component when `offset` lies in one. It goes below the lines that must come
 * first, such as a `#!` line.
 */
export function disableForFile(document: TextDocument, path: string, rule: string, offset: number): TextEdit | undefined {
  switch (sourceKind(path)) {
    case "code":
      return disableFrom(document, 0, block, rule);
    case "text": {
      const style = textStyle(path);
      return style && disableFrom(document, 0, style, rule);
    }
    case "component": {
      const blocks = scriptBlocks(path, document.getText());
      const first = blocks.some(({ start, end }) => start <= offset && offset <= end) ? blocks[0] : undefined;
      // Markup has no place for a comment that all of these files take.
      return first && disableFrom(document, document.positionAt(first.start).line + 1, block, rule);
    }
  }
}

function disableFrom(document: TextDocument, first: number, style: CommentStyle, rule: string): TextEdit {
  let line = first;
  while (line < document.lineCount - 1 && /^(#!|#\s*(syntax|escape|check)\s*=|<\?xml|<!doctype|---\s*$)/i.test(textOfLine(document, line)))
    line += 1;
  return (
    extended(textOfLine(document, line), line, "eslint-disable", rule) ??
    insertedLine(document, line, `${style.open}eslint-disable ${rule}${style.close}`)
  );
}

function styleAt(document: TextDocument, path: string, offset: number): CommentStyle | undefined {
  if (sourceKind(path) === "text") return textStyle(path);
  switch (placeInSource({ path, text: document.getText() }, offset)) {
    case "code":
      return slashes;
    case "jsx-text":
      return jsx;
    case "template-text":
      return undefined;
    case "markup":
      return markup;
  }
}

function textStyle(path: string): CommentStyle | undefined {
  const name = basename(path).toLowerCase();
  if (/^\.env(\.|$)|^(docker|container|make|gem|vagrant)file(\.|$)|^\.(npmrc|gitconfig|bashrc|zshrc|profile)$/.test(name)) return hash;
  return byExtension[extname(name)];
}

/** A rule list that is already there grows: a second comment would hide the first. */
function extended(lineText: string, line: number, directive: string, rule: string): TextEdit | undefined {
  const match = new RegExp(
    `^(\\s*(?:\\{?/\\*|//|#|<!--|--)\\s*${directive}\\s+[\\w@/-]+(?:\\s*,\\s*[\\w@/-]+)*)(?=\\s*(?:$|--|\\*/))`,
  ).exec(lineText);
  if (!match) return undefined;
  const at = { line, character: match[1]!.length };
  return { range: { start: at, end: at }, newText: `, ${rule}` };
}

function insertedLine(document: TextDocument, line: number, text: string): TextEdit {
  const at = { line, character: 0 };
  const endOfLine = /\r\n/.test(document.getText({ start: at, end: { line: line + 1, character: 0 } })) ? "\r\n" : "\n";
  return { range: { start: at, end: at }, newText: `${text}${endOfLine}` };
}

function textOfLine(document: TextDocument, line: number): string {
  return document.getText({ start: { line, character: 0 }, end: { line: line + 1, character: 0 } }).replace(/[\r\n]+$/, "");
}

function styled(style: CommentStyle, list: string): Record<string, CommentStyle> {
  return Object.fromEntries(list.split(" ").map((extension) => [extension, style]));
}
