import { resolveYamlScalar } from "./go-scalar.ts";
import type { Plain } from "./value.ts";

/** A field ready to be written, its leaves sealed already. */
export type Printed = Plain | readonly Printed[] | ReadonlyMap<string, Printed>;

/** `block`: YAML lines. `flow`: JSON; `indent` is undefined where all stands in one line. `unit` is the indentation of one level. */
export type Layout =
  | { readonly style: "block"; readonly indent: string; readonly unit: string }
  | { readonly style: "flow"; readonly indent: string | undefined; readonly unit: string };

/** `key: value`, without the indentation of its first line. `key` is printed already; an empty one gives what stands behind the key. */
export function printEntry(key: string, value: Printed, layout: Layout): string {
  if (layout.style === "flow") return `${key}: ${printValue(value, layout)}`;
  const [first = "", ...rest] = blockEntry(key, value, layout.unit);
  return [first, ...rest.map((line) => layout.indent + line)].join("\n");
}

/** A value in the flow style, that is as JSON. */
export function printValue(value: Printed, layout: Layout): string {
  const inner = layout.indent === undefined ? undefined : layout.indent + layout.unit;
  const nested: Layout = { style: "flow", indent: inner, unit: layout.unit };
  if (isLeaf(value)) return printLeaf(value, "flow");
  const parts = isMap(value)
    ? [...value].map(([key, child]) => printEntry(quoted(key), child, nested))
    : value.map((child) => printValue(child, nested));
  const [open, close] = isMap(value) ? ["{", "}"] : ["[", "]"];
  if (parts.length === 0) return open + close;
  return inner === undefined
    ? open + parts.join(", ") + close
    : `${open}\n${parts.map((part) => inner + part).join(",\n")}\n${layout.indent}${close}`;
}

export function printKey(key: string, { style }: Layout): string {
  return style === "flow" ? quoted(key) : plainOrQuoted(key);
}

/** A leaf that stays what it is when sops reads it. */
export function printLeaf({ type, text }: Plain, style: "block" | "flow"): string {
  switch (type) {
    case "null":
      return "null";
    case "bool":
      return text === "True" ? "true" : "false";
    case "int":
    case "float":
    case "time":
      return text;
    case "str":
    case "bytes":
      return style === "flow" ? quoted(text) : plainOrQuoted(text);
  }
}

/** The lines of `key: value` in YAML's block style, as sops writes them. */
function blockEntry(key: string, value: Printed, unit: string): string[] {
  const inline = inlineBlock(value);
  if (inline !== undefined) return [`${key}: ${inline}`];
  if (isLeaf(value)) return [`${key}: |`, ...literalLines(value).map((line) => unit.slice(0, 2) + line)];
  return [`${key}:`, ...blockLines(value, unit).map((line) => unit + line)];
}

function blockLines(value: Exclude<Printed, Plain>, unit: string): string[] {
  if (isMap(value)) return [...value].flatMap(([key, child]) => blockEntry(plainOrQuoted(key), child, unit));
  return value.flatMap((item) => {
    const lines = isLeaf(item)
      ? [printLeaf(item, "block")]
      : inlineBlock(item) === undefined
        ? blockLines(item, unit)
        : [inlineBlock(item)];
    return lines.map((line, index) => `${index === 0 ? "- " : "  "}${line}`);
  });
}

/** Undefined for what takes lines of its own. */
function inlineBlock(value: Printed): string | undefined {
  if (isLeaf(value)) return isArmor(value) ? undefined : printLeaf(value, "block");
  if (isMap(value)) return value.size === 0 ? "{}" : undefined;
  return value.length === 0 ? "[]" : undefined;
}

/** A wrapped data key is the one text of several lines in a SOPS file; values are sealed into one. */
function isArmor({ text }: Plain): boolean {
  return /^-----BEGIN [^\n]+\n(?:[\w+/=]+\n)+-----END [^\n]+\n$/u.test(text);
}

function literalLines({ text }: Plain): string[] {
  return text.trimEnd().split("\n");
}

/** Quotes whatever could be read as something else than this text, by YAML 1.1 or 1.2. */
function plainOrQuoted(text: string): string {
  const sealed = /^ENC\[[\w+/=:,]+\]$/u.test(text);
  const word = /^[A-Za-z_][\w./-]*$/u.test(text) && !/^(?:y|yes|n|no|on|off)$/iu.test(text) && resolveYamlScalar(text).type === "str";
  const release = /^\d+\.\d+\.\d+$/u.test(text);
  return sealed || word || release ? text : quoted(text);
}

/** In JSON's quotes, which YAML reads too; what YAML does not take as it is, is escaped. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/gu,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function isLeaf(value: Printed): value is Plain {
  return typeof value === "object" && "type" in value && "text" in value;
}

function isMap(value: readonly Printed[] | ReadonlyMap<string, Printed>): value is ReadonlyMap<string, Printed> {
  return value instanceof Map;
}
