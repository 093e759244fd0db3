import type { TSESTree } from "@typescript-eslint/utils";

import type { Evaluator } from "../../calls/evaluate.ts";
import { exportsOf, type ExportTarget } from "../../calls/exports.ts";
import type { Modules } from "../../calls/modules.ts";
import type { SourceFile } from "../../calls/source-file.ts";
import type { FunctionValue } from "../../calls/value.ts";
import { isSenderCheck } from "../call-names.ts";
import { namesOf, wordsIn } from "../names.ts";
import type { Receiver } from "../request-flow.ts";
import { functionAt } from "../resolve-function.ts";
import type { Before, Route } from "../route.ts";
import { beforeNextRoute } from "./next-middleware.ts";
import { beforeSvelteRoute } from "./svelte-hooks.ts";

interface FileFramework {
  readonly name: string;
  /** Reads the route off the file's path; the group `route` is the path. */
  readonly path: RegExp;
  /** The export that answers a POST. */
  readonly exports: readonly string[];
  readonly method: "POST" | "any";
}

const frameworks: readonly FileFramework[] = [
  { name: "Next.js", path: /(?:^|\/)app\/(?<route>.+)\/route\.[cm]?[jt]sx?$/u, exports: ["POST"], method: "POST" },
  { name: "Next.js", path: /(?:^|\/)pages\/(?<route>api\/.+)\.[cm]?[jt]sx?$/u, exports: ["default"], method: "any" },
  { name: "SvelteKit", path: /(?:^|\/)routes\/(?<route>.+)\/\+server\.[cm]?[jt]s$/u, exports: ["POST"], method: "POST" },
  { name: "Astro", path: /(?:^|\/)pages\/(?<route>.+)\.[cm]?[jt]s$/u, exports: ["POST"], method: "POST" },
  { name: "React Router", path: /(?:^|\/)app\/routes\/(?<route>.+)\.[cm]?[jt]sx?$/u, exports: ["action"], method: "POST" },
];

/** Routes that are files: their path says where, their exports say what answers. */
export function fileRoutes(file: SourceFile, evaluator: Evaluator): readonly Route[] {
  const path = file.path.replaceAll("\\", "/");
  return frameworks.flatMap(({ name, path: pattern, exports, method }) => {
    const route = pattern.exec(path)?.groups?.["route"];
    if (route === undefined) return [];
    return exports.flatMap((exported) => {
      const target = exportsOf(file).named.get(exported) ?? wholeOf(file, exported);
      const node = target && nodeOf(target, file);
      const read = node && unwrapped(node, file, evaluator);
      if (!read || !target) return [];
      const receivers: Receiver[] = [read.handler, ...read.wrappers].map((target) => ({
        function: target,
        parameters: new Map([[0, "request" as const]]),
      }));
      const url = routePath(route);
      return [
        {
          framework: name,
          method,
          path: url,
          at: placeOf(target),
          handler: read.handler,
          receivers,
          isGuarded: read.isGuarded,
          beforeElsewhere: (modules) => beforeFileRoute({ name, file, path: url }, evaluator, modules),
        },
      ];
    });
  });
}

function beforeFileRoute(
  { name, file, path }: { readonly name: string; readonly file: SourceFile; readonly path: string },
  evaluator: Evaluator,
  modules: Modules,
): readonly Before[] {
  if (name === "Next.js") return beforeNextRoute({ file, path }, evaluator, modules);
  return name === "SvelteKit" ? beforeSvelteRoute(file, evaluator, modules) : [];
}

/** `(group)/api/webhooks/[provider]` is `/api/webhooks/[provider]`; React Router separates by dots. */
function routePath(route: string): string {
  const segments = route
    .replace(/(?<!\.)\.(?!\.)/gu, "/")
    .split("/")
    .filter((segment) => !/^\(.*\)$|^index$|^_/u.test(segment));
  return `/${segments.join("/")}`;
}

function wholeOf(file: SourceFile, exported: string): ExportTarget | undefined {
  const { whole } = exportsOf(file);
  return exported === "default" && whole ? { kind: "expression", node: whole } : undefined;
}

/** The function, or the expression that makes one, behind an export of this file. */
function nodeOf(target: ExportTarget, file: SourceFile): TSESTree.Node | undefined {
  if (target.kind === "expression") return target.node;
  return target.kind === "binding" ? initialised(target.identifier, file) : undefined;
}

function initialised(identifier: TSESTree.Identifier, file: SourceFile): TSESTree.Node {
  const node = file.variableOf(identifier)?.defs[0]?.node as TSESTree.Node | undefined;
  return node?.type === "VariableDeclarator" && node.init && node.id.type === "Identifier" ? node.init : identifier;
}

/** A whole function under the carets would hide what is wrong with it. */
function placeOf(target: ExportTarget): TSESTree.Node {
  if (target.kind === "binding") return target.identifier;
  const node = target.kind === "expression" ? target.node : undefined;
  if (node && "id" in node && node.id && (node.id as TSESTree.Node).type === "Identifier") return node.id as TSESTree.Node;
  return node?.type === "CallExpression" ? node.callee : node!;
}

/** The handler in `withErrors(async (request) => …)`; a wrapper that is not followed may tell who sent the request. */
function unwrapped(
  node: TSESTree.Node,
  file: SourceFile,
  evaluator: Evaluator,
): { readonly handler: FunctionValue; readonly wrappers: readonly FunctionValue[]; readonly isGuarded: boolean } | undefined {
  const own = functionAt(node, file, evaluator);
  if (own) return { handler: own, wrappers: [], isGuarded: false };
  if (node.type === "TSAsExpression" || node.type === "TSSatisfiesExpression") return unwrapped(node.expression, file, evaluator);
  if (node.type === "Identifier") {
    const initial = initialised(node, file);
    return initial === node ? undefined : unwrapped(initial, file, evaluator);
  }
  if (node.type !== "CallExpression") return undefined;
  for (const argument of node.arguments) {
    const inner = unwrapped(argument, file, evaluator);
    if (!inner) continue;
    const names = namesOf(node.callee);
    const wrapper = functionAt(node.callee, file, evaluator);
    const isGuarded = inner.isGuarded || isSenderCheck(names.join(".")) || !(wrapper ?? isHarmlessWrapper(names));
    return { handler: inner.handler, wrappers: wrapper ? [wrapper, ...inner.wrappers] : inner.wrappers, isGuarded };
  }
  return undefined;
}

function isHarmlessWrapper(names: readonly string[]): boolean {
  return names
    .flatMap(wordsIn)
    .some((word) => /^(?:async|catch|errors?|log|logger|logging|sentry|axiom|trace|tracing|limit|ratelimit|cors|metrics)$/u.test(word));
}
