import type { TSESTree } from "@typescript-eslint/utils";

import type { Evaluator } from "../../calls/evaluate.ts";
import type { CallLike, SourceFile } from "../../calls/source-file.ts";
import { codeOf, namesOf, wordsIn } from "../../webhooks/names.ts";
import { functionAt } from "../../webhooks/resolve-function.ts";
import { memberName, propertyNamed, returnsOf, unwrapped } from "../syntax.ts";

/** What a message authentication code or a hash is computed by, seen from an expression that holds it. */
export interface Digest {
  /** `mac` takes a key; a `keyed hash` is a plain hash over a text with a secret in it; anything may have a `hash`. */
  readonly kind: "mac" | "keyed hash" | "hash";
  /** `createHmac`, `HmacSHA256`, `subtle.sign` */
  readonly by: string;
  readonly form: "text" | "bytes" | "unknown";
  /** Said where a condition decides whether there is one. */
  readonly presence?: "sometimes";
  readonly place: { readonly node: TSESTree.Node; readonly file: SourceFile };
}

export interface Reading {
  readonly file: SourceFile;
  readonly evaluator: Evaluator;
}

const maximumDepth = 8;

/** The digest that an expression is made from: through variables, prefixes, conversions and functions of the project, in other files too. */
export function digestAt(node: TSESTree.Node, reading: Reading, depth = maximumDepth): Digest | undefined {
  if (depth === 0) return undefined;
  const inner = unwrapped(node);
  switch (inner.type) {
    case "Identifier":
      return agreedDigest(valuesOf(inner, reading.file), reading, depth);
    case "ConditionalExpression":
      return chosenDigest([inner.consequent, inner.alternate], reading, depth);
    case "TemplateLiteral":
      return asText(firstDigest(inner.expressions, reading, depth));
    case "BinaryExpression":
      return inner.operator === "+" ? asText(firstDigest([inner.left, inner.right], reading, depth)) : undefined;
    case "ArrayExpression":
      return firstDigest(
        inner.elements.flatMap((element) => (element?.type === "SpreadElement" ? [element.argument] : [])),
        reading,
        depth,
      );
    case "CallExpression":
    case "NewExpression":
      return digestOfCall(inner, reading, depth);
    default:
      return undefined;
  }
}

/** What a variable is given, everywhere it is given something. */
export function valuesOf(identifier: TSESTree.Identifier, { variableOf }: SourceFile): readonly TSESTree.Node[] {
  const variable = variableOf(identifier);
  const [definition, ...others] = variable?.defs ?? [];
  const declarator = definition?.node as TSESTree.Node | undefined;
  if (!variable || others.length > 0 || declarator?.type !== "VariableDeclarator" || declarator.id.type !== "Identifier") return [];
  const written = variable.references.flatMap(({ writeExpr, init }) => (writeExpr && !init ? [writeExpr as TSESTree.Node] : []));
  return [...(declarator.init ? [declarator.init] : []), ...written];
}

/** The digest that all of them are, but for empty ones. */
function agreedDigest(nodes: readonly TSESTree.Node[], reading: Reading, depth: number): Digest | undefined {
  const digests = nodes.filter((node) => !isEmpty(node)).map((node) => digestAt(node, reading, depth - 1));
  return digests.every((digest) => digest !== undefined) ? digests[0] : undefined;
}

/** `key ? createHmac(…) : undefined` */
function chosenDigest(branches: readonly TSESTree.Node[], reading: Reading, depth: number): Digest | undefined {
  const digest = agreedDigest(branches, reading, depth);
  return digest && branches.some(isEmpty) ? { ...digest, presence: "sometimes" } : digest;
}

function isEmpty(node: TSESTree.Node): boolean {
  const inner = unwrapped(node);
  return (inner.type === "Literal" && !inner.value) || (inner.type === "Identifier" && inner.name === "undefined");
}

function firstDigest(nodes: readonly TSESTree.Node[], reading: Reading, depth: number): Digest | undefined {
  for (const node of nodes) {
    const digest = digestAt(node, reading, depth - 1);
    if (digest) return digest;
  }
  return undefined;
}

