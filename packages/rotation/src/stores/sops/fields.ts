import type { Document, Field } from "../../roles.ts";
import { Secret } from "../../secret.ts";
import { floatText } from "./go-scalar.ts";
import { invalid, printPath } from "./problems.ts";
import type { Format, Leaf, MapNode, Node } from "./tree.ts";
import type { Plain } from "./value.ts";

/** What a map of an opened file holds, every text wrapped. */
export function documentOf(map: MapNode, plain: ReadonlyMap<Leaf, Plain>): Document {
  return Object.fromEntries(map.entries.map(({ key, value }) => [key, fieldOf(value, plain)]));
}

export function isMapField(field: Field): field is { readonly [key: string]: Field } {
  return typeof field === "object" && field !== null && !(field instanceof Secret) && !Array.isArray(field);
}

export function isListField(field: Field): field is readonly Field[] {
  return Array.isArray(field);
}

/** A text, number, boolean or null as sops types it. @throws RotationError `invalid` for what no SOPS file can hold. */
export function plainOf(field: Secret | number | boolean | null, path: readonly string[], format: Format, file: string): Plain {
  if (field === null) return { type: "null", text: "" };
  if (typeof field === "boolean") return { type: "bool", text: field ? "True" : "False" };
  if (typeof field === "number") {
    if (!Number.isFinite(field)) throw invalid(file, `the number at ${printPath(path)} is not finite`, "Write it as text.");
    return { type: format === "yaml" && Number.isSafeInteger(field) ? "int" : "float", text: floatText(field) };
  }
  const text = field.reveal();
  if (!isUnicode(text)) throw invalid(file, `the text at ${printPath(path)} is not valid Unicode`, "Encode it, for example in base64.");
  return { type: "str", text };
}

/** Whether a field of the new document is what the leaf holds already. */
export function sameLeaf(field: Field, plain: Plain): boolean {
  switch (plain.type) {
    case "null":
      return field === null;
    case "bool":
      return field === (plain.text === "True");
    case "int":
    case "float":
      return typeof field === "number"
        ? field === Number(plain.text) && isExact(plain)
        : field instanceof Secret && !isExact(plain) && field.reveal() === plain.text;
    case "str":
    case "time":
    case "bytes":
      return field instanceof Secret && field.reveal() === plain.text;
  }
}

export function isUnicode(text: string): boolean {
  return Buffer.from(text, "utf8").toString("utf8") === text;
}

function fieldOf(node: Node, plain: ReadonlyMap<Leaf, Plain>): Field {
  if (node.kind === "map") return documentOf(node, plain);
  if (node.kind === "list") return node.items.map(({ value }) => fieldOf(value, plain));
  const value = plain.get(node) ?? node.written;
  switch (value.type) {
    case "null":
      return null;
    case "bool":
      return value.text === "True";
    case "int":
    case "float":
      return isExact(value) ? Number(value.text) : Secret.of(value.text);
    case "str":
    case "time":
    case "bytes":
      return Secret.of(value.text);
  }
}

/** Integers beyond 2^53 would change on the way through a JavaScript number; they travel as text. */
function isExact({ type, text }: Plain): boolean {
  return type === "float" ? Number.isFinite(Number(text)) : Number.isSafeInteger(Number(text));
}

/** Whether two documents hold the same, whatever the order of their keys. */
export function sameDocument(a: Field, b: Field): boolean {
  if (a instanceof Secret) return b instanceof Secret && a.equals(b);
  if (isListField(a)) return isListField(b) && a.length === b.length && a.every((item, index) => sameDocument(item, b[index] ?? null));
  if (!isMapField(a)) return a === b;
  if (!isMapField(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameDocument(a[key] ?? null, b[key] ?? null))
  );
}
