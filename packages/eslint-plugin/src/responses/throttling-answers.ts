import type { TSESTree } from "@typescript-eslint/utils";

import { type CallLike, isFunction, nodesWithin, type SourceFile } from "../calls/source-file.ts";
import { isHealthCheck } from "./health-check.ts";

/** An answer of 429 or 503 that a handler of this file gives, without Retry-After. */
export interface ThrottlingAnswer {
  readonly node: TSESTree.Node;
  readonly status: number;
  /** Where and how the header is added. */
  readonly header: { readonly at: number; readonly code: (seconds: number) => string } | undefined;
}

/**
 * Handlers of Express, Fastify, Koa, Hono, Next and the Response of the web: what tells them is the object that answers, a parameter of the handler or
 * `new Response`. Silent where the handler speaks of Retry-After, where a limiter library calls it (that sets the header itself), and where it says how
 * healthy the program is.
 */
export function throttlingAnswers(file: SourceFile): ThrottlingAnswer[] {
  const answers = [
    ...file.calls.flatMap((node) => answerOf(node, file) ?? []),
    ...file.memberAssignments.flatMap((node) => assigned(node, file)),
  ];
  return answers.filter(({ node, status }) => {
    if (saysWhen(node, file)) return false;
    return status === 503 ? !endsByNoWait(node, file) : !isUsedUp(node, file);
  });
}

/** `ctx.status = 429`, `res.statusCode = 503` */
function assigned(node: TSESTree.AssignmentExpression, file: SourceFile): ThrottlingAnswer[] {
  const { left, right } = node;
  if (left.type !== "MemberExpression" || left.computed) return [];
  const responder = responderOf(left.object, file) ?? "";
  const isStatus =
    (isNamed(left.property, "status") && /^(?:c|ctx|context)$/u.test(responder)) ||
    (isNamed(left.property, "statusCode") && responders.test(responder));
  const status = isStatus ? statusOf(right) : undefined;
  return status === undefined ? [] : [{ node, status, header: undefined }];
}

/** `res`, a parameter, or `context.res`, a part of one. */
function responderOf(node: TSESTree.Node, file: SourceFile): string | undefined {
  if (node.type !== "MemberExpression" || node.computed || node.property.type !== "Identifier") return parameterNamed(node, file);
  return parameterNamed(node.object, file) === undefined ? undefined : node.property.name;
}

const responders = /^(?:res|resp|response|reply|rep)$/u;

function answerOf(node: CallLike, file: SourceFile): ThrottlingAnswer | undefined {
  const { callee, arguments: given } = node;
  if (isNestException(node, file))
    return statusOf(given[1]) === 429 && isOverLimit(node, file) ? { node, status: 429, header: undefined } : undefined;
  if (node.type === "NewExpression")
    return isNamed(callee, "Response") || isNamed(callee, "NextResponse") ? answerWith(node, given[1], file) : undefined;
  if (isAnswerFunction(callee, file)) return answerWith(node, given[1], file);
  if (callee.type !== "MemberExpression" || callee.computed || callee.property.type !== "Identifier") return undefined;
  const method = callee.property.name;
  if (method === "json" && (isNamed(callee.object, "Response") || isNamed(callee.object, "NextResponse")))
    return answerWith(node, given[1], file);
  const responder = parameterNamed(callee.object, file);
  if (responder === undefined) return undefined;
  if (/^(?:json|text|body|html)$/u.test(method) && /^(?:c|ctx|context)$/u.test(responder)) return answerIn(node, given[1], undefined);
  if (/^(?:status|code|sendStatus|writeHead)$/u.test(method) && responders.test(responder)) {
    const setter = method === "code" || isFastify(responder) ? "header" : "set";
    const isChained = method === "status" || method === "code";
    return answerIn(
      node,
      given[0],
      isChained ? { at: node.range[1], code: (seconds) => `.${setter}("Retry-After", "${seconds}")` } : undefined,
    );
  }
  return undefined;
}

