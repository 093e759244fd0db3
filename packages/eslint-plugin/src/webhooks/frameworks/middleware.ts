import type { TSESTree } from "@typescript-eslint/utils";

import type { Evaluator } from "../../calls/evaluate.ts";
import { type CallLike, nodesWithin, type SourceFile } from "../../calls/source-file.ts";
import type { FunctionValue, Value } from "../../calls/value.ts";
import { isSenderCheck } from "../call-names.ts";
import { keyOf, namesOf, wordsIn } from "../names.ts";
import type { Holding, Receiver } from "../request-flow.ts";
import { functionAt } from "../resolve-function.ts";
import type { Before } from "../route.ts";
import { turnsNobodyAway } from "./passing-middleware.ts";

/** Reads middleware: functions of the project are followed, of others the name says what they do. */
export function runBefore(nodes: readonly TSESTree.Node[], holds: Holding, file: SourceFile, evaluator: Evaluator): Before {
  const receivers: Receiver[] = [];
  let isGuarded = false;
  for (const node of nodes) {
    const middleware = functionAt(node, file, evaluator) ?? unwrapped(node, file, evaluator)?.handler;
    const receiver = middleware && { function: middleware, parameters: new Map([[0, holds]]) };
    if (receiver && !turnsNobodyAway(receiver, evaluator)) receivers.push(receiver);
    if (!middleware || isSenderCheck(namesOf(node).join("."))) isGuarded ||= !isHarmlessMiddleware(namesOf(node), node, file);
  }
  return { receivers, isGuarded };
}

interface Unwrapped {
  readonly handler: FunctionValue;
  /** What it is given to by name. */
  readonly wrappers: readonly TSESTree.Node[];
  /** What runs in its place and calls it. */
  readonly around: readonly Receiver[];
}

/** The handler in `asyncHandler(async (req, res) => …)`, and what it is wrapped in. */
export function unwrapped(node: TSESTree.Node, file: SourceFile, evaluator: Evaluator): Unwrapped | undefined {
  const own = functionAt(node, file, evaluator);
  const itself = own && { handler: own, wrappers: [], around: [] };
  if (node.type !== "CallExpression") return itself;
  for (const [index, argument] of node.arguments.entries()) {
    const inner = unwrapped(argument, file, evaluator);
    if (!inner) continue;
    if (!own) return { ...inner, wrappers: [node.callee, ...inner.wrappers] };
    const around = aroundHandler(own, functionAt(node.callee, file, evaluator)?.node.params[index]);
    if (around) return { ...inner, around: [around, ...inner.around] };
  }
  return itself;
}

/** `(req, res, next) => fn(req, res, next)` of `(fn) => …`: it gives the parameter what it was given itself. */
function aroundHandler(made: FunctionValue, wraps: TSESTree.Parameter | undefined): Receiver | undefined {
  const [request] = made.node.params;
  const { file } = made.origin;
  if (wraps?.type !== "Identifier" || request?.type !== "Identifier") return undefined;
  const handsOn = nodesWithin(file.calls, made.node).some(
    ({ callee, arguments: [given] }) =>
      callee.type === "Identifier" &&
      file.variableOf(callee)?.defs[0]?.name === wraps &&
      given?.type === "Identifier" &&
      file.variableOf(given)?.defs[0]?.name === request,
  );
  return handsOn ? { function: made, parameters: new Map([[0, "request"]]), wraps } : undefined;
}

/** What `router.use(…)` and `fastify.addHook(…)` of this file put before the route; of all routers and paths where it is not known which. */
export function usedOn(
  router: TSESTree.Node | undefined,
  path: string | undefined,
  calls: readonly CallLike[],
  file: SourceFile,
  evaluator: Evaluator,
): TSESTree.Node[] {
  return calls.flatMap((call) => {
    const { callee } = call;
    if (callee.type !== "MemberExpression" || !isSameRouter(callee.object, router)) return [];
    const method = keyOf(callee.property, callee.computed);
    const [first, ...others] = call.arguments;
    if (method === "addHook") return others.slice(0, 1);
    if (method !== "use" || !first) return [];
    const prefix = pathAt(first, file, evaluator);
    const isPrefix = prefix === undefined || path === undefined || path.startsWith(prefix.replace(/\/?\*$/u, ""));
    const given = prefix === undefined ? call.arguments : others;
    return isPrefix
      ? given.flatMap((argument) => (argument.type === "ArrayExpression" ? argument.elements.filter((e) => e !== null) : [argument]))
      : [];
  });
}

function isSameRouter(object: TSESTree.Node, router: TSESTree.Node | undefined): boolean {
  return router === undefined || namesOf(object).join(".") === namesOf(router).join(".");
}

