import { dirname, join } from "node:path";

import type { TSESTree } from "@typescript-eslint/utils";

import type { Evaluator } from "../../calls/evaluate.ts";
import { exportsOf } from "../../calls/exports.ts";
import type { Modules } from "../../calls/modules.ts";
import type { SourceFile } from "../../calls/source-file.ts";
import { propertyOf, type Value } from "../../calls/value.ts";
import { packageFolder } from "../../project/package-folder.ts";
import { codeOf, namesOf } from "../names.ts";
import { functionAt } from "../resolve-function.ts";
import type { Before } from "../route.ts";

/** What `middleware.ts` (from Next.js 16 on `proxy.ts`) of the package puts before a route that its matcher covers. */
export function beforeNextRoute(
  { file, path }: { readonly file: SourceFile; readonly path: string },
  evaluator: Evaluator,
  modules: Modules,
): readonly Before[] {
  const root = packageFolder(dirname(file.path));
  if (root === undefined) return [];
  return places.flatMap((place) => {
    const middleware = modules.load(join(root, place));
    if (!middleware || !covers(matcherOf(middleware, evaluator), path)) return [];
    const node = handlerOf(middleware);
    return node && !letsPass(node, middleware) ? [beforeBy(node, middleware, evaluator)] : [];
  });
}

const places = ["", "src/"].flatMap((folder) =>
  ["middleware", "proxy"].flatMap((name) => [".ts", ".js", ".mjs"].map((extension) => `${folder}${name}${extension}`)),
);

function handlerOf(file: SourceFile): TSESTree.Node | undefined {
  const { named } = exportsOf(file);
  const target = named.get("middleware") ?? named.get("proxy") ?? named.get("default");
  if (target?.kind === "expression") return target.node;
  if (target?.kind !== "binding") return target && file.ast;
  const definition = file.variableOf(target.identifier)?.defs[0]?.node as TSESTree.Node | undefined;
  return definition?.type === "VariableDeclarator" && definition.init ? definition.init : target.identifier;
}

function beforeBy(node: TSESTree.Node, file: SourceFile, evaluator: Evaluator): Before {
  const handler = functionAt(node, file, evaluator);
  return handler
    ? { receivers: [{ function: handler, parameters: new Map([[0, "request"]]) }], isGuarded: false }
    : { receivers: [], isGuarded: true };
}

/**
 * Clerk's middleware protects what its handler says and nothing without one; next-intl's chooses a language. One that names webhooks and makes no
 * signature lets them pass.
 */
function letsPass(node: TSESTree.Node, file: SourceFile): boolean {
  if (node.type === "CallExpression") {
    const name = namesOf(node.callee).at(-1) ?? "";
    if (name === "clerkMiddleware" && node.arguments.length === 0) return true;
    if (/["']next-intl\/middleware["']/u.test(file.text) && name === "createMiddleware") return true;
  }
  const code = codeOf(file.ast, file);
  return /["'`/][^"'`\n]*hooks?\b/iu.test(code) && !/hmac|signature|timingSafeEqual|\bverify/iu.test(code);
}

/** The patterns of `export const config = { matcher }`; undefined for all routes, "unknown" where they cannot be read. */
function matcherOf(file: SourceFile, evaluator: Evaluator): readonly string[] | "unknown" | undefined {
  const target = exportsOf(file).named.get("config");
  if (!target) return undefined;
  if (target.kind !== "binding") return "unknown";
  const matcher = propertyOf(evaluator.evaluate(target.identifier, file), "matcher");
  if (matcher.kind === "absent") return undefined;
  const patterns = matcher.kind === "array" && matcher.complete ? matcher.elements.map(patternOf) : [patternOf(matcher)];
  return patterns.every((pattern) => pattern !== undefined) ? patterns : "unknown";
}

/** `"/api/:path*"`, `{ source: "/api/:path*", missing: […] }` */
function patternOf(value: Value): string | undefined {
  if (value.kind === "object") return patternOf(propertyOf(value, "source"));
  return value.kind === "primitive" && typeof value.value === "string" ? value.value : undefined;
}

function covers(matcher: readonly string[] | "unknown" | undefined, path: string): boolean {
  return matcher === undefined || matcher === "unknown" || matcher.some((pattern) => matches(pattern, path));
}

/** path-to-regexp as Next.js uses it: names with modifiers, and groups that are regular expressions themselves. */
function matches(pattern: string, path: string): boolean {
  const source = pattern
    .replace(/\/:\w+\*/gu, "(?:/.*)?")
    .replace(/:\w+\+/gu, ".+")
    .replace(/:\w+(?=\()/gu, "")
    .replace(/:\w+/gu, "[^/]+");
  try {
    return new RegExp(`^${source}/?$`, "u").test(path);
  } catch {
    return true; // a pattern that is not understood may cover it
  }
}
