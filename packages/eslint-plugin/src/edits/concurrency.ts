import type { TSESLint, TSESTree } from "@typescript-eslint/utils";

import type { FanOut } from "../calls/fan-out.ts";
import { declareBefore } from "./declarations.ts";
import { type Edit, indentationAt } from "./edit.ts";

/** Puts p-limit around what is run for each item, in a file that imports it already. */
export function limitedBy({ origin, run }: FanOut, limit: number, sourceCode: Readonly<TSESLint.SourceCode>): Edit[] | undefined {
  const { ast, text } = sourceCode;
  const pLimit = ast.body.find((statement) => statement.type === "ImportDeclaration" && statement.source.value === "p-limit");
  const local =
    pLimit?.type === "ImportDeclaration" ? pLimit.specifiers.find(({ type }) => type === "ImportDefaultSpecifier")?.local.name : undefined;
  if (local === undefined || isTaken("limit", origin.node, sourceCode)) return undefined;
  const declaration = declareBefore(origin.node, `const limit = ${local}(${limit});`, text);
  if (!declaration) return undefined;
  if (run.type === "Identifier") return [...declaration, { range: run.range, text: `(item) => limit(() => ${run.name}(item))` }];
  if (run.type !== "ArrowFunctionExpression") return undefined;
  const body = text.slice(run.body.range[0], run.range[1]);
  const signature = text.slice(run.range[0], run.body.range[0]).replace(/^async\s+/u, "");
  return [
    ...declaration,
    { range: run.range, text: `${openingOf(signature)}limit(${run.async ? "async " : ""}() => ${parenthesised(signature)}${body})` },
  ];
}

/** `(item) => (` of an arrow function whose body is parenthesised, without the parenthesis. */
function openingOf(signature: string): string {
  return signature.replace(/\(\s*$/u, "");
}

function parenthesised(signature: string): string {
  return /=>\s*\(\s*$/u.test(signature) ? "(" : "";
}

/** `const results = await Promise.all(items.map(load));` as a loop over slices of the list. */
export function inBatches(
  { origin: { node }, by, items, run }: FanOut,
  limit: number,
  sourceCode: Readonly<TSESLint.SourceCode>,
): Edit[] | undefined {
  const { text } = sourceCode;
  const statement = node.parent.parent;
  const list = text.slice(...items.range);
  if (by === "forEach" || node.parent.type !== "AwaitExpression" || !isRepeatable(items) || isTaken("start", node, sourceCode))
    return undefined;
  if (countsItems(run) || !isDirect(node, items)) return undefined;
  const batch = `await ${by}(${list}.slice(start, start + ${limit}).map(${text.slice(...run.range)}))`;
  const head = `for (let start = 0; start < ${list}.length; start += ${limit})`;
  if (statement?.type === "ExpressionStatement") return [{ range: statement.range, text: `${head} ${batch};` }];
  if (statement?.type !== "VariableDeclarator" || statement.id.type !== "Identifier" || statement.id.typeAnnotation) return undefined;
  const declaration = statement.parent;
  if (declaration.declarations.length !== 1 || declaration.kind !== "const" || /^(?:Export|For)/u.test(declaration.parent.type))
    return undefined;
  const indentation = indentationAt(text, declaration.range[0]);
  const name = statement.id.name;
  return [{ range: declaration.range, text: `const ${name} = [];\n${indentation}${head} ${name}.push(...(${batch}));` }];
}

/** A list that is read once more for each batch: a name, not a query. */
function isRepeatable(node: TSESTree.Node): boolean {
  return (
    node.type === "Identifier" ||
    (node.type === "MemberExpression" && !node.computed && (node.object.type === "ThisExpression" || isRepeatable(node.object)))
  );
}

/** A function that asks for the index of its item would get the one in the batch. */
function countsItems(run: TSESTree.Node): boolean {
  return !("params" in run) || (run.params as unknown[]).length > 1;
}

/** `Promise.all(items.map(load))` and nothing else in it. */
function isDirect({ arguments: [given] }: TSESTree.CallExpression, items: TSESTree.Node): boolean {
  return (
    given?.type === "CallExpression" && given.callee.type === "MemberExpression" && given.callee.object === items && isMap(given.callee)
  );
}

function isMap({ property }: TSESTree.MemberExpression): boolean {
  return property.type === "Identifier" && property.name === "map";
}

function isTaken(name: string, node: TSESTree.Node, sourceCode: Readonly<TSESLint.SourceCode>): boolean {
  for (let scope: TSESLint.Scope.Scope | null = sourceCode.getScope(node); scope; scope = scope.upper) if (scope.set.has(name)) return true;
  return false;
}
