import type { TSESLint, TSESTree } from "@typescript-eslint/utils";

import type { Edit } from "../../edits/edit.ts";
import type { TextRange } from "../../text/document.ts";
import type { CodePlace } from "./places.ts";

/**
 * The edit that reads a hardcoded value from an environment variable and fails when that is missing; `undefined` where an expression would break
 * the program. The expression is of type `string` in TypeScript.
 */
export function readFromEnvironment(
  sourceCode: Readonly<TSESLint.SourceCode>,
  { node }: Extract<CodePlace, { kind: "literal" }>,
  secret: TextRange,
  env: string,
): Edit | undefined {
  if (secret[0] < node.range[0] || secret[1] > node.range[1]) return undefined;
  const expression = `process.env.${env} || (() => { throw new Error("${env} is not set"); })()`;
  if (node.type === "JSXText") return { range: secret, text: `{${expression}}` };
  if (node.type === "Literal") return takesExpression(node) ? inString(node, secret, expression, sourceCode.text) : undefined;
  return isTagged(node) ? undefined : inTemplate(node, secret, expression, sourceCode.text);
}

function inString(node: TSESTree.StringLiteral, [start, end]: TextRange, expression: string, text: string): Edit | undefined {
  const [from, to] = node.range;
  const isAttribute = node.parent.type === "JSXAttribute";
  const isWhole = start <= from + 1 && end >= to - 1;
  if (isWhole) return { range: [from, to], text: isAttribute ? `{${expression}}` : `(${expression})` };
  if (isAttribute) return undefined;
  return {
    range: [from, to],
    text: `\`${asTemplate(text.slice(from + 1, start))}\${${expression}}${asTemplate(text.slice(end, to - 1))}\``,
  };
}

function inTemplate(node: TSESTree.TemplateElement, [start, end]: TextRange, expression: string, text: string): Edit {
  const { parent } = node;
  const isWhole =
    parent.type === "TemplateLiteral" && parent.quasis.length === 1 && start <= parent.range[0] + 1 && end >= parent.range[1] - 1;
  if (isWhole && text[parent.range[0]] === "`") return { range: parent.range, text: `(${expression})` };
  return { range: [start, end], text: `\${${expression}}` };
}

function asTemplate(text: string): string {
  return text.replace(/`|\$\{/g, "\\$&");
}

function isTagged({ parent }: TSESTree.TemplateElement): boolean {
  return parent.type !== "TemplateLiteral" || parent.parent.type === "TaggedTemplateExpression" || parent.parent.type === "TSLiteralType";
}

/** False where the grammar or the type system wants a literal: specifiers, keys, types, enum members, directives, `as const`. */
function takesExpression(node: TSESTree.StringLiteral): boolean {
  const { parent } = node;
  switch (parent.type) {
    case "ImportDeclaration":
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration":
    case "ImportExpression":
    case "ImportAttribute":
    case "ImportSpecifier":
    case "ExportSpecifier":
    case "TSLiteralType":
    case "TSEnumMember":
    case "TSExternalModuleReference":
    case "TSModuleDeclaration":
      return false;
    case "ExpressionStatement":
      return parent.directive === undefined;
    case "Property":
    case "PropertyDefinition":
    case "AccessorProperty":
    case "MethodDefinition":
      return parent.key !== node;
    case "TSAsExpression":
      return !(
        parent.typeAnnotation.type === "TSTypeReference" &&
        parent.typeAnnotation.typeName.type === "Identifier" &&
        parent.typeAnnotation.typeName.name === "const"
      );
    default:
      return true;
  }
}
