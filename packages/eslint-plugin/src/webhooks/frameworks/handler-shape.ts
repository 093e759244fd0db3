import type { TSESTree } from "@typescript-eslint/utils";

import type { ReadProgram } from "../../calls/read-program.ts";
import { nodesWithin, type SourceFile } from "../../calls/source-file.ts";
import { declareBefore } from "../../edits/declarations.ts";
import { type Edit, indentationAt, insertedAt } from "../../edits/edit.ts";
import { filesSaying } from "../importers.ts";
import { keyOf, namesOf } from "../names.ts";
import type { Route } from "../route.ts";

/** How a handler of a framework comes to the bytes it was sent, and how it refuses them; all of it code. */
export interface HandlerShape {
  /** Changes around the handler that keep the bytes: an option of the parser, a parameter. */
  readonly edits: readonly Edit[];
  /** Before the check: `const rawBody = await request.text();` */
  readonly statements: readonly string[];
  readonly rawBody: string;
  readonly runs: "at once" | "async";
  /** The statement that the check stands after; without it the check comes first. */
  readonly after?: TSESTree.Node;
  header(name: string): string;
  readonly reject: readonly string[];
  /** Once the check has passed. */
  readonly passed?: readonly string[];
  /** What the code above needs of another module. */
  readonly imports: readonly { readonly module: string; readonly names: readonly string[] }[];
  /** Edits for headers that were asked for. */
  headerEdits?(): readonly Edit[];
}

interface Handler {
  readonly route: Route;
  readonly node: TSESTree.FunctionLike;
  readonly file: SourceFile;
  readonly program: ReadProgram;
  readonly language: "TypeScript" | "JavaScript";
}

/** Undefined where the check could not be complete: the parser is registered elsewhere, the handler has another form than the usual. */
export function handlerShape(route: Route, program: ReadProgram): HandlerShape | undefined {
  const { file } = program;
  const { node, origin } = route.handler;
  if (origin.file !== file || /\brawBody\b/u.test(file.text.slice(...node.range)) || !node.body) return undefined;
  const language = /\.[cm]?tsx?$/u.test(file.path) ? "TypeScript" : "JavaScript";
  return shapes[route.framework]?.({ route, node, file, program, language });
}

const shapes: Readonly<Record<string, (handler: Handler) => HandlerShape | undefined>> = {
  Express: express,
  Fastify: fastify,
  NestJS: nest,
  "Next.js": (handler) => (handler.route.method === "POST" ? webRequest(handler) : nextPage(handler)),
  SvelteKit: webRequest,
  Astro: webRequest,
  "React Router": webRequest,
  Hono: hono,
  koa,
  "node:http": nodeHttp,
  "AWS Lambda": lambda,
};

/** json() drops the bytes unless its `verify` keeps them; the parser must be seen, before the route. */
function express(handler: Handler): HandlerShape | undefined {
  const { node, file, route, language } = handler;
  const request = nameOf(node.params[0]);
  const response = parameterOr("res", 1, handler);
  const parser = parserBefore(route.at, file);
  if (request === undefined || !response || !parser) return undefined;
  const [options] = parser.arguments;
  const keeps = "verify: (request, response, bytes) => void Object.assign(request, { rawBody: bytes })";
  const keep = optionWritten(parser, options, keeps);
  const isKept = options && /\brawBody\b/u.test(file.text.slice(...options.range));
  if (!keep && !isKept) return undefined;
  return {
    edits: [...(isKept ? [] : keep!), ...response.edits],
    statements: [keptBody(request, language)],
    rawBody: "rawBody",
    runs: "at once",
    header: (name) => `String(${request}.headers["${name}"])`,
    reject: answersWith(node) ? [`return ${response.name}.sendStatus(401);`] : [`${response.name}.sendStatus(401);`, "return;"],
    imports: [],
  };
}

/** A handler that is typed to return its answer. oxlint says null where the type is left out. */
function answersWith({ returnType }: TSESTree.FunctionLike): boolean {
  return returnType?.typeAnnotation.type === "TSTypeReference" && !isVoid(returnType);
}

