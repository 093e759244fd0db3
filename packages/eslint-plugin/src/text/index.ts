import { directiveComments } from "./directives.ts";
import type { TextDocument } from "./document.ts";
import { textSourceCode, visitorKeys, type TextSourceCode } from "./source-code.ts";

export type { DirectiveComment, TextDocument, TextLocation, TextNode, TextPosition, TextRange } from "./document.ts";
export type { TextSourceCode } from "./source-code.ts";

interface TextFile {
  readonly body: string | Uint8Array;
  readonly bom: boolean;
}

interface ParsedText {
  readonly ok: true;
  readonly ast: TextDocument;
}

/**
 * Any UTF-8 text file as an ESLint language: a `Document` node, and disable comments in the comment syntax of the file.
 * Parsing never fails and takes time linear in the text. Made for the Language interface of @eslint/core@1.2.1 (ESLint 9.15 and newer).
 */
export const text = {
  fileType: "text",
  lineStart: 1,
  columnStart: 0,
  nodeTypeKey: "type",
  visitorKeys,
  validateLanguageOptions(): void {
    // There are no options.
  },
  parse(file: TextFile): ParsedText {
    const body = bodyOf(file);
    return { ok: true, ast: { type: "Document", range: [0, body.length], comments: directiveComments(body) } };
  },
  createSourceCode(file: TextFile, { ast }: ParsedText): TextSourceCode {
    return textSourceCode({ text: bodyOf(file), hasBOM: file.bom, ast });
  },
} as const;

function bodyOf({ body }: TextFile): string {
  return typeof body === "string" ? body : new TextDecoder().decode(body);
}
