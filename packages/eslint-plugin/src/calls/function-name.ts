import type { TSESTree } from "@typescript-eslint/utils";

/** The name of a function: its own, of the variable it is assigned to, or of the member of a class or object that it is; undefined for one without. */
export function nameOfFunction(node: TSESTree.FunctionLike): string | undefined {
  if (node.id) return node.id.name;
  const parent: TSESTree.Node = node.parent;
  const named: TSESTree.Node | undefined = parent.type === "VariableDeclarator" ? parent.id : "key" in parent ? parent.key : undefined;
  return named?.type === "Identifier" ? named.name : undefined;
}
