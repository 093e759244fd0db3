import { parse } from "@typescript-eslint/parser";
import { simpleTraverse } from "@typescript-eslint/typescript-estree";

/** Every regular expression literal of a source text. */
export function sourcePatterns(source: string): RegExp[] {
  const found: RegExp[] = [];
  simpleTraverse(parse(source, { range: true }) as never, {
    enter(node) {
      if (node.type === "Literal" && "regex" in node) found.push(new RegExp(node.regex.pattern, node.regex.flags));
    },
  });
  return found;
}
