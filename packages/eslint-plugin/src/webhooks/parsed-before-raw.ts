import type { TSESTree } from "@typescript-eslint/utils";

import type { Evaluator } from "../calls/evaluate.ts";
import type { ReadProgram } from "../calls/read-program.ts";
import type { SourceFile } from "../calls/source-file.ts";
import { propertyOf, textParts, type Value } from "../calls/value.ts";
import { functionAround } from "../transport/syntax.ts";
import { codeOf, keyOf, namesOf } from "./names.ts";
import { readWebhookPath } from "./webhook-path.ts";

/** A parser for all routes that leaves nothing for the raw parser of a webhook: Express skips the second one without a word. */
export interface ParsedBeforeRaw {
  /** `express.raw(…)` on the route. */
  readonly raw: TSESTree.CallExpression;
  /** `express.json()` before it. */
  readonly json: TSESTree.CallExpression;
  readonly path: string;
}

export function parsedBeforeRaw({ file, evaluator }: ReadProgram): readonly ParsedBeforeRaw[] {
  const calls = file.calls.filter((call): call is TSESTree.CallExpression => call.type === "CallExpression");
  const parsers = calls.flatMap((call) => parserForAll(call, file, evaluator));
  if (parsers.length === 0) return [];
  return calls.flatMap((route) => {
    const found = rawRoute(route, file, evaluator);
    const before =
      found && parsers.find(({ use }) => use.range[1] <= route.range[0] && routerOf(use) === routerOf(route) && isSameFunction(use, route));
    return before ? [{ ...found, json: before.json }] : [];
  });
}

/** `app.use(express.json())`; one with `verify` keeps the bytes, one with a `type` may leave them. */
function parserForAll(
  use: TSESTree.CallExpression,
  file: SourceFile,
  evaluator: Evaluator,
): { use: TSESTree.CallExpression; json: TSESTree.CallExpression }[] {
  if (methodOf(use) !== "use") return [];
  return use.arguments.flatMap((argument, index) => {
    if (index > 0 && use.arguments[0]?.type === "Literal") return [];
    if (argument.type !== "CallExpression" || !isParser(argument, "json", file, evaluator)) return [];
    const options = argument.arguments[0] ? evaluator.evaluate(argument.arguments[0], file) : undefined;
    const isPlain = options === undefined || (isAbsent(options, "verify") && isAbsent(options, "type"));
    return isPlain ? [{ use, json: argument }] : [];
  });
}

function isAbsent(options: Value, key: string): boolean {
  return propertyOf(options, key).kind === "absent";
}

/** `app.post("/webhook", express.raw({ type: "application/json" }), …)` */
function rawRoute(
  route: TSESTree.CallExpression,
  file: SourceFile,
  evaluator: Evaluator,
): { raw: TSESTree.CallExpression; path: string } | undefined {
  if (!/^(?:post|put|all|use)$/u.test(methodOf(route) ?? "")) return undefined;
  const [first, ...others] = route.arguments;
  const path = first && evaluator.evaluate(first, file);
  if (path?.kind !== "primitive" || typeof path.value !== "string") return undefined;
  const raw = others.find(
    (argument) => argument.type === "CallExpression" && isParser(argument, "raw", file, evaluator) && takesJson(argument, file, evaluator),
  );
  if (raw?.type !== "CallExpression") return undefined;
  const isWebhook = readWebhookPath(path.value).receives !== "no" || /signature|constructEvent|hmac|verif/iu.test(codeOf(route, file));
  return isWebhook ? { raw, path: path.value } : undefined;
}

/** Without a type, raw() takes application/octet-stream only. */
function takesJson({ arguments: [options] }: TSESTree.CallExpression, file: SourceFile, evaluator: Evaluator): boolean {
  const type = options && propertyOf(evaluator.evaluate(options, file), "type");
  return type !== undefined && (textParts(type) ?? []).some((part) => part !== undefined && /json|\*\/\*/u.test(part));
}

function isParser({ callee }: TSESTree.CallExpression, kind: "json" | "raw", file: SourceFile, evaluator: Evaluator): boolean {
  const value = evaluator.evaluate(callee, file);
  if (value.kind === "reference") return /^(?:express|body-parser)$/u.test(value.module) && value.path.join(".") === kind;
  return false;
}

function methodOf({ callee }: TSESTree.CallExpression): string | undefined {
  return callee.type === "MemberExpression" ? keyOf(callee.property, callee.computed) : undefined;
}

function routerOf({ callee }: TSESTree.CallExpression): string {
  return callee.type === "MemberExpression" ? namesOf(callee.object).join(".") : "";
}

function isSameFunction(a: TSESTree.Node, b: TSESTree.Node): boolean {
  return functionAround(a) === functionAround(b);
}