function isVoid({ typeAnnotation }: TSESTree.TSTypeAnnotation): boolean {
  if (typeAnnotation.type !== "TSTypeReference") return true;
  const [inner] = typeAnnotation.typeArguments?.params ?? [];
  return inner?.type === "TSVoidKeyword";
}

/** The json() that parses the body of a route: on the route, or in a `use` of the file that stands before it. */
function parserBefore(at: TSESTree.Node, file: SourceFile): TSESTree.CallExpression | undefined {
  const isParser = (node: TSESTree.Node): node is TSESTree.CallExpression =>
    node.type === "CallExpression" && /^(?:express|bodyParser|bodyparser)\.json$|^json$/u.test(namesOf(node.callee).join("."));
  const own = at.parent?.type === "CallExpression" ? at.parent.arguments.find(isParser) : undefined;
  if (own?.type === "CallExpression") return own;
  const used = file.calls.filter(
    ({ callee, range }) => callee.type === "MemberExpression" && keyOf(callee.property, false) === "use" && range[1] <= at.range[0],
  );
  const parsers = used.flatMap((use) => use.arguments.filter(isParser));
  return parsers.length === 1 ? parsers[0] : undefined;
}

function optionWritten(call: TSESTree.CallExpression, options: TSESTree.Node | undefined, property: string): Edit[] | undefined {
  if (!options) return [insertedAt(call.range[1] - 1, `{ ${property} }`)];
  if (options.type !== "ObjectExpression") return undefined;
  const hasVerify = options.properties.some((one) => one.type !== "Property" || keyOf(one.key, one.computed) === "verify");
  const last = options.properties.at(-1);
  if (hasVerify) return undefined;
  return last ? [insertedAt(last.range[1], `, ${property}`)] : [{ range: options.range, text: `{ ${property} }` }];
}

/** Fastify's own parser of JSON, with the bytes kept. It holds for the routes of the same plugin. */
function fastify(handler: Handler): HandlerShape | undefined {
  const { node, file, route, language } = handler;
  const request = nameOf(node.params[0]);
  const reply = parameterOr("reply", 1, handler);
  const registration = callAround(route.at);
  const app = registration?.callee.type === "MemberExpression" ? nameOf(registration.callee.object) : undefined;
  if (request === undefined || !reply || !registration || app === undefined || file.text.includes("fastify-raw-body")) return undefined;
  const parser = [
    `${app}.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, body, done) => {`,
    "  Object.assign(request, { rawBody: body });",
    `  ${app}.getDefaultJsonParser("error", "error")(request, body.toString(), done);`,
    "});",
  ].join(`\n${indentationAt(file.text, registration.range[0])}`);
  const isKept = file.text.includes("Object.assign(request, { rawBody: body })");
  if (!isKept && file.text.includes("addContentTypeParser(")) return undefined;
  const declared = isKept ? [] : declareBefore(registration, parser, file.text);
  if (!declared) return undefined;
  return {
    edits: [...declared, ...reply.edits],
    statements: [keptBody(request, language)],
    rawBody: "rawBody",
    runs: "at once",
    header: (name) => `String(${request}.headers["${name}"])`,
    reject: [`return ${reply.name}.code(401).send();`],
    imports: [],
  };
}

/** What the parser has not seen, since it is no JSON, has no bytes: an empty body has another signature. */
function keptBody(request: string, language: Handler["language"]): string {
  const typed = language === "TypeScript" ? ` as typeof ${request} & { rawBody?: Buffer }` : "";
  return `const { rawBody = Buffer.alloc(0) } = ${request}${typed};`;
}

/** The call that registers the route, or that is given the object which says its path. */
function callAround(at: TSESTree.Node): TSESTree.CallExpression | undefined {
  for (let node = at.parent; node; node = node.parent) if (node.type === "CallExpression") return node;
  return undefined;
}

