import type { TSESTree } from "@typescript-eslint/utils";

import type { Evaluator } from "../../calls/evaluate.ts";
import type { ReadProgram } from "../../calls/read-program.ts";
import { type CallLike, isFunction, type SourceFile } from "../../calls/source-file.ts";
import { propertyOf, type Value } from "../../calls/value.ts";
import { namesOf } from "../../webhooks/names.ts";
import { isOptedInto } from "../conditions.ts";
import { nameOfKey, propertyNamed, returnsOf, unwrapped } from "../syntax.ts";

/** Which pages' scripts may send the user's cookies and read the answer. */
export interface OpenOrigins {
  /** Where it is reported: the option, or the call that takes the library's default. */
  readonly node: TSESTree.Node;
  readonly opens: "any origin, by echoing it" | "the wildcard";
  /** The setting in words: `origin: true`. */
  readonly says: string;
  readonly origin: TSESTree.Property | undefined;
  readonly credentials: TSESTree.Property | undefined;
  readonly library: CorsLibrary;
}

/**
 * What a library makes of `origin: "*"` and of no origin at all when credentials are on. cors@2.8.6 lib/index.js (configureOrigin); @fastify/cors@11.4.3 index.js
 * (getAccessControlAllowOriginHeader); hono@4.13.19 middleware/cors; @koa/cors@5.0.0 index.js:75 echoes the origin for both.
 */
interface CorsLibrary {
  readonly name: string;
  readonly wildcard: "sent" | "echoed";
  readonly takesList: boolean;
}

const expressCors: CorsLibrary = { name: "cors", wildcard: "sent", takesList: true };
const libraries: ReadonlyMap<string, CorsLibrary> = new Map([
  ["cors", expressCors],
  ["hono/cors", { name: "hono/cors", wildcard: "sent", takesList: true }],
  ["@fastify/cors", { name: "@fastify/cors", wildcard: "sent", takesList: true }],
  ["fastify-cors", { name: "fastify-cors", wildcard: "sent", takesList: true }],
  ["@koa/cors", { name: "@koa/cors", wildcard: "echoed", takesList: false }],
]);

/** Every place of the file where a CORS library is told to let any origin use credentials. */
export function openOrigins(file: SourceFile, evaluator: Evaluator): OpenOrigins[] {
  return file.calls.flatMap((node) => {
    const told = optionsOf(node, file, evaluator);
    if (!told || isOptedInto(node, file.text)) return [];
    const found = judged(told, node, { file, evaluator });
    return found ? [found] : [];
  });
}

/** `cors: { origin: true, credentials: true }` in the settings of a framework, which knows its own default. */
export function openOriginsOfSetting(node: TSESTree.ObjectExpression, program: () => ReadProgram | undefined): OpenOrigins | undefined {
  const { parent } = node;
  if (parent.type !== "Property" || nameOfKey(parent.key, parent.computed) !== "cors" || !propertyNamed(node, "origin")) return undefined;
  if (parent.parent.type === "ObjectExpression" && asksItself(parent.parent)) return undefined;
  const read = program();
  return read && !isOptedInto(node, read.text) ? judged({ library: expressCors, options: node }, node, read) : undefined;
}

interface Told {
  readonly library: CorsLibrary;
  readonly options: TSESTree.Node | undefined;
}

function optionsOf(node: CallLike, file: SourceFile, evaluator: Evaluator): Told | undefined {
  const name = namesOf(node.callee).at(-1) ?? "";
  const [first, second] = node.arguments;
  if (name === "enableCors") return { library: expressCors, options: first };
  if (name === "WebSocketGateway") return withCors(node.arguments.at(-1));
  if (name === "create" && second && namesOf(node.callee)[0] === "NestFactory") return withCors(second);
  if (name === "register" && first) {
    const plugin = evaluator.evaluate(first, file);
    const library = plugin.kind === "reference" ? libraries.get(plugin.module) : undefined;
    return library && { library, options: second };
  }
  if (!/cors|server|io$/iu.test(name)) return undefined;
  const callee = evaluator.evaluate(node.callee, file);
  if (callee.kind !== "reference") return undefined;
  if (callee.module === "socket.io") return withCors(node.arguments.at(-1));
  const library = libraries.get(callee.module);
  return library && { library, options: first };
}

/** The property `cors` of an options object. */
function withCors(options: TSESTree.Node | undefined): Told | undefined {
  const object = options && unwrapped(options);
  const cors = object?.type === "ObjectExpression" && !asksItself(object) ? propertyNamed(object, "cors") : undefined;
  return cors && { library: expressCors, options: cors.value };
}

/** `allowRequest` of Socket.IO decides before any connection is made, whatever `cors` says. */
function asksItself(options: TSESTree.ObjectExpression): boolean {
  return propertyNamed(options, "allowRequest") !== undefined;
}

interface Reading {
  readonly file: SourceFile;
  readonly evaluator: Evaluator;
}

