import type { TSESTree } from "@typescript-eslint/utils";

import type { Modules } from "./modules.ts";
import type { CallLike, SourceFile } from "./source-file.ts";

/**
 * Calls of what other files export that are known to lead to no request, so that those files need not be parsed again for every file that imports them: in
 * a project of CommonJS that would be most of the work. Kept for the process; forgotten when a file that was read has changed.
 */
export interface InertCalls {
  isInert(node: CallLike, file: SourceFile): boolean;
  keep(node: CallLike, file: SourceFile): void;
}

export function createInertCalls(modules: Modules): InertCalls {
  return {
    isInert(node, file) {
      const key = keyOf(node, file);
      return key !== undefined && modules.inert.has(key);
    },
    keep(node, file) {
      const key = keyOf(node, file);
      if (key !== undefined) modules.inert.add(key);
    },
  };

  /** The file and the members that a call goes through; undefined for what is no plain call of an import: a function that is given along may be run there. */
  function keyOf(node: CallLike, file: SourceFile): string | undefined {
    if (node.arguments.some(({ type }) => /Function|Identifier|Member/u.test(type))) return undefined;
    const callee = calleeOf(node.callee);
    const definition = callee && file.variableOf(callee.root)?.defs[0];
    const imported = definition && importedBy(definition.node as TSESTree.Node, definition.parent as TSESTree.Node | undefined);
    const path = imported && modules.resolve(imported.specifier, file.path);
    return path === undefined ? undefined : [path, imported!.name, ...callee!.members].join("\0");
  }
}

/** `a` and ["b", "c"] of `a.b.c()` and `(0, a.b.c)()` */
function calleeOf(callee: TSESTree.Node): { root: TSESTree.Identifier; members: readonly string[] } | undefined {
  switch (callee.type) {
    case "Identifier":
      return { root: callee, members: [] };
    case "SequenceExpression":
      return calleeOf(callee.expressions.at(-1)!);
    case "MemberExpression": {
      const of = callee.computed || callee.property.type !== "Identifier" ? undefined : calleeOf(callee.object);
      return of && { root: of.root, members: [...of.members, (callee.property as TSESTree.Identifier).name] };
    }
    default:
      return undefined;
  }
}

function importedBy(node: TSESTree.Node, parent: TSESTree.Node | undefined): { specifier: string; name: string } | undefined {
  if (parent?.type === "ImportDeclaration") return { specifier: parent.source.value, name: importedName(node) };
  if (node.type !== "VariableDeclarator" || node.id.type !== "Identifier" || node.init?.type !== "CallExpression") return undefined;
  const { callee, arguments: given } = node.init;
  const [first] = given;
  const isRequire =
    callee.type === "Identifier" && callee.name === "require" && first?.type === "Literal" && typeof first.value === "string";
  return isRequire ? { specifier: first.value as string, name: "*" } : undefined;
}

function importedName(node: TSESTree.Node): string {
  if (node.type === "ImportNamespaceSpecifier") return "*";
  if (node.type !== "ImportSpecifier") return "default";
  return node.imported.type === "Identifier" ? node.imported.name : node.imported.value;
}
