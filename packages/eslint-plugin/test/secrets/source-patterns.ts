import { parse } from "@typescript-eslint/parser";
import type { TSESTree } from "@typescript-eslint/utils";
import { visitorKeys } from "@typescript-eslint/visitor-keys";

/** Every regular expression literal of a source text. */
export function sourcePatterns(source: string): RegExp[] {
  return patternsIn(parse(source, { range: true }) as unknown as TSESTree.Node);
}

function patternsIn(node: TSESTree.Node): RegExp[] {
  if (node.type === "Literal" && "regex" in node) return [new RegExp(node.regex.pattern, node.regex.flags)];
  return (visitorKeys[node.type] ?? []).flatMap((key) => {
    const child = (node as unknown as Record<string, unknown>)[key];
    return (Array.isArray(child) ? child : [child])
      .filter((one) => one !== null && one !== undefined)
      .flatMap((one) => patternsIn(one as TSESTree.Node));
  });
}
