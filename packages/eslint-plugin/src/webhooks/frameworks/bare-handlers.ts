import type { TSESTree } from "@typescript-eslint/utils";

import type { Evaluator } from "../../calls/evaluate.ts";
import { exportsOf } from "../../calls/exports.ts";
import { isWithin, type SourceFile } from "../../calls/source-file.ts";
import type { FunctionValue } from "../../calls/value.ts";
import { keyOf, namesOf } from "../names.ts";
import { functionAt } from "../resolve-function.ts";
import type { Route } from "../route.ts";

/** Handlers without a router: AWS Lambda's export, whose file says what it is for, and node:http's listener, which compares paths. */
export function bareHandlers(file: SourceFile, evaluator: Evaluator): readonly Route[] {
  return [...lambdaHandler(file, evaluator), ...listeners(file, evaluator)];
}

function lambdaHandler(file: SourceFile, evaluator: Evaluator): Route[] {
  const { named } = exportsOf(file);
  const target = named.get("handler");
  const at = target?.kind === "binding" ? target.identifier : target?.kind === "expression" ? target.node : undefined;
  const handler = at && functionAt(at, file, evaluator);
  if (!handler || !isLambda(handler, file)) return [];
  const path = file.path
    .replaceAll("\\", "/")
    .split("/")
    .slice(-2)
    .join("/")
    .replace(/(?:\/index|\/handler)?\.[cm]?[jt]s$/u, "");
  return [route("AWS Lambda", `/${path}`, at, handler)];
}

/** Other frameworks export a `handler` too; Lambda's is given an event and answers with a status code. */
function isLambda({ node }: FunctionValue, { text }: SourceFile): boolean {
  const [first] = node.params;
  return first?.type === "Identifier" && /^_?event$/u.test(first.name) && /\bstatusCode\b|aws-lambda|APIGateway/u.test(text);
}

/** `createServer((req, res) => { if (req.url === "/webhook") … })` */
function listeners(file: SourceFile, evaluator: Evaluator): Route[] {
  return file.calls.flatMap((call) => {
    if (namesOf(call.callee).at(-1) !== "createServer") return [];
    const listener = call.arguments.findLast(({ type }) => type !== "ObjectExpression" && type !== "SpreadElement");
    const handler = listener && functionAt(listener, file, evaluator);
    if (!handler || handler.origin.file !== file) return [];
    const compared = file.comparisons.find((comparison) => comparesUrl(comparison) && isWithin(comparison, handler.node));
    const path = compared && [compared.left, compared.right].find((side) => side.type === "Literal");
    return path?.type === "Literal" ? [route("node:http", String(path.value), path, handler)] : [];
  });
}

function comparesUrl({ left, right }: TSESTree.BinaryExpression): boolean {
  const isPath = (side: TSESTree.Node) => side.type === "Literal" && typeof side.value === "string" && /^\/.*hook/iu.test(side.value);
  const isUrl = (side: TSESTree.Node) =>
    side.type === "MemberExpression"
      ? /^(?:url|pathname|path)$/u.test(keyOf(side.property, side.computed) ?? "")
      : side.type === "Identifier";
  return (isPath(left) && isUrl(right)) || (isUrl(left) && isPath(right));
}

function route(framework: string, path: string, at: TSESTree.Node, handler: FunctionValue): Route {
  const receivers = [{ function: handler, parameters: new Map([[0, "request" as const]]) }];
  return { framework, method: "any", path, at, handler, receivers, isGuarded: false };
}