/** `throw new HttpException("slow down", HttpStatus.TOO_MANY_REQUESTS)`: NestJS answers with it, and sets no header by itself. */
function isNestException({ type, callee, parent }: CallLike, { variableOf }: SourceFile): boolean {
  if (type !== "NewExpression" || parent.type !== "ThrowStatement" || callee.type !== "Identifier" || callee.name !== "HttpException")
    return false;
  const statement = variableOf(callee)?.defs[0]?.parent as TSESTree.Node | undefined;
  return statement?.type === "ImportDeclaration" && statement.source.value === "@nestjs/common";
}

/** Whether a limit is what was reached, and not a right that is missing: an exception says so where it is thrown. */
function isOverLimit(node: TSESTree.Node, { text }: SourceFile): boolean {
  let guard: TSESTree.Node | undefined = node;
  while (guard && guard.type !== "IfStatement" && !isFunction(guard)) guard = guard.parent;
  const asked = guard?.type === "IfStatement" ? text.slice(...guard.test.range) : "";
  return /limit|rate|exceed|quota|throttl|attempts|>/iu.test(asked);
}

/** `json(body, { status: 429 })` of Remix, React Router and SvelteKit: a Response by another name. A route with a page answers its own forms with it. */
function isAnswerFunction(callee: TSESTree.Node, { variableOf, path }: SourceFile): boolean {
  if (/\.[jt]sx$/u.test(path)) return false;
  const definition = callee.type === "Identifier" ? variableOf(callee)?.defs[0] : undefined;
  const imported = definition?.node as TSESTree.Node | undefined;
  const statement = definition?.parent as TSESTree.Node | undefined;
  if (imported?.type !== "ImportSpecifier" || statement?.type !== "ImportDeclaration") return false;
  return (
    /^(?:@remix-run\/[\w-]+|react-router(?:-dom)?|@sveltejs\/kit)$/u.test(statement.source.value) &&
    (isNamed(imported.imported, "json") || isNamed(imported.imported, "data"))
  );
}

/** `Response.json(body, { status: 429 })` */
function answerWith(node: CallLike, init: TSESTree.Node | undefined, file: SourceFile): ThrottlingAnswer | undefined {
  if (init?.type !== "ObjectExpression") return undefined;
  const property = (name: string) =>
    init.properties.find((candidate) => candidate.type === "Property" && !candidate.computed && isNamed(candidate.key, name));
  const status = property("status");
  if (status?.type !== "Property" || init.properties.some(({ type }) => type === "SpreadElement")) return undefined;
  const headers = property("headers");
  // Headers that come from somewhere else may hold it.
  if (headers?.type === "Property" && !isPlainObject(headers.value, file)) return undefined;
  const header = headers ? undefined : { at: status.range[1], code: (seconds: number) => `, headers: { "Retry-After": "${seconds}" }` };
  return answerIn(node, status.value, header);
}

function answerIn(node: CallLike, status: TSESTree.Node | undefined, header: ThrottlingAnswer["header"]): ThrottlingAnswer | undefined {
  const value = statusOf(status);
  return value === undefined ? undefined : { node, status: value, header };
}

/** `429`, `StatusCodes.TOO_MANY_REQUESTS`, `HttpStatus.SERVICE_UNAVAILABLE` */
function statusOf(node: TSESTree.Node | undefined): number | undefined {
  if (node?.type === "Literal") return node.value === 429 || node.value === 503 ? node.value : undefined;
  const name = node?.type === "MemberExpression" && node.property.type === "Identifier" ? node.property.name : "";
  if (/^(?:TOO_MANY_REQUESTS|TooManyRequests)$/u.test(name)) return 429;
  return /^(?:SERVICE_UNAVAILABLE|ServiceUnavailable)$/u.test(name) ? 503 : undefined;
}

