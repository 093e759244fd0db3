import type { TSESTree } from "@typescript-eslint/utils";

import type { Modules } from "./modules.ts";
import type { CallLike, SourceFile } from "./source-file.ts";
import type { FunctionValue } from "./value.ts";

/**
 * Calls of what other files export that are known to lead to no request, so that those files need not be parsed again for every file that imports them: in
 * a large program that would be most of the work.
 */
export interface InertCalls {
  isInert(node: CallLike, file: SourceFile): boolean;
  /** `target` is the function of the project that is called, where it is one. */
  keep(node: CallLike, file: SourceFile, target: FunctionValue | undefined): void;
}

export function createInertCalls({ learned: { inert }, readsAll, resolve }: Pick<Modules, "learned" | "readsAll" | "resolve">): InertCalls {
  const inertHere = new Set<string>();
  return {
    isInert(node, file) {
      const key = keyOf(node, file);
      return key !== undefined && (inert.has(key) || inertHere.has(key));
    },
    keep(node, file, target) {
      // A function that is given along may be run again in there: `withRetry(() => fetch(url))`.
      if (target && givesFunction(node, file) && mayRepeat(target)) return;
      const key = keyOf(node, file);
      if (key !== undefined) (readsAll() ? inert : inertHere).add(key);
    },
  };

  /** The file and the members that a call goes through; undefined for what is no plain call of an import. */
  function keyOf(node: CallLike, file: SourceFile): string | undefined {
    const callee = calleeOf(node.callee);
    const definition = callee && file.variableOf(callee.root)?.defs[0];
    const imported = definition && importedBy(definition.node as TSESTree.Node, definition.parent as TSESTree.Node | undefined);
    const path = imported && resolve(imported.specifier, file.path);
    if (path === undefined) return undefined;
    return [path, imported!.name, ...callee!.members, argumentsKind(node, file)].join("\0");
  }
}

/** A function that stands in the call is followed into files which one given by its name is not: what is learned of one call does not hold for the other. */
function argumentsKind(node: CallLike, file: SourceFile): string {
  if (node.arguments.some(({ type }) => /Function/u.test(type))) return "(() => {})";
  return givesFunction(node, file) ? "(function)" : "()";
}

/** Whether one of the arguments is a function of the file. */
function givesFunction(node: CallLike, file: SourceFile): boolean {
  return node.arguments.some((argument) => {
    if (argument.type !== "Identifier") return /Function/u.test(argument.type);
    const definition = file.variableOf(argument)?.defs[0]?.node as TSESTree.Node | undefined;
    return (
      definition?.type === "FunctionDeclaration" ||
      (definition?.type === "VariableDeclarator" && /Function/u.test(definition.init?.type ?? ""))
    );
  });
}

/** A loop, or a word of what repeats and limits calls. */
function mayRepeat({ node, origin: { file } }: FunctionValue): boolean {
  return /\b(?:for|while|do)\b|retr|attempt|backoff|repeat|again|limit|queue|break|policy|timeout|circuit|bulkhead/iu.test(
    file.text.slice(...node.range),
  );
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
