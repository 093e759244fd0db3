import type { TSESTree } from "@typescript-eslint/utils";

import type { Evaluator } from "../../calls/evaluate.ts";
import type { Modules } from "../../calls/modules.ts";
import type { SourceFile } from "../../calls/source-file.ts";
import type { FunctionValue } from "../../calls/value.ts";
import { keyOf, namesOf } from "../names.ts";
import type { Holding, Receiver } from "../request-flow.ts";
import type { Route } from "../route.ts";
import { beforeAutoloaded } from "./autoloaded.ts";
import { mountOf, pathAt, pluginHooks, runBefore, unwrapped, usedOn } from "./middleware.ts";
import { beforeMounts } from "./mounted-elsewhere.ts";

/** Routes of Express, Fastify, Hono, koa and everything that registers a handler the same way: `app.post(path, …, handler)`. */
export function routerCalls(file: SourceFile, evaluator: Evaluator): readonly Route[] {
  const calls = file.calls.filter((call): call is TSESTree.CallExpression => call.type === "CallExpression");
  return calls.flatMap((call) => {
    const registration = registrationAt(call, file, evaluator);
    return registration ? routeOf(registration, calls, file, evaluator) : [];
  });
}

interface Registration {
  readonly router: TSESTree.Node;
  readonly method: string;
  readonly path: string;
  readonly at: TSESTree.Node;
  readonly handlers: readonly TSESTree.Node[];
  /** Fastify's options object. */
  readonly options: TSESTree.ObjectExpression | undefined;
}

function registrationAt(call: TSESTree.CallExpression, file: SourceFile, evaluator: Evaluator): Registration | undefined {
  const { callee } = call;
  if (callee.type !== "MemberExpression") return undefined;
  const method = keyOf(callee.property, callee.computed);
  if (method === "route" && call.arguments[0]?.type === "ObjectExpression")
    return fastifyRoute(callee.object, call.arguments[0], file, evaluator);
  if (method === "openapi") return openApiRoute(callee.object, call.arguments, file, evaluator);
  if (method === undefined || !/^(?:post|all|any|use)$/u.test(method)) return undefined;
  const [first, ...others] = call.arguments;
  const chained = chainedRoute(callee.object);
  const pathNode = chained ?? first;
  const path = pathNode && pathAt(pathNode, file, evaluator);
  if (path === undefined || pathNode === undefined) return undefined;
  const rest = (chained ? call.arguments : others).flatMap((argument) =>
    argument.type === "ArrayExpression" ? argument.elements : [argument],
  );
  const given = rest.filter((argument): argument is TSESTree.Expression => argument !== null && argument.type !== "SpreadElement");
  const handlers = given.filter(({ type }) => type !== "ObjectExpression");
  if (handlers.length === 0 || (method === "use" && !isInlineHandler(handlers.at(-1)!))) return undefined;
  return {
    router: chained ? routerBelow(callee.object) : callee.object,
    method: method === "post" ? "POST" : "any",
    path,
    at: pathNode,
    handlers,
    options: given.find((argument) => argument.type === "ObjectExpression"),
  };
}

/** Of what `use` is given, only a function without `next` answers by itself. */
function isInlineHandler(node: TSESTree.Node): boolean {
  return (node.type === "ArrowFunctionExpression" || node.type === "FunctionExpression") && node.params.length < 3;
}

/** `app.route("/webhook").post(handler)` */
function chainedRoute(object: TSESTree.Node): TSESTree.Node | undefined {
  if (object.type !== "CallExpression" || object.callee.type !== "MemberExpression") return undefined;
  if (keyOf(object.callee.property, object.callee.computed) === "route" && object.arguments.length === 1) return object.arguments[0];
  const isVerb = /^(?:get|post|put|patch|delete|all)$/u.test(keyOf(object.callee.property, object.callee.computed) ?? "");
  return isVerb ? chainedRoute(object.callee.object) : undefined;
}

function routerBelow(object: TSESTree.Node): TSESTree.Node {
  return object.type === "CallExpression" && object.callee.type === "MemberExpression" ? routerBelow(object.callee.object) : object;
}

/** `fastify.route({ method: "POST", url: "/webhook", handler })` */
function fastifyRoute(
  router: TSESTree.Node,
  options: TSESTree.ObjectExpression,
  file: SourceFile,
  evaluator: Evaluator,
): Registration | undefined {
  const url = propertyNamed(options, "url") ?? propertyNamed(options, "path");
  const method = propertyNamed(options, "method");
  const handler = propertyNamed(options, "handler");
  const path = url && pathAt(url, file, evaluator);
  if (!url || path === undefined || !handler || (method && !/POST/u.test(file.text.slice(...method.range)))) return undefined;
  return { router, method: "POST", path, at: url, handlers: [handler], options };
}