/** The name of a parameter: `res` of `(req, res) => …`. */
function parameterNamed(node: TSESTree.Node, { variableOf }: SourceFile): string | undefined {
  if (node.type !== "Identifier") return undefined;
  return String(variableOf(node)?.defs[0]?.type) === "Parameter" ? node.name : undefined;
}

function isFastify(name: string): boolean {
  return name === "reply" || name === "rep";
}

/** Whether something else says when to come back, or nobody is meant to. */
function saysWhen(node: TSESTree.Node, file: SourceFile): boolean {
  const { path, text } = file;
  const handler = outermostFunction(node);
  const code = withoutBodies(handler ?? node, file);
  if (/retry[-_]?after|ratelimit-?reset|rate_?limit_?headers/iu.test(code)) return true;
  if (isHealthCheck(path) || (handler !== undefined && isHealthCheck(nameAround(handler, text)))) return true;
  return functionsAround(node).some((around) => isGivenToLimiter(around, file));
}

/**
 * The text of a handler but for the objects that its answers are made of: `{ error, retry_after: 60 }` tells whoever reads the body, and no client that heeds
 * the header.
 */
function withoutBodies(handler: TSESTree.Node, { calls, text }: SourceFile): string {
  let from = handler.range[0];
  let code = "";
  for (const { callee, arguments: given } of nodesWithin(calls, handler)) {
    const [body] = given;
    const isAnswer = callee.type === "MemberExpression" && (isNamed(callee.property, "json") || isNamed(callee.property, "send"));
    if (!isAnswer || body?.type !== "ObjectExpression" || body.range[0] < from) continue;
    code += text.slice(from, body.range[0]);
    from = body.range[1];
  }
  return code + text.slice(from, handler.range[1]);
}

/**
 * A 429 about what a plan includes, or about attempts at something that is gone then: a larger plan or a new code helps, and no wait that a client could be
 * told.
 */
function isUsedUp(node: TSESTree.Node, { text }: SourceFile): boolean {
  const answer = text.slice(...statementOf(node).range);
  const saysWhatHelps = /\bupgrade|\bnew code\b|(?:your|the|current|\}) plan\b|\bthis (?:month|period|billing)/iu;
  return saysWhatHelps.test(answer) && !/\b(?:again|later|tomorrow|wait|seconds|minutes)\b/iu.test(answer);
}

function statementOf(node: TSESTree.Node): TSESTree.Node {
  let statement = node;
  while (statement.parent && !/Statement$|^VariableDeclaration$|^ArrowFunction/u.test(statement.type)) statement = statement.parent;
  return statement;
}