/** `NestFactory.create(AppModule, { rawBody: true })` of another file keeps the bytes; without it there are none. */
function nest({ node, file, program, language }: Handler): HandlerShape | undefined {
  const says = (text: string) => /\brawBody:\s*true\b/u.test(text);
  if (language === "JavaScript" || (!says(file.text) && filesSaying(says, file.path, program.modules).length === 0)) return undefined;
  const last = node.params.at(-1);
  const place = last?.range[1] ?? file.text.indexOf("(", node.range[0]) + 1;
  if (/\brequest\b/u.test(file.text.slice(...node.range))) return undefined;
  const headers = new Map<string, string>();
  return {
    edits: [],
    statements: ["const { rawBody } = request;", "if (!rawBody) throw new UnauthorizedException();"],
    rawBody: "rawBody",
    runs: "at once",
    header(name) {
      const local = name.replace(/-(\w)/gu, (_, letter: string) => letter.toUpperCase());
      headers.set(name, local);
      return `${local} ?? ""`;
    },
    reject: ["throw new UnauthorizedException();"],
    imports: [{ module: "@nestjs/common", names: ["Headers", "Req", "UnauthorizedException"] }],
    headerEdits() {
      const parameters = [
        "@Req() request: { rawBody?: Buffer }",
        ...[...headers].map(([name, local]) => `@Headers("${name}") ${local}: string | undefined`),
      ];
      return [insertedAt(place, `${last ? ", " : ""}${parameters.join(", ")}`)];
    },
  };
}

/** A `Request`: its body can be read once, so that what reads it parses the text instead. */
function webRequest({ node, file, route }: Handler): HandlerShape | undefined {
  const request = requestOf(node.params[0], route);
  const reads = request === undefined ? [] : readsOf(request, node, file);
  if (request === undefined || reads.length === 0 || !reads.every(({ method }) => /^(?:json|text)$/u.test(method))) return undefined;
  const annotation = node.returnType ? file.text.slice(...node.returnType.range) : "";
  const answer = /\bNextResponse\b/u.test(annotation) ? "NextResponse" : "Response";
  return {
    edits: reads.map(({ read, method }) => ({ range: read.range, text: method === "json" ? "JSON.parse(rawBody)" : "rawBody" })),
    statements: [`const rawBody = await ${request}.text();`],
    rawBody: "rawBody",
    runs: "async",
    header: (name) => `${request}.headers.get("${name}") ?? ""`,
    reject: [`return new ${answer}(null, { status: 401 });`],
    imports: [],
  };
}

/** `request`, or of a framework that gives more `event.request`. */
function requestOf(parameter: TSESTree.Parameter | undefined, { framework }: Route): string | undefined {
  if (parameter?.type === "ObjectPattern") {
    const names = parameter.properties.flatMap((property) =>
      property.type === "Property" && keyOf(property.key, property.computed) === "request" ? [nameOf(property.value)] : [],
    );
    return names[0];
  }
  const name = nameOf(parameter);
  return name === undefined || framework === "Next.js" ? name : `${name}.request`;
}

interface BodyRead {
  readonly read: TSESTree.Node;
  readonly method: string;
}

/** Every `await request.json()`, `.text()`, `.formData()` of a handler. */
function readsOf(request: string, node: TSESTree.FunctionLike, file: SourceFile): BodyRead[] {
  return nodesWithin(file.calls, node).flatMap((call) => {
    const { callee, parent } = call;
    if (callee.type !== "MemberExpression" || file.text.slice(...callee.object.range) !== request) return [];
    const method = keyOf(callee.property, callee.computed) ?? "";
    if (!/^(?:json|text|formData|arrayBuffer|blob|bytes|clone)$/u.test(method)) return [];
    return [{ read: parent, method: parent.type === "AwaitExpression" ? method : "without await" }];
  });
}

/** `req.body` stays what it was; the pages' own parser is switched off. */
function nextPage(handler: Handler): HandlerShape | undefined {
  const { node, file } = handler;
  const request = nameOf(node.params[0]);
  const response = parameterOr("res", 1, handler);
  const isOff = /bodyParser:\s*false/u.test(file.text);
  if (request === undefined || !response || (!isOff && /export\s+(?:const|let|var)\s+config\b/u.test(file.text)) || isOff) return undefined;
  const config = declareBefore(node, "export const config = { api: { bodyParser: false } };\n", file.text);
  if (!config || file.ast.body.every(({ type }) => !/^Export/u.test(type))) return undefined;
  return {
    edits: [...config, ...response.edits],
    statements: [`const rawBody = await buffer(${request});`],
    passed: [`${request}.body = JSON.parse(rawBody.toString());`],
    rawBody: "rawBody",
    runs: "async",
    header: (name) => `String(${request}.headers["${name}"])`,
    reject: [`${response.name}.status(401).end();`, "return;"],
    imports: [{ module: "node:stream/consumers", names: ["buffer"] }],
  };
}

