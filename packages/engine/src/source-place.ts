import { parseForESLint } from "@typescript-eslint/parser";
import { blankedOutside, scriptBlocks } from "./component-file.ts";
import { sourceKind } from "./source-kind.ts";

/** What a comment at a place would be: a comment, text of a JSX element or of a template literal, or markup beside the scripts of a component. */
export type SourcePlace = "code" | "jsx-text" | "template-text" | "markup";

/** Where `offset` (in UTF-16 units) of a code file or component lies; "code" also when it cannot be parsed. */
export function placeInSource({ path, text }: { readonly path: string; readonly text: string }, offset: number): SourcePlace {
  switch (sourceKind(path)) {
    case "text":
      return "code";
    case "code":
      return placeInCode(path, text, offset);
    case "component": {
      const blocks = scriptBlocks(path, text);
      if (!blocks.some(({ start, end }) => start <= offset && offset <= end)) return "markup";
      return placeInCode(`${path}.ts`, blankedOutside(text, blocks), offset);
    }
  }
}

function placeInCode(path: string, text: string, offset: number): SourcePlace {
  try {
    const { ast, visitorKeys } = parseForESLint(text, { filePath: path, range: true, ecmaFeatures: { jsx: true }, sourceType: "module" });
    return placeBelow(ast as unknown as SyntaxNode, visitorKeys, offset);
  } catch {
    return "code";
  }
}

interface SyntaxNode {
  readonly type: string;
  readonly range: readonly [number, number];
  readonly [child: string]: unknown;
}

function placeBelow(node: SyntaxNode, visitorKeys: Readonly<Record<string, readonly string[] | undefined>>, offset: number): SourcePlace {
  const children = (visitorKeys[node.type] ?? []).flatMap((key) => node[key] as SyntaxNode | (SyntaxNode | null)[] | null);
  const inner =
    children.find((child) => child !== null && child !== undefined && child.range[0] <= offset && offset < child.range[1]) ?? undefined;
  if (node.type === "TemplateElement" && offset > node.range[0]) return "template-text";
  if (node.type === "JSXText") return "jsx-text";
  // At the very start of a child element the text before it still belongs to the parent.
  if (
    (node.type === "JSXElement" || node.type === "JSXFragment") &&
    (inner === undefined || (isJsxChild(inner) && inner.range[0] === offset)) &&
    offset > node.range[0]
  )
    return "jsx-text";
  return inner ? placeBelow(inner, visitorKeys, offset) : "code";
}

function isJsxChild({ type }: SyntaxNode): boolean {
  return ["JSXElement", "JSXFragment", "JSXExpressionContainer", "JSXText", "JSXClosingElement", "JSXClosingFragment"].includes(type);
}
