import type { TSESTree } from "@typescript-eslint/utils";

import type { CallLike, SourceFile } from "../../calls/source-file.ts";
import { codeOf, namesOf } from "../../webhooks/names.ts";
import { isOptedInto } from "../conditions.ts";
import { functionAround, nameOfKey, propertyNamed, unwrapped } from "../syntax.ts";
import { isOriginHeader, type OpenOrigins } from "./cors-options.ts";
import { valuesOf } from "../signatures/digest.ts";

/** Headers written by hand that let any origin use credentials. */
export type OpenHeader = Pick<OpenOrigins, "node" | "opens" | "says">;

const originHeader = "access-control-allow-origin";
const credentialsHeader = "access-control-allow-credentials";

interface Header {
  readonly node: TSESTree.Node;
  readonly value: TSESTree.Node;
}

/** `res.setHeader(…)`, `c.header(…)`, `response.headers.set(…)`: both headers in one function that decides nothing. */
export function openHeaderCalls(file: SourceFile): OpenHeader[] {
  const written = file.calls.flatMap((node) => {
    const header = namedHeader(node) ?? headerLine(node);
    return header ? [{ ...header, node, around: functionAround(node) }] : [];
  });
  return written.flatMap((header) => {
    if (header.name !== originHeader) return [];
    const credentials = written.find(({ name, around }) => name === credentialsHeader && around === header.around);
    return (credentials && opening(header, credentials, file)) ?? [];
  });
}

function namedHeader({ callee, arguments: [name, value] }: CallLike): { name: string; value: TSESTree.Node } | undefined {
  if (name?.type !== "Literal" || !value || !/^(?:setHeader|header|set|append|setHeaders)$/u.test(namesOf(callee).at(-1) ?? ""))
    return undefined;
  return { name: String(name.value).toLowerCase(), value };
}

/** ``headers.push(`Access-Control-Allow-Origin: ${origin}`)`` of a handshake of ws. */
function headerLine({ callee, arguments: [line] }: CallLike): { name: string; value: TSESTree.Node } | undefined {
  if (!line || namesOf(callee).at(-1) !== "push") return undefined;
  const start = line.type === "TemplateLiteral" ? line.quasis[0]?.value.cooked : line.type === "Literal" ? String(line.value) : undefined;
  const name = /^(access-control-allow-[a-z]+):/iu.exec(start ?? "")?.[1]?.toLowerCase();
  return name === undefined ? undefined : { name, value: line };
}

/** `{ "Access-Control-Allow-Origin": "*", "Access-Control-Allow-Credentials": "true" }` */
export function openHeaderObject(node: TSESTree.ObjectExpression, file: () => SourceFile | undefined): OpenHeader | undefined {
  const named = (name: string): Header | undefined => {
    const property = node.properties.find(
      (candidate): candidate is TSESTree.Property =>
        candidate.type === "Property" && nameOfKey(candidate.key, false)?.toLowerCase() === name,
    );
    return property && { node: property, value: property.value };
  };
  const [origin, credentials] = [named(originHeader), named(credentialsHeader)];
  const read = origin && credentials && file();
  return read ? opening(origin, credentials, read) : undefined;
}

/** `[{ key: "Access-Control-Allow-Origin", value: "*" }, …]` of a Next configuration. */
export function openHeaderList(node: TSESTree.ArrayExpression, file: () => SourceFile | undefined): OpenHeader | undefined {
  const named = (name: string): Header | undefined => {
    for (const element of node.elements) {
      const key = element?.type === "ObjectExpression" ? propertyNamed(element, "key")?.value : undefined;
      const value = element?.type === "ObjectExpression" ? propertyNamed(element, "value") : undefined;
      if (value && key?.type === "Literal" && String(key.value).toLowerCase() === name) return { node: value, value: value.value };
    }
    return undefined;
  };
  const [origin, credentials] = [named(originHeader), named(credentialsHeader)];
  const read = origin && credentials && file();
  return read ? opening(origin, credentials, read) : undefined;
}

function opening(origin: Header, credentials: Header, file: SourceFile): OpenHeader | undefined {
  if (!isTrue(credentials.value) || isOptedInto(origin.node, file.text) || isOptedInto(credentials.node, file.text)) return undefined;
  if (hasNoUser(origin.node)) return undefined;
  const value = unwrapped(origin.value);
  if (value.type === "Literal" && isWritten(value, "*"))
    return { node: origin.node, opens: "the wildcard", says: "Access-Control-Allow-Origin: *" };
  if (!isEcho(value, file) || decides(origin.node, file)) return undefined;
  return { node: origin.node, opens: "any origin, by echoing it", says: "Access-Control-Allow-Origin from the request" };
}

function isTrue(node: TSESTree.Node): boolean {
  const inner = unwrapped(node);
  return inner.type === "Literal" && isWritten(inner, "true");
}

/** As a value of its own, or after the name of the header in a line. */
function isWritten({ value }: TSESTree.Literal, text: string): boolean {
  return String(value).replace(/^[\w-]+:\s*/u, "") === text;
}

/** `createRoute().GET({ auth: false }).handler(…)`, `server.route({ options: { auth: false }, handler })`: there is nobody to act as. */
function hasNoUser(node: TSESTree.Node): boolean {
  const handler = functionAround(node);
  const call = handler?.parent.type === "CallExpression" ? handler.parent : undefined;
  for (let link: TSESTree.Node | undefined = call; link?.type === "CallExpression"; link = objectOf(link))
    if (link.arguments.some((argument) => argument.type === "ObjectExpression" && isWithoutAuth(argument))) return true;
  const options = handler?.parent.type === "Property" ? handler.parent.parent : undefined;
  return options?.type === "ObjectExpression" && isWithoutAuth(options);
}

function objectOf({ callee }: TSESTree.CallExpression): TSESTree.Node | undefined {
  return callee.type === "MemberExpression" ? callee.object : undefined;
}

function isWithoutAuth(options: TSESTree.ObjectExpression): boolean {
  const auth = propertyNamed(options, "auth")?.value;
  const inner = propertyNamed(options, "options")?.value;
  return (auth?.type === "Literal" && auth.value === false) || (inner?.type === "ObjectExpression" && isWithoutAuth(inner));
}

function isEcho(node: TSESTree.Node, file: SourceFile): boolean {
  if (isOriginHeader(node)) return true;
  const inner = unwrapped(node);
  if (inner.type === "LogicalExpression") return isEcho(inner.left, file);
  if (inner.type === "TemplateLiteral") return inner.expressions.length === 1 && isEcho(inner.expressions[0]!, file);
  if (inner.type !== "Identifier") return false;
  const [only, ...others] = valuesOf(inner, file);
  return only !== undefined && others.length === 0 && isOriginHeader(only);
}

/** Whether the function looks at which origin it is; names decide towards silence. */
function decides(node: TSESTree.Node, file: SourceFile): boolean {
  const inner = functionAround(node);
  const code = codeOf((inner && functionAround(inner)) ?? inner ?? file.ast, file).replace(/access-control-[\w-]*/giu, "");
  return /\.(?:includes|has|test|match|some|find|indexOf|endsWith|startsWith|every)\(|allowed|allow_?list|isAllow|white_?list|trusted|valid|permitted|===\s*\w*origin|origin\s*[!=]==/iu.test(
    code,
  );
}
