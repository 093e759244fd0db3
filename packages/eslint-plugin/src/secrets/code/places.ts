import type { TSESLint, TSESTree } from "@typescript-eslint/utils";

/** What of a code file the characters at an offset belong to. */
export type CodePlace =
  | { readonly kind: "literal"; readonly node: TSESTree.StringLiteral | TSESTree.TemplateElement | TSESTree.JSXText }
  /** Comments, and the markup around the scripts of a component file. */
  | { readonly kind: "text" }
  /** Names, regular expressions, types: nothing a credential can stand in. */
  | { readonly kind: "other" };

export function placeAt(sourceCode: Readonly<TSESLint.SourceCode>, offset: number): CodePlace {
  const node = sourceCode.getNodeByRangeIndex(offset);
  switch (node?.type) {
    case undefined:
    case "Program":
      return { kind: "text" };
    case "Literal":
      return typeof node.value === "string" ? { kind: "literal", node } : { kind: "other" };
    case "TemplateElement":
    case "JSXText":
      return { kind: "literal", node };
    default:
      return isInComment(sourceCode, offset) ? { kind: "text" } : { kind: "other" };
  }
}

function isInComment(sourceCode: Readonly<TSESLint.SourceCode>, offset: number): boolean {
  const comments = sourceCode.getAllComments();
  let low = 0;
  let high = comments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (comments[middle]!.range[1] <= offset) low = middle + 1;
    else high = middle;
  }
  return (comments[low]?.range[0] ?? Infinity) <= offset;
}