function asText(digest: Digest | undefined): Digest | undefined {
  return digest && { ...digest, form: "text" };
}

function digestOfCall(node: CallLike, reading: Reading, depth: number): Digest | undefined {
  const { callee } = node;
  const names = namesOf(callee);
  const name = names.at(-1) ?? "";
  const made = madeHere(node, name, names, reading);
  if (made) return made;
  if (callee.type === "MemberExpression") {
    if (name === "digest") return digestOfHash(callee.object, node, reading, depth);
    if (passesOn.test(name)) return inForm(digestAt(callee.object, reading, depth - 1), textMethods.test(name) ? "text" : undefined);
  }
  const [first] = node.arguments;
  if (first && converters.has(names.join(".")))
    return inForm(
      digestAt(first.type === "SpreadElement" ? first.argument : first, reading, depth - 1),
      /^(?:Buffer|Uint8Array|TextEncoder)/u.test(names[0] ?? "") ? "bytes" : "text",
    );
  return digestReturned(node, reading, depth);
}

const passesOn =
  /^(?:toString|toLowerCase|toUpperCase|trim|slice|substring|substr|replace|replaceAll|map|join|padStart|padEnd|subarray|normalize)$/u;
const textMethods = /^(?:toString|toLowerCase|toUpperCase|trim|replace|replaceAll|join|padStart|padEnd|normalize)$/u;
const converters = new Set([
  "Buffer.from",
  "Buffer",
  "Uint8Array",
  "Uint8Array.from",
  "Array.from",
  "String",
  "btoa",
  "String.fromCharCode",
  "encodeURIComponent",
]);

function inForm(digest: Digest | undefined, form: Digest["form"] | undefined): Digest | undefined {
  return digest && form ? { ...digest, form } : digest;
}

/** Libraries whose one call makes a code: crypto-js, js-sha256, WebCrypto, GitHub's and Twilio's own. */
function madeHere(node: CallLike, name: string, names: readonly string[], { file, evaluator }: Reading): Digest | undefined {
  const place = { node, file };
  if (/^Hmac(?:MD5|SHA\d+|RIPEMD160)$/u.test(name)) return { kind: "mac", by: name, form: "unknown", place };
  if (name === "sign" && names.at(-2) === "subtle")
    return isHmacAlgorithm(node.arguments[0]) ? { kind: "mac", by: "subtle.sign", form: "bytes", place } : undefined;
  if (name === "getExpectedTwilioSignature") return { kind: "mac", by: name, form: "text", place };
  if (name !== "sign" && name !== "hmac" && node.callee.type !== "Identifier") return undefined;
  const callee = evaluator.evaluate(node.callee, file);
  if (callee.kind !== "reference") return undefined;
  const called = [callee.module, ...callee.path].join(".");
  if (called === "@octokit/webhooks-methods.sign") return { kind: "mac", by: "sign", form: "text", place };
  if (/^crypto-js\/hmac-/u.test(called)) return { kind: "mac", by: called, form: "unknown", place };
  return /^js-sha\d+\b.*\bhmac$/u.test(called) ? { kind: "mac", by: called, form: "text", place } : undefined;
}

/** `"HMAC"`, `{ name: "HMAC" }`: other algorithms sign with a private key, and what they sign is no secret. */
function isHmacAlgorithm(algorithm: TSESTree.Node | undefined): boolean {
  if (algorithm?.type === "Literal") return algorithm.value === "HMAC";
  if (algorithm?.type !== "ObjectExpression") return false;
  const name = propertyNamed(algorithm, "name")?.value;
  return name?.type === "Literal" && name.value === "HMAC";
}

/** `createHmac(…).update(…).digest("hex")`, in one chain or through a variable. */
function digestOfHash(object: TSESTree.Node, node: CallLike, { file, evaluator }: Reading, depth: number): Digest | undefined {
  const updates: TSESTree.Node[] = [];
  const made = makerOf(object, { file, evaluator }, depth, updates);
  if (!made) return undefined;
  const form = node.arguments.length > 0 ? "text" : "bytes";
  const kind = made === "createHmac" ? "mac" : updates.some((update) => holdsSecret(update, file)) ? "keyed hash" : "hash";
  return { kind, by: made, form, place: { node, file } };
}

