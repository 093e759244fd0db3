import type { TSESTree } from "@typescript-eslint/utils";

import { type Edit, insertedAt } from "./edit.ts";

/** A name that a file can use once the edits are made. */
export interface ImportedName {
  readonly local: string;
  readonly edits: readonly Edit[];
}

interface Wanted {
  /** As it is written when there is no import of the module yet: "node:crypto". */
  readonly module: string;
  /** Other spellings of the same module: "crypto". */
  readonly aliases: readonly string[];
  readonly name: string;
}

/** Imports a name in the way the file imports others; undefined when something else has that name. `isTaken` tells of names in scope at the use. */
export function importName(
  program: TSESTree.Program,
  { module, aliases, name }: Wanted,
  isTaken: (name: string) => boolean,
): ImportedName | undefined {
  const sources = [module, ...aliases];
  const statements = statementsOf(program);
  const imports = statements.filter((statement) => statement.type === "ImportDeclaration");
  const ours = imports.filter(({ source, importKind }) => sources.includes(source.value) && importKind !== "type");
  for (const { specifiers } of ours) {
    const found = specifiers.find(
      (specifier) => specifier.type === "ImportSpecifier" && importedName(specifier) === name && specifier.importKind !== "type",
    );
    if (found) return { local: found.local.name, edits: [] };
    const whole = specifiers.find(({ type }) => type !== "ImportSpecifier");
    if (whole) return { local: `${whole.local.name}.${name}`, edits: [] };
  }
  const required = statements.flatMap((statement) => requireOf(statement, sources));
  for (const { id } of required) {
    if (id.type === "Identifier") return { local: `${id.name}.${name}`, edits: [] };
    const found = id.properties.find(
      (property) => property.type === "Property" && property.key.type === "Identifier" && property.key.name === name,
    );
    if (found?.type === "Property" && found.value.type === "Identifier") return { local: found.value.name, edits: [] };
  }
  if (isTaken(name)) return undefined;
  const last = ours.flatMap(({ specifiers }) => specifiers).at(-1);
  if (last) return { local: name, edits: [insertedAt(last.range[1], `, ${name}`)] };
  return {
    local: name,
    edits: [
      newImport(statements, isCommonJs(statements) ? `const { ${name} } = require("${module}");` : `import { ${name} } from "${module}";`),
    ],
  };
}

/** svelte-eslint-parser@1.10.1 puts the statements of a script into an element of it, which stands among the elements of the markup. */
function statementsOf({ body }: TSESTree.Program): readonly TSESTree.ProgramStatement[] {
  const scripts = (body as readonly { readonly type: string }[]).filter(({ type }) => type === "SvelteScriptElement");
  return scripts.length > 0 ? (scripts as unknown as readonly TSESTree.Program[]).flatMap((script) => script.body) : body;
}

/** After the last import or require at the top, else before the first statement that is no directive. */
function newImport(statements: readonly TSESTree.ProgramStatement[], code: string): Edit {
  const isHeader = (statement: TSESTree.ProgramStatement) => statement.type === "ImportDeclaration" || isRequire(statement);
  const last = statements.filter(isHeader).at(-1);
  if (last) return insertedAt(last.range[1], `\n${code}`);
  const first = statements.find((statement) => statement.type !== "ExpressionStatement" || statement.directive === undefined);
  return insertedAt(first?.range[0] ?? 0, `${code}\n`);
}

function isCommonJs(statements: readonly TSESTree.ProgramStatement[]): boolean {
  const hasModuleSyntax = statements.some(({ type }) => /^(?:Import|Export)/u.test(type));
  return !hasModuleSyntax && statements.some(isRequire);
}

function isRequire(statement: TSESTree.ProgramStatement): boolean {
  return statement.type === "VariableDeclaration" && statement.declarations.some(({ init }) => requiredModule(init) !== undefined);
}

function requireOf(
  statement: TSESTree.ProgramStatement,
  sources: readonly string[],
): { id: TSESTree.Identifier | TSESTree.ObjectPattern }[] {
  if (statement.type !== "VariableDeclaration") return [];
  return statement.declarations.flatMap(({ id, init }) => {
    const module = requiredModule(init);
    return module !== undefined && sources.includes(module) && (id.type === "Identifier" || id.type === "ObjectPattern") ? [{ id }] : [];
  });
}

function requiredModule(init: TSESTree.Node | null): string | undefined {
  if (init?.type !== "CallExpression" || init.callee.type !== "Identifier" || init.callee.name !== "require") return undefined;
  const [source] = init.arguments;
  return source?.type === "Literal" && typeof source.value === "string" ? source.value : undefined;
}

function importedName({ imported }: TSESTree.ImportSpecifier): string {
  return imported.type === "Identifier" ? imported.name : imported.value;
}
