import type { TSESTree } from "@typescript-eslint/utils";

import { type Edit, insertedAt } from "./edit.ts";

/** A name that a file can use once the edits are made. */
export interface ImportedName {
  readonly local: string;
  readonly edits: readonly Edit[];
}

/** Names that a file can use once the edits are made, by what they are called in the module. */
export interface ImportedNames {
  readonly locals: ReadonlyMap<string, string>;
  readonly edits: readonly Edit[];
}

interface Module {
  /** As it is written when there is no import of the module yet: "node:crypto". */
  readonly module: string;
  /** Other spellings of the same module: "crypto". */
  readonly aliases: readonly string[];
}

/** Tells of names in scope at the use. */
type IsTaken = (name: string) => boolean;

/** Imports a name in the way the file imports others; undefined when something else has that name. */
export function importName(
  program: TSESTree.Program,
  { name, ...module }: Module & { readonly name: string },
  isTaken: IsTaken,
): ImportedName | undefined {
  const imported = importNames(program, { ...module, names: [name] }, isTaken);
  return imported && { local: imported.locals.get(name)!, edits: imported.edits };
}

/** `importName` of several names of one module, in one statement. */
export function importNames(
  program: TSESTree.Program,
  { module, aliases, names }: Module & { readonly names: readonly string[] },
  isTaken: IsTaken,
): ImportedNames | undefined {
  const statements = statementsOf(program);
  const present = importedFrom(statements, [module, ...aliases]);
  const missing = names.filter((name) => present.localOf(name) === undefined);
  const locals = new Map(names.map((name) => [name, present.localOf(name) ?? name]));
  if (missing.length === 0) return { locals, edits: [] };
  if (missing.some(isTaken)) return undefined;
  const code = missing.join(", ");
  if (present.last) return { locals, edits: [insertedAt(present.last.range[1], `, ${code}`)] };
  const statement = isCommonJs(statements) ? `const { ${code} } = require("${module}");` : `import { ${code} } from "${module}";`;
  return { locals, edits: [newImport(statements, statement)] };
}

/** Imports what a module exports as a whole, under the name it is known by unless the file has another for it. */
export function importDefault(
  program: TSESTree.Program,
  { module, name }: { readonly module: string; readonly name: string },
  isTaken: IsTaken,
): ImportedName | undefined {
  const statements = statementsOf(program);
  for (const { specifiers, source, importKind } of statements.filter((statement) => statement.type === "ImportDeclaration")) {
    const found = specifiers.find(({ type }) => type === "ImportDefaultSpecifier");
    if (source.value === module && importKind !== "type" && found) return { local: found.local.name, edits: [] };
  }
  const required = statements.flatMap((statement) => requireOf(statement, [module])).find(({ id }) => id.type === "Identifier");
  if (required?.id.type === "Identifier") return { local: required.id.name, edits: [] };
  if (isTaken(name)) return undefined;
  const code = isCommonJs(statements) ? `const ${name} = require("${module}");` : `import ${name} from "${module}";`;
  return { local: name, edits: [newImport(statements, code)] };
}

/** What the file has of a module already. */
function importedFrom(
  statements: readonly TSESTree.ProgramStatement[],
  sources: readonly string[],
): { readonly localOf: (name: string) => string | undefined; readonly last: TSESTree.ImportClause | undefined } {
  const specifiers = statements.flatMap((statement) =>
    statement.type === "ImportDeclaration" && sources.includes(statement.source.value) && statement.importKind !== "type"
      ? statement.specifiers
      : [],
  );
  const whole = specifiers.find(({ type }) => type !== "ImportSpecifier")?.local.name;
  const required = statements.flatMap((statement) => requireOf(statement, sources));
  const wholeRequired = required.flatMap(({ id }) => (id.type === "Identifier" ? [id.name] : [])).at(0);
  const localOf = (name: string) => {
    const named = specifiers.find(
      (specifier) => specifier.type === "ImportSpecifier" && importedName(specifier) === name && specifier.importKind !== "type",
    );
    if (named) return named.local.name;
    const property = required
      .flatMap(({ id }) => (id.type === "ObjectPattern" ? id.properties : []))
      .find((one) => one.type === "Property" && one.key.type === "Identifier" && one.key.name === name);
    if (property?.type === "Property" && property.value.type === "Identifier") return property.value.name;
    const object = whole ?? wholeRequired;
    return object === undefined ? undefined : `${object}.${name}`;
  };
  return { localOf, last: specifiers.at(-1) };
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
