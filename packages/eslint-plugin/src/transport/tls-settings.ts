import type { TSESTree } from "@typescript-eslint/utils";

import type { ReadProgram } from "../calls/read-program.ts";
import { isFunction } from "../calls/source-file.ts";
import { isOptedInto } from "./conditions.ts";
import { memberName, nameOfKey, propertyNamed, returnsOf, unwrapped } from "./syntax.ts";

/** A setting that takes from TLS what it is for. */
export type WeakSetting =
  | { readonly kind: "unverified"; readonly node: TSESTree.Node; readonly says: string; readonly means: string }
  | { readonly kind: "everywhere"; readonly node: TSESTree.Node; readonly says: string }
  | { readonly kind: "old version"; readonly node: TSESTree.Node; readonly says: string; readonly value: TSESTree.Node };

type Setting = TSESTree.Property | TSESTree.AssignmentExpression;

interface Switch {
  readonly off: boolean;
  readonly means: string;
}

const anyCertificate = "any certificate is accepted, so whoever is on the way can read and change everything";
const anyHost = "the certificate of any other host is accepted, so whoever has one can read and change everything";

/**
 * The options that switch the check of certificates off, and what they do then.
 * rejectUnauthorized: node@24 lib/_tls_wrap.js (onConnectSecure); strictSSL: request@2.88.2 request.js:1 (agent options); tls*: mongodb@6 lib/connection_string.js;
 * trustServerCertificate: tedious@19 lib/connection.js (connectOnSecure).
 */
const switches: ReadonlyMap<string, Switch> = new Map([
  ["rejectUnauthorized", { off: false, means: anyCertificate }],
  ["strictSSL", { off: false, means: anyCertificate }],
  ["sslValidate", { off: false, means: anyCertificate }],
  ["tlsInsecure", { off: true, means: anyCertificate }],
  ["tlsAllowInvalidCertificates", { off: true, means: anyCertificate }],
  ["tlsAllowInvalidHostnames", { off: true, means: anyHost }],
  ["trustServerCertificate", { off: true, means: anyCertificate }],
]);

const environmentSwitch = "NODE_TLS_REJECT_UNAUTHORIZED";
const versionNames = new Set(["minVersion", "maxVersion", "DEFAULT_MIN_VERSION", "DEFAULT_MAX_VERSION", "secureProtocol"]);

/** Undefined for anything but a weak setting that is on wherever the code runs. */
export function weakSetting(node: Setting, program: () => ReadProgram | undefined): WeakSetting | undefined {
  const name = nameOf(node);
  const value = node.type === "Property" ? node.value : node.right;
  if (name === undefined) return undefined;
  const found = named(name, node, value, program);
  const read = found && program();
  if (!read || isOptedInto(node, read.text) || isForm(read) || isForDevelopment(read.path)) return undefined;
  return found;
}