/** A 503 of which no wait is told to change anything: `if (!apiKey) return res.status(503).json({ error: "not configured" })`. */
function endsByNoWait(node: TSESTree.Node, { text }: SourceFile): boolean {
  const statement = statementOf(node);
  const block = statement.parent?.type === "BlockStatement" ? statement.parent.parent : statement.parent;
  const guard = block?.type === "IfStatement" ? text.slice(...block.test.range) : "";
  const answer = text.slice(...statement.range);
  // A sentence that promises nothing ("Network error"), the code of what failed, or the error of something that was called.
  const saysWhat = /["'`][^"'`]*[a-z] [^"'`]*["'`]|["'](?:failed_\w+|\w+_failed)["']|:\s*\w+\.error\b/iu;
  const saysLater = /temporar|again|later|retry|shortly|busy|overload|capacity|maintenance|unavailable|limit|too many|shut|starting/iu;
  if (saysWhat.test(answer) && !saysLater.test(answer)) return true;
  return /config|enabled|disabled|missing|not set|set ?up|supported|\benv\b|api_?key|secret|credential/iu.test(guard + answer);
}

/** What the route or the function is called: the text between the handler and what holds it. */
function nameAround(handler: TSESTree.Node, text: string): string {
  let statement: TSESTree.Node = handler;
  while (statement.parent && statement.parent.type === "CallExpression") statement = statement.parent;
  const holder = statement.parent?.type === "Program" || !statement.parent ? statement : statement.parent;
  return text.slice(holder.range[0], Math.max(handler.range[0], Math.min(handler.range[0] + 80, text.indexOf("(", handler.range[0]))));
}

/**
 * `rateLimit({ handler: (req, res) => res.status(429)… })`, also through variables: express-rate-limit and express-limiter have set the header before
 * (express-limiter@1.6.1 index.js).
 */
function isGivenToLimiter(handler: TSESTree.Node, file: SourceFile): boolean {
  if (isInLimiterCall(handler)) return true;
  let holder: TSESTree.Node | undefined = handler.type === "FunctionDeclaration" ? handler : handler.parent;
  while (holder?.type === "Property" || holder?.type === "ObjectExpression") holder = holder.parent;
  const name = holder?.type === "FunctionDeclaration" || holder?.type === "VariableDeclarator" ? holder.id : undefined;
  const uses = name?.type === "Identifier" ? (file.variableOf(name)?.references ?? []) : [];
  return uses.some(({ identifier }) => isInLimiterCall(identifier as TSESTree.Node));
}

function isInLimiterCall(node: TSESTree.Node): boolean {
  let argument = node;
  for (let current = node.parent; current; argument = current, current = current.parent) {
    // rateLimit(5), a function of the file, is called and not given.
    if ((current.type !== "CallExpression" && current.type !== "NewExpression") || current.callee === argument) continue;
    // expressLimiter(client)(options)
    const made = current.callee.type === "CallExpression" ? current.callee.callee : current.callee;
    if (made.type === "Identifier" && /rate_?limit|limiter|slow_?down|throttle/iu.test(made.name)) return true;
  }
  return false;
}

function functionsAround(node: TSESTree.Node): TSESTree.Node[] {
  const found: TSESTree.Node[] = [];
  for (let current: TSESTree.Node | undefined = node; current; current = current.parent) if (isFunction(current)) found.push(current);
  return found;
}

function outermostFunction(node: TSESTree.Node): TSESTree.FunctionLike | undefined {
  let found: TSESTree.FunctionLike | undefined;
  for (let current: TSESTree.Node | undefined = node; current; current = current.parent) {
    if (isFunction(current)) found = current;
    // The handlers of one router are functions of their own, even inside a function that registers them all.
    if (found && current.parent?.type === "CallExpression" && current === found) break;
  }
  return found;
}

/** Written out here, also through constants: `{ ...(cors && corsHeaders), "Cache-Control": "no-store" }`. */
function isPlainObject(node: TSESTree.Node, file: SourceFile): boolean {
  switch (node.type) {
    case "ObjectExpression":
      return node.properties.every((property) =>
        property.type === "Property" ? !property.computed : isPlainObject(property.argument, file),
      );
    case "LogicalExpression":
      return node.operator === "&&" && isPlainObject(node.right, file);
    case "Identifier": {
      const variable = file.variableOf(node);
      const definition = variable?.defs[0]?.node as TSESTree.Node | undefined;
      const isOnlySpread = variable?.references.every(({ init, identifier }) => init || isPartOfObject(identifier as TSESTree.Node));
      return (
        definition?.type === "VariableDeclarator" && !!definition.init && isOnlySpread === true && isPlainObject(definition.init, file)
      );
    }
    default:
      return false;
  }
}

/** `...headers`, `headers: headers`: uses that change nothing of it. */
function isPartOfObject({ parent }: TSESTree.Node): boolean {
  return (
    parent?.type === "SpreadElement" || parent?.type === "Property" || (parent?.type === "LogicalExpression" && isPartOfObject(parent))
  );
}

function isNamed(node: TSESTree.Node, name: string): boolean {
  return node.type === "Identifier" && node.name === name;
}