/** The hooks of plugins that fastify-plugin takes out of their own scope: `app.register(fp(async (fastify) => fastify.addHook(…)))`. */
export function pluginHooks(
  router: TSESTree.Node | undefined,
  holds: Holding,
  calls: readonly CallLike[],
  file: SourceFile,
  evaluator: Evaluator,
): Before[] {
  return calls.flatMap(({ callee, arguments: [plugin] }) => {
    if (callee.type !== "MemberExpression" || keyOf(callee.property, callee.computed) !== "register" || !plugin) return [];
    if (!isSameRouter(callee.object, router)) return [];
    const made = exposedPlugin(evaluator.evaluate(plugin, file), evaluator);
    if (!made) return [];
    const within = made.origin.file;
    const [instance] = made.node.params;
    const hooks = instance ? usedOn(instance, undefined, nodesWithin(within.calls, made.node), within, evaluator) : [];
    return [runBefore(hooks, holds, within, evaluator)];
  });
}

function exposedPlugin(value: Value, evaluator: Evaluator): FunctionValue | undefined {
  if (value.kind !== "result" || value.callee.module !== "fastify-plugin") return undefined;
  const { file, node } = value.origin;
  const [plugin] = node.type === "CallExpression" ? node.arguments : [];
  return plugin && functionAt(plugin, file, evaluator);
}

export interface Mount {
  readonly path: string;
  /** What runs before everything the router answers. */
  readonly before: readonly TSESTree.Node[];
}

/** Where this file mounts the router, if it does: `app.use("/webhooks", verify, router)`. */
export function mountOf(router: TSESTree.Node, calls: readonly TSESTree.CallExpression[], file: SourceFile, evaluator: Evaluator): Mount {
  const name = namesOf(router).join(".");
  for (const { callee, arguments: given } of calls) {
    if (callee.type !== "MemberExpression" || !/^(?:use|route|register)$/u.test(keyOf(callee.property, callee.computed) ?? "")) continue;
    const at = given.findIndex((argument) => argument.type === "Identifier" && argument.name === name);
    if (at === -1) continue;
    const path = (given[0] && pathAt(given[0], file, evaluator)) ?? "";
    return {
      path,
      before: [
        ...given.slice(0, at),
        ...usedOn(callee.object, path, calls, file, evaluator).filter((node) => namesOf(node).join(".") !== name),
      ],
    };
  }
  return { path: "", before: [] };
}

/** A path as far as it is known, `*` for the rest. */
export function pathAt(node: TSESTree.Node, file: SourceFile, evaluator: Evaluator): string | undefined {
  const value = evaluator.evaluate(node, file);
  if (value.kind === "text") return value.parts.map((part) => part ?? "*").join("");
  const path = value.kind === "primitive" && typeof value.value === "string" ? value.value : undefined;
  // An absolute URL is a mock of someone else's server.
  return path !== undefined && (path === "" || path.startsWith("/") || path.startsWith("*")) ? path : undefined;
}

/** Parsers, logs, limits and wrappers that only catch errors; of others it is not known what they check. */
function isHarmlessMiddleware(names: readonly string[], node: TSESTree.Node, file: SourceFile): boolean {
  const name = requiredFile(node) ?? names.join(".");
  if (isSenderCheck(name)) return false;
  if (node.type === "Literal") return true;
  const definition = node.type === "Identifier" ? file.variableOf(node)?.defs[0] : undefined;
  const made = definition?.node.type === "VariableDeclarator" ? definition.node.init : undefined;
  if (made && made.type !== "Identifier" && isHarmlessMiddleware(namesOf(made), made, file)) return true;
  return (
    /^(?:express|bodyParser|bodyparser|body_parser|parser)\.(?:json|raw|text|urlencoded)$|^(?:json|raw|text|urlencoded|cors|helmet|morgan|compression|multer|upload|cookieParser|logger|bodyParser|favicon|hpp|next|static|serveStatic)\b|^express\.static$/u.test(
      name,
    ) ||
    wordsIn(name).some((word) =>
      /^(?:router|routers|routes|async|catch|wrap|wrapper|try|rate|limit|limiter|ratelimit|throttle|log|logger|logging|parser|parse|body|timeout|cors|helmet|upload|trace|tracing|metrics|raw|json|compress|compression|static|swagger|errors?|locale|i18n|cache|session|sessions|passport|flash|cookies?|favicon|sentry|override|initialize)$/u.test(
        word,
      ),
    )
  );
}

/** `cart-routes` of `require("./api/cart-routes")` */
function requiredFile(node: TSESTree.Node): string | undefined {
  if (node.type !== "CallExpression" || namesOf(node.callee).join(".") !== "require") return undefined;
  const [source] = node.arguments;
  return source?.type === "Literal" && typeof source.value === "string" ? source.value.split("/").at(-1) : undefined;
}