function judged({ library, options }: Told, node: TSESTree.Node, reading: Reading): OpenOrigins | undefined {
  if (!options) return undefined;
  const value = reading.evaluator.evaluate(options, reading.file);
  if (value.kind !== "object" || value.origin.file !== reading.file) return undefined;
  const credentials = propertyOf(value, "credentials");
  if (credentials.kind !== "primitive" || credentials.value !== true) return undefined;
  const object = value.origin.node.type === "ObjectExpression" ? value.origin.node : undefined;
  const property = object && propertyNamed(object, "origin");
  const opening = openingOf(propertyOf(value, "origin"), property, library);
  if (!opening || (property && isOptedInto(property, reading.file.text))) return undefined;
  const switchedOn = object && propertyNamed(object, "credentials");
  return { ...opening, node: property ?? switchedOn ?? node, origin: property, credentials: switchedOn, library };
}

function openingOf(
  origin: Value,
  property: TSESTree.Property | undefined,
  library: CorsLibrary,
): Pick<OpenOrigins, "opens" | "says"> | undefined {
  const wildcard = library.wildcard === "echoed" ? "any origin, by echoing it" : "the wildcard";
  if (origin.kind === "absent") return { opens: wildcard, says: `no origin (${library.name} default: "*")` };
  if (property && isAnyPattern(property.value))
    return { opens: "any origin, by echoing it", says: "origin: a pattern that any origin fits" };
  if (origin.kind === "function")
    return acceptsAll(origin.node) ? { opens: "any origin, by echoing it", says: "origin: a function that accepts any" } : undefined;
  // `process.env.ORIGIN ?? "*"` is whatever the environment says.
  if (origin.kind !== "primitive" || origin.origin.node.type !== "Literal" || origin.origin.node.parent.type === "LogicalExpression")
    return undefined;
  if (origin.value === "*") return { opens: wildcard, says: `origin: "*"` };
  return origin.value === true ? { opens: "any origin, by echoing it", says: "origin: true" } : undefined;
}

// Patterns like .* and .+ with or without anchors.
function isAnyPattern(node: TSESTree.Node): boolean {
  const inner = unwrapped(node);
  if (inner.type === "ArrayExpression") return inner.elements.some((element) => element !== null && isAnyPattern(element));
  return inner.type === "Literal" && inner.value instanceof RegExp && /^\^?(?:\.[*+])?\$?$/u.test(inner.value.source);
}

/** `(origin, callback) => callback(null, true)`, `(origin) => origin`, `(ctx) => ctx.get("Origin")`: nothing is decided in it. */
function acceptsAll(node: TSESTree.FunctionLike): boolean {
  if (!isFunction(node)) return false;
  const [origin, callback] = node.params;
  const given = callback?.type === "Identifier" ? callback.name : undefined;
  const result = onlyResult(node);
  if (!result) return false;
  if (given !== undefined && result.type === "CallExpression" && namesOf(result.callee).join(".") === given) {
    const [, allowed] = result.arguments;
    return (allowed?.type === "Literal" && (allowed.value === true || allowed.value === "*")) || isSame(allowed, origin);
  }
  return isSame(result, origin) || (result.type !== "CallExpression" ? isOriginHeader(result) : isOriginHeader(result));
}

/** What a function without decisions does last. */
function onlyResult(
  node: TSESTree.FunctionDeclaration | TSESTree.FunctionExpression | TSESTree.ArrowFunctionExpression,
): TSESTree.Node | undefined {
  if (node.body.type !== "BlockStatement") return unwrapped(node.body);
  const [only, ...others] = node.body.body.filter(({ type }) => type !== "ReturnStatement" || returnsOf(node).length > 0);
  if (!only || others.length > 0) return undefined;
  if (only.type === "ExpressionStatement") return unwrapped(only.expression);
  return only.type === "ReturnStatement" && only.argument ? unwrapped(only.argument) : undefined;
}

function isSame(node: TSESTree.Node | undefined, parameter: TSESTree.Parameter | undefined): boolean {
  if (node?.type === "LogicalExpression") return isSame(node.left, parameter);
  return node?.type === "Identifier" && parameter?.type === "Identifier" && node.name === parameter.name;
}

/** `req.headers.origin`, `ctx.get("Origin")`, `request.headers.get("origin") ?? "*"` */
export function isOriginHeader(node: TSESTree.Node): boolean {
  const inner = unwrapped(node);
  if (inner.type === "LogicalExpression") return isOriginHeader(inner.left);
  if (inner.type === "TemplateLiteral") return inner.expressions.length === 1 && isOriginHeader(inner.expressions[0]!);
  const names = namesOf(inner);
  if (inner.type === "MemberExpression") return names.length > 2 && /^headers?$/u.test(names.at(-2)!) && /^origin$/iu.test(names.at(-1)!);
  const [argument] = inner.type === "CallExpression" ? inner.arguments : [];
  return /^(?:get|header)$/u.test(names.at(-1) ?? "") && argument?.type === "Literal" && /^origin$/iu.test(String(argument.value));
}
