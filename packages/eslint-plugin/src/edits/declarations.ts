import type { TSESTree } from "@typescript-eslint/utils";

import { type Edit, indentationAt, insertedAt } from "./edit.ts";

/** Puts a declaration right before the statement that holds `node`; the body of an arrow function without braces gets some. */
export function declareBefore(node: TSESTree.Node, declaration: string, text: string): Edit[] | undefined {
  for (let current = node; current.parent; current = current.parent) {
    const { parent } = current;
    if (parent.type === "Program" || parent.type === "BlockStatement" || parent.type === "StaticBlock" || parent.type === "TSModuleBlock")
      return [insertedAt(current.range[0], `${declaration}\n${indentationAt(text, current.range[0])}`)];
    if (parent.type === "ArrowFunctionExpression" && parent.body === current) return withBraces(parent, declaration, text);
    // A field's initialiser, a parameter's default or an unbraced branch has no place for a statement of its own.
    if (parent.type === "PropertyDefinition" || parent.type === "AssignmentPattern" || isUnbraced(parent, current)) return undefined;
  }
  return undefined;
}

function withBraces(arrow: TSESTree.ArrowFunctionExpression, declaration: string, text: string): Edit[] {
  const indentation = indentationAt(text, arrow.range[0]);
  const bodyStart = arrow.range[0] + text.slice(arrow.range[0], arrow.body.range[0]).lastIndexOf("=>") + 2;
  return [
    {
      range: [bodyStart, bodyStart + (/^\s*/u.exec(text.slice(bodyStart))?.[0].length ?? 0)],
      text: ` {\n${indentation}  ${declaration}\n${indentation}  return `,
    },
    insertedAt(arrow.range[1], `;\n${indentation}}`),
  ];
}

function isUnbraced(parent: TSESTree.Node, child: TSESTree.Node): boolean {
  switch (parent.type) {
    case "IfStatement":
      return parent.consequent === child || parent.alternate === child;
    case "SwitchCase":
      return true;
    case "ForStatement":
    case "ForInStatement":
    case "ForOfStatement":
    case "WhileStatement":
    case "DoWhileStatement":
    case "LabeledStatement":
      return parent.body === child;
    default:
      return false;
  }
}
