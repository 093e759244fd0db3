import type { TSESTree } from "@typescript-eslint/utils";

import type { Evaluator } from "../../calls/evaluate.ts";
import type { CallLike, SourceFile } from "../../calls/source-file.ts";
import type { FunctionValue } from "../../calls/value.ts";
import { isSenderCheck } from "../call-names.ts";
import { keyOf, namesOf, wordsIn } from "../names.ts";
import type { Holding, Receiver } from "../request-flow.ts";
import { functionAt } from "../resolve-function.ts";
import type { Route } from "../route.ts";

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

function propertyNamed(object: TSESTree.ObjectExpression, name: string): TSESTree.Node | undefined {
  for (const property of object.properties)
    if (property.type === "Property" && keyOf(property.key, property.computed) === name) return property.value;
  return undefined;
}

function pathAt(node: TSESTree.Node, file: SourceFile, evaluator: Evaluator): string | undefined {
  const value = evaluator.evaluate(node, file);
  if (value.kind === "text") return value.parts.map((part) => part ?? "*").join("");
  const path = value.kind === "primitive" && typeof value.value === "string" ? value.value : undefined;
  // An absolute URL is a mock of someone else's server.
  return path !== undefined && (path === "" || path.startsWith("/") || path.startsWith("*")) ? path : undefined;
}

function routeOf(registration: Registration, calls: readonly TSESTree.CallExpression[], file: SourceFile, evaluator: Evaluator): Route[] {
  const { handlers, router, method, at, options } = registration;
  const last = unwrapped(handlers.at(-1)!, file, evaluator);
  if (!last || last.handler.node.params.length === 0) return [];
  const framework = frameworkOf(router, last.handler, file, evaluator);
  const mount = mountOf(router, calls, file, evaluator);
  const used = usedOn(router, registration.path, calls, file, evaluator);
  const before = [...handlers.slice(0, -1), ...last.wrappers, ...hooksIn(options), ...used, ...mount.before];
  const holds = holdingOf(framework, last.handler);
  const receivers: Receiver[] = [{ function: last.handler, parameters: new Map([[0, holds]]) }];
  let isGuarded = hidesOptions(options);
  for (const node of before) {
    const middleware = functionAt(node, file, evaluator) ?? unwrapped(node, file, evaluator)?.handler;
    if (middleware) receivers.push({ function: middleware, parameters: new Map([[0, holds]]) });
    if (!middleware || isSenderCheck(namesOf(node).join("."))) isGuarded ||= !isHarmlessMiddleware(namesOf(node), node, file);
  }
  return [{ framework, method, path: mount.path + registration.path, at, handler: last.handler, receivers, isGuarded }];
}

/** The handler in `asyncHandler(async (req, res) => …)`, and what it is wrapped in. */
function unwrapped(
  node: TSESTree.Node,
  file: SourceFile,
  evaluator: Evaluator,
): { handler: FunctionValue; wrappers: readonly TSESTree.Node[] } | undefined {
  const own = functionAt(node, file, evaluator);
  if (own) return { handler: own, wrappers: [] };
  if (node.type !== "CallExpression") return undefined;
  for (const argument of node.arguments) {
    const inner = unwrapped(argument, file, evaluator);
    if (inner) return { handler: inner.handler, wrappers: [node.callee, ...inner.wrappers] };
  }
  return undefined;
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

/** What `router.use(…)` and `fastify.addHook(…)` of this file put before the route. */
function usedOn(router: TSESTree.Node, path: string, calls: readonly CallLike[], file: SourceFile, evaluator: Evaluator): TSESTree.Node[] {
  const name = namesOf(router).join(".");
  return calls.flatMap((call) => {
    const { callee } = call;
    if (callee.type !== "MemberExpression" || namesOf(callee.object).join(".") !== name) return [];
    const method = keyOf(callee.property, callee.computed);
    const [first, ...others] = call.arguments;
    if (method === "addHook") return others.slice(0, 1);
    if (method !== "use" || !first) return [];
    const prefix = pathAt(first, file, evaluator);
    const isPrefix = prefix === undefined || path.startsWith(prefix.replace(/\/?\*$/u, ""));
    const given = prefix === undefined ? call.arguments : others;
    return isPrefix
      ? given.flatMap((argument) => (argument.type === "ArrayExpression" ? argument.elements.filter((e) => e !== null) : [argument]))
      : [];
  });
}

interface Mount {
  readonly path: string;
  /** What runs before everything the router answers. */
  readonly before: readonly TSESTree.Node[];
}

/** Where this file mounts the router, if it does: `app.use("/webhooks", verify, router)`. */
function mountOf(router: TSESTree.Node, calls: readonly TSESTree.CallExpression[], file: SourceFile, evaluator: Evaluator): Mount {
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

/** Parsers, logs, limits and wrappers that only catch errors; of others it is not known what they check. */
function isHarmlessMiddleware(names: readonly string[], node: TSESTree.Node, file: SourceFile): boolean {
  const name = names.join(".");
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
      /^(?:router|routers|routes|async|catch|wrap|wrapper|try|rate|limit|limiter|ratelimit|throttle|log|logger|logging|parser|parse|body|timeout|cors|helmet|upload|trace|tracing|metrics|raw|json|compress|compression|static|swagger|errors?|locale|i18n|cache)$/u.test(
        word,
      ),
    )
  );
}