function makerOf(node: TSESTree.Node, reading: Reading, depth: number, updates: TSESTree.Node[]): "createHmac" | "createHash" | undefined {
  if (depth === 0) return undefined;
  const inner = unwrapped(node);
  if (inner.type === "Identifier") {
    const [only, ...others] = valuesOf(inner, reading.file);
    if (!only || others.length > 0) return undefined;
    for (const { identifier } of reading.file.variableOf(inner)?.references ?? []) {
      const call = identifier.parent?.type === "MemberExpression" ? identifier.parent.parent : undefined;
      if (call?.type === "CallExpression" && namesOf(call.callee).at(-1) === "update") updates.push(...(call.arguments as TSESTree.Node[]));
    }
    return makerOf(only, reading, depth - 1, updates);
  }
  if (inner.type !== "CallExpression") return undefined;
  const name = namesOf(inner.callee).at(-1);
  if (name === "createHmac" || name === "createHash") {
    const target = functionAt(inner.callee, reading.file, reading.evaluator);
    return target ? undefined : name;
  }
  if (inner.callee.type === "MemberExpression" && /^(?:update|setEncoding|copy)$/u.test(name ?? "")) {
    updates.push(...inner.arguments);
    return makerOf(inner.callee.object, reading, depth, updates);
  }
  return returnedMaker(inner, reading, depth, updates);
}

function returnedMaker(node: TSESTree.CallExpression, { file, evaluator }: Reading, depth: number, updates: TSESTree.Node[]) {
  const target = functionAt(node.callee, file, evaluator);
  const [only, ...others] = target ? returnsOf(target.node) : [];
  return target && only && others.length === 0 ? makerOf(only, { file: target.origin.file, evaluator }, depth - 2, updates) : undefined;
}

/** Names decide only whether a hash that a request's signature is compared with has a key in it. */
function holdsSecret(node: TSESTree.Node, file: SourceFile): boolean {
  const code = codeOf(node, file);
  const definition = node.type === "Identifier" ? valuesOf(node, file).map((value) => codeOf(value, file)) : [];
  return [code, ...definition].some((text) =>
    /secret|salt|private_?key|api_?(?:key|token|pass)|signing_?key|hash_?key|passphrase|\bkey\b/iu.test(text),
  );
}

/** A function of the project that gives a digest whichever way it returns. */
function digestReturned(node: CallLike, { file, evaluator }: Reading, depth: number): Digest | undefined {
  if (node.type === "NewExpression" || depth < 2) return undefined;
  if (node.callee.type === "MemberExpression" && memberName(node.callee) === undefined) return undefined;
  const target = functionAt(node.callee, file, evaluator);
  if (!target) return ofUnseen(node, file);
  const returned = returnsOf(target.node);
  return returned.length > 0 ? agreedDigest(returned, { file: target.origin.file, evaluator }, depth - 1) : undefined;
}

/** `createHash(apiKey, id)`, `computeSignature(body, secret)` of a package: by its name it makes a code, and it is given a key to make it with. */
function ofUnseen(node: TSESTree.CallExpression, file: SourceFile): Digest | undefined {
  const words = wordsIn(namesOf(node.callee).at(-1) ?? "");
  const makes = words.some((word) => /^(?:create|compute|calculate|generate|make|build)$/u.test(word));
  const code = words.some((word) => /^(?:hmac|mac|hash|signature|digest)$/u.test(word));
  const isKeyed = node.arguments.length > 1 && node.arguments.some((argument) => keyWords.test(codeOf(argument, file)));
  const by = namesOf(node.callee).at(-1) ?? "";
  return makes && code && isKeyed ? { kind: "mac", by, form: "unknown", place: { node, file } } : undefined;
}

const keyWords = /(?:^|[a-z._])(?:[Ss]ecret|SECRET|[Kk]ey|KEY)$/u;