/** Hono keeps what it has read: `text()` before `json()` costs nothing. */
function hono({ node }: Handler): HandlerShape | undefined {
  const context = nameOf(node.params[0]);
  if (context === undefined) return undefined;
  return {
    edits: [],
    statements: [`const rawBody = await ${context}.req.text();`],
    rawBody: "rawBody",
    runs: "async",
    header: (name) => `${context}.req.header("${name}") ?? ""`,
    reject: [`return ${context}.body(null, 401);`],
    imports: [],
  };
}

/** koa-bodyparser and @koa/bodyparser keep the text; another parser, or one that is not seen, may not. */
function koa({ node, file, program }: Handler): HandlerShape | undefined {
  const context = nameOf(node.params[0]);
  const says = (text: string) => /["'](?:koa-bodyparser|@koa\/bodyparser)["']/u.test(text);
  if (context === undefined || (!says(file.text) && filesSaying(says, file.path, program.modules).length === 0)) return undefined;
  return {
    edits: [],
    statements: [`const { rawBody = "" } = ${context}.request;`],
    rawBody: "rawBody",
    runs: "at once",
    header: (name) => `${context}.get("${name}")`,
    reject: [`${context}.throw(401);`],
    imports: [],
  };
}

/** After `const body = await buffer(req)`, which has the bytes already. */
function nodeHttp({ node, file }: Handler): HandlerShape | undefined {
  const [request, response] = [nameOf(node.params[0]), nameOf(node.params[1])];
  const read = nodesWithin(file.calls, node).find(
    ({ callee, arguments: [given], parent }) =>
      /^(?:buffer|text)$/u.test(nameOf(callee) ?? "") && given && nameOf(given) === request && parent.type === "AwaitExpression",
  );
  const declarator = read?.parent.parent;
  if (declarator?.type !== "VariableDeclarator" || request === undefined || response === undefined) return undefined;
  const rawBody = nameOf(declarator.id);
  if (rawBody === undefined) return undefined;
  return {
    edits: [],
    statements: [],
    rawBody,
    runs: "at once",
    after: declarator.parent,
    header: (name) => `String(${request}.headers["${name}"])`,
    reject: [`${response}.writeHead(401).end();`, "return;"],
    imports: [],
  };
}

/** A REST API passes headers on as they were sent, an HTTP API in lower case. */
function lambda({ node }: Handler): HandlerShape | undefined {
  const event = nameOf(node.params[0]);
  if (event === undefined) return undefined;
  return {
    edits: [],
    statements: [`const rawBody = Buffer.from(${event}.body ?? "", ${event}.isBase64Encoded ? "base64" : "utf8");`],
    rawBody: "rawBody",
    runs: "at once",
    header: (name) => `Object.entries(${event}.headers).find(([name]) => name.toLowerCase() === "${name}")?.[1] ?? ""`,
    reject: [`return { statusCode: 401, body: "" };`],
    imports: [],
  };
}

function nameOf(node: TSESTree.Node | undefined): string | undefined {
  return node?.type === "Identifier" ? node.name : undefined;
}

/** A parameter of the handler by its name, written where it is missing. */
function parameterOr(name: string, index: number, { node, file }: Handler): { name: string; edits: Edit[] } | undefined {
  const parameter = node.params[index];
  const given = nameOf(parameter);
  if (given !== undefined) return { name: given, edits: [] };
  const before = node.params[index - 1];
  const isOpen = before && /^\s*[,)]/u.test(file.text.slice(before.range[1]));
  return parameter || !isOpen ? undefined : { name, edits: [insertedAt(before.range[1], `, ${name}`)] };
}
