import type { TSESTree } from "@typescript-eslint/utils";

import type { SourceFile } from "./source-file.ts";

/** Where an export of a file is found. */
export type ExportTarget =
  | { readonly kind: "expression"; readonly node: TSESTree.Node }
  | { readonly kind: "binding"; readonly identifier: TSESTree.Identifier }
  | { readonly kind: "reexport"; readonly specifier: string; readonly name: string };

export interface Exports {
  readonly named: ReadonlyMap<string, ExportTarget>;
  /** `export * from "./x"` */
  readonly stars: readonly string[];
  /** `module.exports = …` */
  readonly whole: TSESTree.Node | undefined;
}

const cache = new WeakMap<SourceFile, Exports>();

/** The exports of a file, ES modules and CommonJS. */
export function exportsOf(file: SourceFile): Exports {
  const cached = cache.get(file);
  if (cached) return cached;
  const named = new Map<string, ExportTarget>();
  const stars: string[] = [];
  for (const statement of file.ast.body) readStatement(statement, named, stars);
  const whole = readCommonJs(file, named);
  const result = { named, stars, whole };
  cache.set(file, result);
  return result;
}

function readStatement(statement: TSESTree.ProgramStatement, named: Map<string, ExportTarget>, stars: string[]): void {
  switch (statement.type) {
    case "ExportDefaultDeclaration":
      named.set("default", { kind: "expression", node: statement.declaration });
      return;
    case "ExportAllDeclaration":
      if (statement.exported) named.set(nameOf(statement.exported), { kind: "reexport", specifier: statement.source.value, name: "*" });
      else stars.push(statement.source.value);
      return;
    case "ExportNamedDeclaration":
      for (const specifier of statement.specifiers) {
        const local = nameOf(specifier.local);
        if (statement.source) named.set(nameOf(specifier.exported), { kind: "reexport", specifier: statement.source.value, name: local });
        else if (specifier.local.type === "Identifier")
          named.set(nameOf(specifier.exported), { kind: "binding", identifier: specifier.local });
      }
      if (statement.declaration) readDeclaration(statement.declaration, named);
      return;
    default:
  }
}

function readDeclaration(declaration: NonNullable<TSESTree.ExportNamedDeclaration["declaration"]>, named: Map<string, ExportTarget>): void {
  if (declaration.type === "VariableDeclaration") {
    for (const { id } of declaration.declarations)
      for (const identifier of identifiersIn(id)) named.set(identifier.name, { kind: "binding", identifier });
  } else if ("id" in declaration && declaration.id?.type === "Identifier") {
    named.set(declaration.id.name, { kind: "binding", identifier: declaration.id });
  }
}

/** `exports.a = …` and `module.exports.a = …` are named exports; `module.exports = …` is the whole. */
function readCommonJs(file: SourceFile, named: Map<string, ExportTarget>): TSESTree.Node | undefined {
  let whole: TSESTree.Node | undefined;
  for (const { left, right } of file.memberAssignments) {
    if (left.type !== "MemberExpression" || left.computed || left.property.type !== "Identifier") continue;
    if (isModuleExports(left)) whole = right;
    else if (isModuleExports(left.object) || isGlobalNamed(left.object, "exports"))
      named.set(left.property.name, { kind: "expression", node: right });
  }
  return whole;
}

function isModuleExports(node: TSESTree.Node): boolean {
  return (
    node.type === "MemberExpression" &&
    isGlobalNamed(node.object, "module") &&
    node.property.type === "Identifier" &&
    node.property.name === "exports"
  );
}

function isGlobalNamed(node: TSESTree.Node, name: string): boolean {
  return node.type === "Identifier" && node.name === name;
}

function identifiersIn(pattern: TSESTree.Node | null): TSESTree.Identifier[] {
  switch (pattern?.type) {
    case "Identifier":
      return [pattern];
    case "ObjectPattern":
      return pattern.properties.flatMap((property) => identifiersIn(property.type === "Property" ? property.value : property.argument));
    case "ArrayPattern":
      return pattern.elements.flatMap(identifiersIn);
    case "AssignmentPattern":
      return identifiersIn(pattern.left);
    case "RestElement":
      return identifiersIn(pattern.argument);
    default:
      return [];
  }
}

function nameOf(node: TSESTree.Identifier | TSESTree.StringLiteral): string {
  return node.type === "Identifier" ? node.name : node.value;
}
