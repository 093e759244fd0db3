import type { DirectiveComment, TextDocument, TextLocation, TextNode, TextPosition, TextRange } from "./document.ts";
import { lineIndex } from "./line-index.ts";

/** What ESLint and a rule ask of a text file. */
export interface TextSourceCode {
  readonly text: string;
  readonly hasBOM: boolean;
  readonly ast: TextDocument;
  readonly lines: readonly string[];
  readonly visitorKeys: Readonly<Record<string, readonly string[]>>;
  getText(node?: TextNode): string;
  getLoc(node: TextNode): TextLocation;
  getRange(node: TextNode): TextRange;
  getLocFromIndex(index: number): TextPosition;
  getIndexFromLoc(position: TextPosition): number;
  getParent(node: TextNode): TextNode | undefined;
  getAncestors(node: TextNode): TextNode[];
  getInlineConfigNodes(): readonly DirectiveComment[];
  getDisableDirectives(): { readonly directives: readonly DisableDirective[]; readonly problems: readonly never[] };
  traverse(): Iterable<VisitStep>;
}

interface DisableDirective {
  readonly type: DirectiveComment["directive"];
  readonly node: DirectiveComment;
  readonly value: string;
  readonly justification: string;
}

interface VisitStep {
  readonly type: "visit";
  /** ESLint's number for the kind "visit". */
  readonly kind: 1;
  readonly target: TextNode;
  /** 1 is on entering, 2 on leaving. */
  readonly phase: 1 | 2;
  readonly args: readonly unknown[];
}

export const visitorKeys = { Document: ["comments"], DirectiveComment: [] } as const;

export function textSourceCode({
  text,
  hasBOM,
  ast,
}: {
  readonly text: string;
  readonly hasBOM: boolean;
  readonly ast: TextDocument;
}): TextSourceCode {
  const index = lineIndex(text);
  const parentOf = (node: TextNode) => (node === ast ? undefined : ast);
  return {
    text,
    hasBOM,
    ast,
    visitorKeys,
    get lines() {
      return index.lines;
    },
    getText: (node) => (node ? text.slice(...node.range) : text),
    getLoc: ({ range: [start, end] }) => ({ start: index.positionAt(start), end: index.positionAt(end) }),
    getRange: ({ range }) => range,
    getLocFromIndex: (offset) => index.positionAt(offset),
    getIndexFromLoc: (position) => index.offsetAt(position),
    getParent: parentOf,
    getAncestors: (node) => [parentOf(node)].filter((parent) => parent !== undefined),
    getInlineConfigNodes: () => ast.comments,
    getDisableDirectives: () => ({
      directives: ast.comments.map((node) => ({ type: node.directive, node, value: node.rules, justification: node.reason })),
      problems: [],
    }),
    traverse: () => [
      step(ast, 1, undefined),
      ...ast.comments.flatMap((comment) => [step(comment, 1, ast), step(comment, 2, ast)]),
      step(ast, 2, undefined),
    ],
  };
}

function step(target: TextNode, phase: 1 | 2, parent: TextNode | undefined): VisitStep {
  return { type: "visit", kind: 1, target, phase, args: parent ? [target, parent] : [target] };
}