/** `app.openapi(createRoute({ method: "post", path: "/webhook" }), handler)` of @hono/zod-openapi. */
function openApiRoute(
  router: TSESTree.Node,
  [description, handler]: readonly TSESTree.CallExpressionArgument[],
  file: SourceFile,
  evaluator: Evaluator,
): Registration | undefined {
  const route = description && evaluator.evaluate(description, file);
  if (route?.kind !== "result" || route.callee.path.join(".") !== "createRoute" || !handler) return undefined;
  const { file: described, node } = route.origin;
  const [options] = node.type === "CallExpression" ? node.arguments : [];
  if (options?.type !== "ObjectExpression") return undefined;
  const url = propertyNamed(options, "path");
  const method = propertyNamed(options, "method");
  const path = url && pathAt(url, described, evaluator);
  if (path === undefined || method?.type !== "Literal" || method.value !== "post") return undefined;
  const middleware = propertyNamed(options, "middleware");
  const before =
    middleware?.type === "ArrayExpression" ? middleware.elements.filter((one) => one !== null) : middleware ? [middleware] : [];
  return { router, method: "POST", path, at: described === file ? url! : description!, handlers: [...before, handler], options: undefined };
}

function propertyNamed(object: TSESTree.ObjectExpression, name: string): TSESTree.Node | undefined {
  for (const property of object.properties)
    if (property.type === "Property" && keyOf(property.key, property.computed) === name) return property.value;
  return undefined;
}

function routeOf(registration: Registration, calls: readonly TSESTree.CallExpression[], file: SourceFile, evaluator: Evaluator): Route[] {
  const { handlers, router, method, at, options } = registration;
  const last = unwrapped(handlers.at(-1)!, file, evaluator);
  if (!last || last.handler.node.params.length === 0) return [];
  const framework = frameworkOf(router, last.handler, file, evaluator);
  const mount = mountOf(router, calls, file, evaluator);
  const used = usedOn(router, registration.path, calls, file, evaluator);
  const holds = holdingOf(framework, last.handler);
  const nodes = [...handlers.slice(0, -1), ...last.wrappers, ...hooksIn(options), ...used, ...mount.before];
  const before = runBefore(nodes, holds, file, evaluator);
  const all = [before, ...pluginHooks(router, holds, calls, file, evaluator)];
  const around = last.around.map((one) => ({ ...one, parameters: new Map([[0, holds]]) }));
  const receivers: Receiver[] = [
    { function: last.handler, parameters: new Map([[0, holds]]) },
    ...around,
    ...all.flatMap((one) => one.receivers),
  ];
  const isGuarded = all.some((one) => one.isGuarded) || hidesOptions(options);
  const path = mount.path + registration.path;
  const beforeElsewhere = (modules: Modules) => [
    ...beforeMounts({ file, path, holds }, evaluator, modules),
    ...(framework === "Fastify" ? beforeAutoloaded(file, evaluator, modules) : []),
  ];
  return [{ framework, method, path, at, handler: last.handler, receivers, isGuarded, beforeElsewhere }];
}

/** `{ preHandler: [verify], onRequest: authenticate }` */
function hooksIn(options: TSESTree.ObjectExpression | undefined): TSESTree.Node[] {
  return ["onRequest", "preParsing", "preValidation", "preHandler", "beforeHandler", "middleware"].flatMap((name): TSESTree.Node[] => {
    const value = options && propertyNamed(options, name);
    if (!value) return [];
    return value.type === "ArrayExpression" ? value.elements.filter((element) => element !== null) : [value];
  });
}

function hidesOptions(options: TSESTree.ObjectExpression | undefined): boolean {
  return options?.properties.some(({ type }) => type === "SpreadElement") === true;
}

const frameworks: readonly { readonly module: RegExp; readonly name: string }[] = [
  { module: /^express(?:-promise-router)?$/u, name: "Express" },
  { module: /^fastify$/u, name: "Fastify" },
  { module: /^(?:hono|@hono\/.+)$/u, name: "Hono" },
  { module: /^(?:koa|@koa\/router|koa-router)$/u, name: "koa" },
];

/** By what the router was made from, else by its name, by what the file imports, else by the handler's parameters. */
function frameworkOf(router: TSESTree.Node, { node }: FunctionValue, file: SourceFile, evaluator: Evaluator): string {
  const value = evaluator.evaluate(router, file);
  const module = value.kind === "result" ? value.callee.module : value.kind === "reference" ? value.module : undefined;
  const known = frameworks.find((framework) => module !== undefined && framework.module.test(module));
  if (known) return known.name;
  const root = namesOf(router)[0]?.toLowerCase();
  const named = frameworks.find(({ name }) => name.toLowerCase() === root);
  if (named) return named.name;
  const imported = frameworks.filter(({ name }) => new RegExp(`["']@?${name.toLowerCase()}(?:["'/]|-router["'])`, "u").test(file.text));
  if (imported.length === 1) return imported[0]!.name;
  const [first] = node.params;
  return first?.type === "Identifier" && first.name === "ctx"
    ? "koa"
    : first?.type === "Identifier" && first.name === "c"
      ? "Hono"
      : "Express";
}

function holdingOf(framework: string, { node }: FunctionValue): Holding {
  const [first] = node.params;
  const isContext = first?.type === "Identifier" && /^(?:c|ctx|context)$/u.test(first.name);
  return framework === "Hono" || framework === "koa" || isContext ? "context" : "request";
}
