import type { TSESTree } from "@typescript-eslint/utils";

import type { Evaluator } from "../calls/evaluate.ts";
import { importedSpecifiers } from "../calls/glances.ts";
import type { ReadProgram } from "../calls/read-program.ts";
import type { CallLike, SourceFile } from "../calls/source-file.ts";
import { originOf, propertyOf, type Value } from "../calls/value.ts";
import { namesOf } from "../webhooks/names.ts";
import { isOptedInto } from "./conditions.ts";
import { propertyNamed } from "./syntax.ts";

/** Why a browser may be led to a plain HTTP connection. */
export type MissingHsts =
  | { readonly kind: "off"; readonly node: TSESTree.Property }
  | { readonly kind: "short"; readonly node: TSESTree.Node; readonly seconds: number }
  | { readonly kind: "never set"; readonly node: CallLike; readonly app: TSESTree.VariableDeclaration | undefined };

/** 180 days, what Mozilla's Observatory asks for; helmet's own default is a year (helmet@8.3.0 index.mjs: DEFAULT_MAX_AGE). */
export const minimumSeconds = 15_552_000;
export const yearSeconds = 31_536_000;

/** What of the file's servers and of helmet's configuration leaves HSTS out. */
export function missingHsts(program: ReadProgram): MissingHsts[] {
  const { file, evaluator } = program;
  return file.calls.flatMap((node) => ofHelmet(node, file, evaluator) ?? ofServer(node, program) ?? []);
}

/** `helmet({ hsts: false })`, `helmet.hsts({ maxAge })`, `app.register(fastifyHelmet, { … })` */
function ofHelmet(node: CallLike, file: SourceFile, evaluator: Evaluator): MissingHsts | undefined {
  const options = helmetOptions(node, file, evaluator);
  if (options?.value.kind !== "object" || options.value.origin.file !== file || isOptedInto(node, file.text)) return undefined;
  if (options.of === "hsts") return tooShort(options.value);
  const { node: object } = options.value.origin;
  for (const name of ["strictTransportSecurity", "hsts"]) {
    const value = propertyOf(options.value, name);
    const property = object.type === "ObjectExpression" ? propertyNamed(object, name) : undefined;
    if (property && value.kind === "primitive" && value.value === false && property.value.type === "Literal")
      return { kind: "off", node: property };
    if (value.kind === "object") return tooShort(value);
  }
  return undefined;
}

function tooShort(options: Value): MissingHsts | undefined {
  const maxAge = propertyOf(options, "maxAge");
  if (maxAge.kind !== "primitive" || typeof maxAge.value !== "number" || maxAge.value >= minimumSeconds) return undefined;
  return { kind: "short", node: maxAge.origin.node, seconds: maxAge.value };
}

function helmetOptions(node: CallLike, file: SourceFile, evaluator: Evaluator): { of: "helmet" | "hsts"; value: Value } | undefined {
  const names = namesOf(node.callee);
  const [first, second] = node.arguments;
  if (names.at(-1) === "register" && first && second) {
    const plugin = evaluator.evaluate(first, file);
    return plugin.kind === "reference" && /^(?:@fastify\/helmet|fastify-helmet)$/u.test(plugin.module)
      ? { of: "helmet", value: evaluator.evaluate(second, file) }
      : undefined;
  }
  if (!first || !/helmet|hsts|strictTransportSecurity/iu.test(names.join("."))) return undefined;
  const callee = evaluator.evaluate(node.callee, file);
  if (callee.kind !== "reference") return undefined;
  const called = [callee.module, ...callee.path].join(".");
  if (/^(?:helmet|koa-helmet)(?:\.helmet)?$/u.test(called)) return { of: "helmet", value: evaluator.evaluate(first, file) };
  return /^(?:(?:helmet|koa-helmet)\.(?:hsts|strictTransportSecurity)|hsts)$/u.test(called)
    ? { of: "hsts", value: evaluator.evaluate(first, file) }
    : undefined;
}

/** `https.createServer(tls, app)` whose app, as far as it can be read, sets no such header. */
function ofServer(node: CallLike, { file, evaluator, modules }: ReadProgram): MissingHsts | undefined {
  const name = namesOf(node.callee).at(-1) ?? "";
  if (!/^create(?:Secure)?Server$/u.test(name) || node.arguments.length < 2 || isOptedInto(node, file.text)) return undefined;
  const callee = evaluator.evaluate(node.callee, file);
  if (callee.kind !== "reference") return undefined;
  const called = [callee.module.replace(/^node:/u, ""), ...callee.path].join(".");
  if (!/^(?:https\.createServer|http2\.createSecureServer|spdy\.createServer)$/u.test(called)) return undefined;
  const handler = evaluator.evaluate(node.arguments.at(-1)!, file);
  const origin = originOf(handler);
  if (!origin || !(handler.kind === "function" || (handler.kind === "result" && handler.callee.module === "express"))) return undefined;
  const files = [file, origin.file];
  const nearby = files.flatMap(({ path, text }) => importedSpecifiers(text).flatMap((specifier) => modules.resolve(specifier, path) ?? []));
  const texts = [...files, ...nearby.flatMap((path) => modules.load(path) ?? [])].map(({ text }) => text);
  if (texts.some((text) => /strict-transport-security|helmet|\bhsts\b|lusca/iu.test(text))) return undefined;
  return { kind: "never set", node, app: origin.file === file ? declarationOf(origin.node) : undefined };
}

/** `const app = express()` */
function declarationOf(node: TSESTree.Node): TSESTree.VariableDeclaration | undefined {
  if (node.type !== "CallExpression" || namesOf(node.callee).join(".") !== "express" || node.parent.type !== "VariableDeclarator")
    return undefined;
  return node.parent.id.type === "Identifier" ? node.parent.parent : undefined;
}