/** State of a page, in which such options are shown and edited; connections are made elsewhere. */
function isForm({ path, text }: ReadProgram): boolean {
  return /\.(?:vue|svelte|astro)$/u.test(path) || /["']use client["']|\buse(?:State|Form|Reducer)(?:<[^>]*>)?\(/u.test(text);
}

/** `server.development.js`, and the probe that asks the machine's own server whether it is up. */
function isForDevelopment(path: string): boolean {
  return /(?:^|[./_-])(?:dev|development|local|health-?check)[./_-][^/\\]*$/iu.test(path);
}

function nameOf(node: Setting): string | undefined {
  if (node.type === "Property")
    return node.parent.type === "ObjectExpression" && node.kind === "init" ? nameOfKey(node.key, node.computed) : undefined;
  return node.operator === "=" && node.left.type === "MemberExpression" ? memberName(node.left) : undefined;
}

function named(name: string, node: Setting, value: TSESTree.Node, program: () => ReadProgram | undefined): WeakSetting | undefined {
  const known = switches.get(name);
  if (known) {
    if (literalOf(value, program) !== known.off) return undefined;
    const { text } = program()!;
    if (isServerSide(node) || checksByItself(text) || isLocal(node)) return undefined;
    return { kind: "unverified", node, says: `${name}: ${String(known.off)}`, means: known.means };
  }
  if (name === environmentSwitch) {
    const set = literalOf(value, program);
    return set === "0" || set === 0 ? { kind: "everywhere", node, says: `${environmentSwitch} = ${JSON.stringify(set)}` } : undefined;
  }
  if (name === "checkServerIdentity")
    return isNoCheck(value) && !checksByItself(program()!.text)
      ? { kind: "unverified", node, says: "this checkServerIdentity accepts any name", means: anyHost }
      : undefined;
  if (!versionNames.has(name)) return undefined;
  const version = literalOf(value, program);
  return typeof version === "string" && isOld(name, version)
    ? { kind: "old version", node, says: `${name} ${JSON.stringify(version)}`, value: unwrapped(value) }
    : undefined;
}

function isOld(name: string, version: string): boolean {
  return name === "secureProtocol"
    ? /^(?:SSLv[23]|SSLv23|TLSv1|TLSv1_1)_(?:client_|server_)?method$/u.test(version) && !/^SSLv23/u.test(version)
    : /^TLSv1(?:\.[01])?$/u.test(version);
}

/** A literal, or a constant that holds one. */
function literalOf(node: TSESTree.Node, program: () => ReadProgram | undefined): unknown {
  const inner = unwrapped(node);
  if (inner.type === "Literal") return inner.value;
  if (inner.type !== "Identifier" && inner.type !== "MemberExpression") return undefined;
  const read = program();
  const value = read?.evaluator.evaluate(inner, read.file);
  return value?.kind === "primitive" && value.origin.node.type === "Literal" ? value.value : undefined;
}

/** `() => undefined`, `() => {}`, `() => null`: the name of the host does not matter to it. */
function isNoCheck(node: TSESTree.Node): boolean {
  const inner = unwrapped(node);
  if (!isFunction(inner)) return false;
  if (inner.body.type === "BlockStatement" && inner.body.body.some(({ type }) => type !== "ReturnStatement")) return false;
  return returnsOf(inner).every(
    (result) =>
      (result.type === "Identifier" && result.name === "undefined") ||
      (result.type === "Literal" && !result.value) ||
      (result.type === "UnaryExpression" && result.operator === "void"),
  );
}

/** A server that asks for certificates of its clients; without `requestCert` the option does nothing there. */
function isServerSide(node: Setting): boolean {
  const object = node.parent;
  if (object?.type !== "ObjectExpression") return false;
  if (propertyNamed(object, "requestCert")) return true;
  const call = object.parent;
  const callee = call.type === "CallExpression" || call.type === "NewExpression" ? call.callee : undefined;
  const name = callee?.type === "MemberExpression" ? memberName(callee) : callee?.type === "Identifier" ? callee.name : "";
  return /^create(?:Secure)?Server$/u.test(name ?? "");
}

/** The code looks at the certificate after the connection: a pinned fingerprint, a monitor of certificates. */
function checksByItself(text: string): boolean {
  return /\.authoriz(?:ed|ationError)\b|getPeer(?:X509)?Certificate|fingerprint(?:256)?\b/u.test(text);
}

/** Options of a connection that does not leave the machine. */
function isLocal(node: Setting): boolean {
  const objects = [node.parent, node.parent?.parent?.parent].filter((object) => object?.type === "ObjectExpression");
  return objects.some((object) =>
    object.properties.some(
      (property) =>
        property.type === "Property" &&
        /^(?:host|hostname|server|url|baseURL)$/u.test(nameOfKey(property.key, property.computed) ?? "") &&
        property.value.type === "Literal" &&
        /^(?:[a-z]+:\/\/)?(?:localhost|127\.0\.0\.1|\[?::1\]?)(?:[:/]|$)/u.test(String(property.value.value)),
    ),
  );
}
