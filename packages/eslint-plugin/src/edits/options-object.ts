import type { TSESTree } from "@typescript-eslint/utils";

import type { ChainedText, OptionText, PropertyText } from "../calls/library.ts";
import type { OptionsPlace } from "../calls/outbound-call.ts";
import { type Edit, indentationAt, insertedAt } from "./edit.ts";

/**
 * Writes an option into a call: into the object literal that is there, around the options that are passed on, or as a new argument.
 * Undefined where that would not be plain to read or might not mean the same: spread arguments, an inner value that is no literal.
 */
export function writeOption(place: OptionsPlace, option: OptionText, text: string): Edit[] | undefined {
  const written = place.of === "client" && option.onClient !== undefined ? option.onClient : option;
  if (!written) return undefined;
  return "chained" in written ? writeInChain(place.node, written) : writeArgument(place, written, text);
}

/** Writes an option in front of those that are passed on, so that it counts only where they leave it out; undefined where none are. */
export function writeDefault({ node, argument }: OptionsPlace, option: OptionText, text: string): Edit[] | undefined {
  const options = node.arguments[argument];
  if ("chained" in option || !options) return undefined;
  const written = propertyText(option.path, option.code);
  const given = unwrapped(options);
  if (given.type === "Identifier") return [{ range: options.range, text: `{ ${written}, ...${text.slice(...options.range)} }` }];
  if (given.type !== "ObjectExpression") return undefined;
  const first = given.properties[0];
  const isWritten = given.properties.some((property) => property.type === "Property" && keyOf(property) === option.path[0]);
  if (isWritten || !first || !given.properties.some(({ type }) => type === "SpreadElement")) return undefined;
  const ownLine = first.loc.start.line !== given.loc.start.line;
  return [insertedAt(first.range[0], ownLine ? `${written},\n${indentationAt(text, first.range[0])}` : `${written}, `)];
}

function writeInChain({ callee, range }: OptionsPlace["node"], { chained, code }: ChainedText): Edit[] | undefined {
  if (chained === "after") return [insertedAt(range[1], code)];
  return callee.type === "MemberExpression" ? [insertedAt(callee.object.range[1], code)] : undefined;
}

function writeArgument({ node, argument, before }: OptionsPlace, { path, code }: PropertyText, text: string): Edit[] | undefined {
  const { arguments: given } = node;
  if (given.slice(0, argument + 1).some(({ type }) => type === "SpreadElement")) return undefined;
  const options = given[argument];
  if (!options) return appendArgument(node, argument, objectText(path, code), text);
  if (before === "callback") return [insertedAt(options.range[0], `${objectText(path, code)}, `)];
  const literal = unwrapped(options);
  if (literal.type === "ObjectExpression") return writeProperty(literal, path, code, text);
  if (literal.type !== "Identifier" && literal.type !== "MemberExpression") return undefined;
  if (literal.type === "Identifier" && literal.name === "undefined") return [{ range: options.range, text: objectText(path, code) }];
  if (path.length > 1) return undefined;
  return [{ range: options.range, text: `{ ...${text.slice(...options.range)}, ${propertyText(path, code)} }` }];
}

/** Takes an option out of an object literal and puts another in its place: `timeout: 300` that fetch ignores becomes a signal. */
export function replaceProperty(property: TSESTree.Property, option: OptionText): Edit[] | undefined {
  return "chained" in option ? undefined : [{ range: property.range, text: propertyText(option.path, option.code) }];
}

function writeProperty(object: TSESTree.ObjectExpression, path: readonly string[], code: string, text: string): Edit[] | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return undefined;
  const existing = object.properties.find((property) => property.type === "Property" && keyOf(property) === key);
  if (existing?.type !== "Property") return insertProperty(object, propertyText(path, code), text);
  if (rest.length === 0) return [{ range: existing.range, text: propertyText(path, code) }];
  const inner = unwrapped(existing.value);
  if (inner.type === "ObjectExpression") return writeProperty(inner, rest, code, text);
  if (inner.type === "Literal") return [{ range: existing.range, text: propertyText(path, code) }];
  if (inner.type !== "Identifier" && inner.type !== "MemberExpression") return undefined;
  return [{ range: existing.range, text: `${keyText(key)}: { ...${text.slice(...existing.value.range)}, ${propertyText(rest, code)} }` }];
}

function insertProperty(object: TSESTree.ObjectExpression, property: string, text: string): Edit[] {
  const last = object.properties.at(-1);
  if (!last) return [{ range: object.range, text: `{ ${property} }` }];
  const ownLine = last.loc.start.line !== object.loc.start.line;
  return [insertedAt(last.range[1], ownLine ? `,\n${indentationAt(text, last.range[0])}${property}` : `, ${property}`)];
}

function appendArgument(node: OptionsPlace["node"], argument: number, code: string, text: string): Edit[] | undefined {
  const { arguments: given } = node;
  const missing = [...Array.from({ length: argument - given.length }, () => "undefined"), code].join(", ");
  const last = given.at(-1);
  if (last) return [insertedAt(last.range[1] + parenthesesAfter(text, last.range[1], node.range[1]), `, ${missing}`)];
  if (!text.slice(...node.range).endsWith(")")) return undefined; // `new Client`
  return [insertedAt(node.range[1] - 1, missing)];
}

/** `f((a))`: the closing parentheses that belong to the last argument. */
function parenthesesAfter(text: string, from: number, end: number): number {
  const tail = text.slice(from, end - 1);
  const own = /^(?:\s*\))*/u.exec(tail)?.[0] ?? "";
  return own.length;
}

/** `{ timeout: { request: 300 } }` */
function objectText(path: readonly string[], code: string): string {
  return `{ ${propertyText(path, code)} }`;
}

function propertyText([key = "", ...rest]: readonly string[], code: string): string {
  if (rest.length === 0 && key === code) return key;
  return `${keyText(key)}: ${rest.length > 0 ? objectText(rest, code) : code}`;
}

function keyText(key: string): string {
  return /^[A-Za-z_$][\w$]*$/u.test(key) ? key : JSON.stringify(key);
}

function keyOf({ key, computed }: TSESTree.Property): string | undefined {
  if (computed) return undefined;
  return key.type === "Identifier" ? key.name : key.type === "Literal" ? String(key.value) : undefined;
}

/** `{ … } as const`, `{ … } satisfies Options` */
function unwrapped(node: TSESTree.Node): TSESTree.Node {
  return node.type === "TSAsExpression" || node.type === "TSSatisfiesExpression" || node.type === "TSNonNullExpression"
    ? unwrapped(node.expression)
    : node;
}
