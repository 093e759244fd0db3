import { isAbsolute } from "node:path";

import type { TSESLint, TSESTree } from "@typescript-eslint/utils";

import { installedVersion } from "../calls/installed-version.ts";
import type { ReadProgram } from "../calls/read-program.ts";
import { type HandlerShape, handlerShape } from "../webhooks/frameworks/handler-shape.ts";
import { checksOf, type SignatureCheck } from "../webhooks/providers/checks.ts";
import type { WebhookRoute } from "../webhooks/webhook-routes.ts";
import { type Edit, indentationAt, insertedAt } from "./edit.ts";
import { importDefault, importNames } from "./imports.ts";

/** A check of a webhook's signature, as complete code. */
export interface WebhookCheck {
  /** "constructEvent of stripe", "node:crypto" */
  readonly by: string;
  readonly edits: readonly Edit[];
}

/**
 * Checks the signature at the start of the handler, by the provider's own library where that is installed. Undefined where the provider is not known, or
 * where the bytes that were signed are not to be had in this file.
 */
export function checkSignature(
  route: WebhookRoute,
  program: ReadProgram,
  sourceCode: Readonly<TSESLint.SourceCode>,
): WebhookCheck | undefined {
  const shape = route.provider && handlerShape(route, program);
  if (!route.provider || !shape) return undefined;
  const { node } = route.handler;
  const check = checksOf(route.provider).find((one) => isUsable(one, node, program.file.path));
  const edits = check && (node.async || shape.runs === "at once") ? written(check, shape, node, sourceCode, program) : undefined;
  return check && edits && { by: check.by, edits };
}

/** What is installed beside a text that is in no file, nobody knows. */
function isUsable({ module, runs }: SignatureCheck, { async }: TSESTree.FunctionLike, path: string): boolean {
  const isThere = module.startsWith("node:") || (isAbsolute(path) && installedVersion(module, path) !== undefined);
  return isThere && (runs === "at once" || async);
}

function written(
  check: SignatureCheck,
  shape: HandlerShape,
  node: TSESTree.FunctionLike,
  sourceCode: Readonly<TSESLint.SourceCode>,
  { file }: ReadProgram,
): Edit[] | undefined {
  const inHandler = sourceCode.text.slice(...node.range);
  if (check.declares.some((name) => new RegExp(`\\b${name}\\b`, "u").test(inHandler))) return undefined;
  const imports = importsFor(check, shape, node, sourceCode);
  if (!imports) return undefined;
  const code = check.code({
    rawBody: shape.rawBody,
    header: (name) => shape.header(name),
    environment: (name) => `process.env.${name}${/\.[cm]?tsx?$/u.test(file.path) ? "!" : ""}`,
    reject: shape.reject,
    local: (name) => imports.locals.get(name) ?? name,
  });
  const inserted = insertedInto(node, [...shape.statements, ...code, ...(shape.passed ?? [])], shape.after, sourceCode.text);
  return inserted && [...imports.edits, ...shape.edits, ...(shape.headerEdits?.() ?? []), ...inserted];
}

function importsFor(
  { module, imports }: SignatureCheck,
  shape: HandlerShape,
  node: TSESTree.FunctionLike,
  sourceCode: Readonly<TSESLint.SourceCode>,
): { readonly locals: ReadonlyMap<string, string>; readonly edits: readonly Edit[] } | undefined {
  const scope = sourceCode.getScope(node);
  const isTaken = (name: string) => isInScope(scope, name);
  const locals = new Map<string, string>();
  const edits: Edit[] = [];
  if ("default" in imports) {
    const whole = importDefault(sourceCode.ast, { module, name: imports.default }, isTaken);
    if (!whole) return undefined;
    locals.set(imports.default, whole.local);
    edits.push(...whole.edits);
  }
  for (const wanted of [...("names" in imports ? [{ module, names: imports.names }] : []), ...shape.imports]) {
    const aliases = [wanted.module.replace(/^node:/u, "")];
    const named = importNames(sourceCode.ast, { ...wanted, aliases }, isTaken);
    if (!named) return undefined;
    for (const [name, local] of named.locals) locals.set(name, local);
    edits.push(...named.edits);
  }
  return { locals, edits };
}

function isInScope(scope: TSESLint.Scope.Scope | null | undefined, name: string): boolean {
  return scope?.set.get(name)?.defs.length ? true : scope?.upper ? isInScope(scope.upper, name) : false;
}

/** At the start of a function, or after one of its statements. The body of an arrow function without braces gets some. */
export function insertedInto(
  { body }: TSESTree.FunctionLike,
  lines: readonly string[],
  after: TSESTree.Node | undefined,
  text: string,
): Edit[] | undefined {
  if (!body) return undefined;
  if (after) {
    const indentation = `\n${indentationAt(text, after.range[0])}`;
    return [insertedAt(after.range[1], indentation + lines.join(indentation))];
  }
  const outer = indentationAt(text, body.range[0]);
  if (body.type !== "BlockStatement") {
    const inner = `\n${outer}  `;
    const [start, end] = parenthesised(body.range, text);
    return [insertedAt(start, `{${inner}${lines.join(inner)}${inner}return `), insertedAt(end, `;\n${outer}}`)];
  }
  const first = body.body.find((statement) => statement.type !== "ExpressionStatement" || statement.directive === undefined);
  const isOnOwnLine = first && first.loc.start.line > body.loc.start.line;
  const inner = `\n${isOnOwnLine ? indentationAt(text, first.range[0]) : `${outer}  `}`;
  const place = first?.range[0] ?? body.range[0] + 1;
  return [insertedAt(place, `${isOnOwnLine ? "" : inner}${lines.join(inner)}${inner}`)];
}

/** `=> ({ … })` */
function parenthesised([start, end]: readonly [number, number], text: string): [number, number] {
  const before = /\(\s*$/u.exec(text.slice(0, start))?.[0].length ?? 0;
  const after = before > 0 ? (/^\s*\)/u.exec(text.slice(end))?.[0].length ?? 0) : 0;
  return [start - (after > 0 ? before : 0), end + after];
}
