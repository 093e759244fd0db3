import type { Document, Field } from "../../roles.ts";
import { type Secret } from "../../secret.ts";
import { isListField, isMapField, isUnicode, plainOf, sameLeaf } from "./fields.ts";
import { additionalData, type OpenedFile } from "./opened-file.ts";
import { invalid, printPath } from "./problems.ts";
import { printEntry, printKey, printLeaf, printValue, type Layout, type Printed } from "./print.ts";
import type { CommentStack } from "./rules.ts";
import { applyEdits, type Edit, indentAt, lineStart, nextLine } from "./text-edits.ts";
import { type Entry, findEntry, type MapNode, type Node } from "./tree.ts";
import { seal } from "./value.ts";

/** Where in the tree an edit happens. */
interface Place {
  readonly path: readonly string[];
  readonly comments: CommentStack;
}

/**
 * The text of the file with `document` at `path`. Everything else keeps its characters, unchanged values keep their ciphertext.
 * The MAC is left to the caller.
 */
export function withDocument(opened: OpenedFile, path: readonly string[], document: Document): string {
  return applyEdits(opened.text, setField(opened, opened.root, { path: [], comments: [] }, path, document));
}

/** The text of the file without what is at `path`, and without the maps that are empty then. */
export function withoutDocument(opened: OpenedFile, path: readonly string[]): string {
  return applyEdits(opened.text, removeField(opened, opened.root, path));
}

function setField(opened: OpenedFile, map: MapNode, place: Place, [key = "", ...rest]: readonly string[], document: Document): Edit[] {
  const entry = findEntry(map, key);
  const inside = { path: [...place.path, key], comments: [...place.comments, entry?.comments ?? []] };
  if (!entry) return insert(opened, map, [[key, build(opened, nest(rest, document), inside)]]);
  if (entry.value.kind === "map" && entry.value.entries.length > 0) {
    return rest.length > 0 ? setField(opened, entry.value, inside, rest, document) : setMap(opened, map, entry, inside, document);
  }
  return [replaceValue(opened, map, entry, build(opened, nest(rest, document), inside, entry.value))];
}

function removeField(opened: OpenedFile, map: MapNode, [key = "", ...rest]: readonly string[]): Edit[] {
  const entry = findEntry(map, key);
  if (!entry) return [];
  const becomesEmpty = rest.length === 0 || (entry.value.kind === "map" && isChain(entry.value, rest));
  if (becomesEmpty) return removeEntries(opened, map, [entry]);
  return entry.value.kind === "map" ? removeField(opened, entry.value, rest) : [];
}

/** Whether nothing but the way to `path` is in the map. */
function isChain(map: MapNode, [key = "", ...rest]: readonly string[]): boolean {
  const [only, ...others] = map.entries;
  if (!only || others.length > 0 || only.key !== key) return false;
  return rest.length === 0 || (only.value.kind === "map" && isChain(only.value, rest));
}

function setMap(opened: OpenedFile, parent: MapNode, entry: Entry, place: Place, fields: Readonly<Record<string, Field>>): Edit[] {
  const map = entry.value as MapNode;
  const gone = map.entries.filter(({ key }) => !Object.hasOwn(fields, key));
  // A map that loses all it had is written anew: there is nothing left to put new entries behind.
  if (gone.length === map.entries.length) return [replaceValue(opened, parent, entry, build(opened, fields, place))];
  const kept = map.entries.filter(({ key }) => Object.hasOwn(fields, key));
  const added = Object.entries(fields).filter(([key]) => !findEntry(map, key));
  const inside = (key: string, comments: readonly string[]): Place => ({
    path: [...place.path, key],
    comments: [...place.comments, comments],
  });
  return [
    ...kept.flatMap((child) => setEntry(opened, map, child, inside(child.key, child.comments), fields[child.key] ?? null)),
    ...removeEntries(opened, map, gone),
    ...insert(
      opened,
      map,
      added.map(([key, field]) => [key, build(opened, field, inside(key, []))]),
      gone,
    ),
  ];
}

function setEntry(opened: OpenedFile, map: MapNode, entry: Entry, place: Place, field: Field): Edit[] {
  if (isSame(opened, entry.value, field)) return [];
  if (entry.value.kind === "map" && entry.value.entries.length > 0 && isMapField(field) && Object.keys(field).length > 0) {
    return setMap(opened, map, entry, place, field);
  }
  return [replaceValue(opened, map, entry, build(opened, field, place, entry.value))];
}

function isSame(opened: OpenedFile, node: Node, field: Field): boolean {
  if (node.kind === "leaf") return sameLeaf(field, opened.plain.get(node) ?? node.written);
  if (node.kind === "list") {
    return (
      isListField(field) &&
      field.length === node.items.length &&
      node.items.every(({ value }, index) => isSame(opened, value, field[index] ?? null))
    );
  }
  if (!isMapField(field) || Object.keys(field).length !== node.entries.length) return false;
  return node.entries.every(({ key, value }) => Object.hasOwn(field, key) && isSame(opened, value, field[key] ?? null));
}

/** A field ready to be printed, its leaves sealed. Leaves that `old` holds with the same value at the same place keep their ciphertext. */
function build(opened: OpenedFile, field: Field, place: Place, old?: Node): Printed {
  if (isListField(field)) {
    const items = old?.kind === "list" ? old.items : [];
    return field.map((item, index) => build(opened, item, { ...place, comments: [...place.comments, []] }, items[index]?.value));
  }
  if (isMapField(field)) {
    return new Map(
      Object.entries(field).map(([key, child]) => {
        if (!isUnicode(key)) throw invalid(opened.file, `a key under ${printPath(place.path)} is not valid Unicode`, "Rename it.");
        const inside = { path: [...place.path, key], comments: [...place.comments, []] };
        return [key, build(opened, child, inside, old?.kind === "map" ? findEntry(old, key)?.value : undefined)];
      }),
    );
  }
  if (old?.kind === "leaf" && sameLeaf(field, opened.plain.get(old) ?? old.written)) return old.written;
  return sealField(opened, field, place);
}

function sealField(opened: OpenedFile, field: Secret | number | boolean | null, { path, comments }: Place): Printed {
  const plain = plainOf(field, path, opened.format, opened.file);
  if (plain.type === "null" || plain.text === "") return plain;
  if (opened.encrypts(path, comments)) return { type: "str", text: seal(plain, opened.dataKey, additionalData(path)) };
  if (plain.type !== "str") return plain;
  throw invalid(
    opened.file,
    `the rule in its \`sops\` block would leave ${printPath(path)} in clear`,
    "Use a path that the rule encrypts, or change the rule with sops.",
  );
}

function nest(path: readonly string[], document: Document): Field {
  return path.reduceRight<Field>((field, key) => ({ [key]: field }), document);
}

function replaceValue(opened: OpenedFile, map: MapNode, entry: Entry, value: Printed): Edit {
  const { text } = opened;
  const layout = layoutAt(opened, map, entry.keyStart);
  if (map.style === "flow") return { start: entry.value.start, end: entry.value.end, text: printValue(value, layout) };
  const wasBlockScalar = text[entry.value.end - 1] === "\n";
  // A value that is not written at all (`key:`) ends before the colon.
  const end = Math.max(entry.value.end, text.indexOf(":", entry.keyEnd) + 1);
  return { start: entry.keyEnd, end, text: printEntry("", value, layout) + (wasBlockScalar ? "\n" : "") };
}

/** Cuts entries with their lines. In a flow map the comma goes with the entry, and what remains keeps its place. */
function removeEntries({ text }: OpenedFile, map: MapNode, gone: readonly Entry[]): Edit[] {
  if (map.style === "block")
    return gone.map(({ keyStart, value, keyEnd }) => ({
      start: lineStart(text, keyStart),
      end: nextLine(text, Math.max(value.end, keyEnd)),
      text: "",
    }));
  const firstKept = map.entries.findIndex((entry) => !gone.includes(entry));
  return gone.map((entry) => {
    const index = map.entries.indexOf(entry);
    const next = map.entries[index + 1];
    if (index < firstKept && next) return { start: entry.keyStart, end: next.keyStart, text: "" };
    return { start: map.entries[index - 1]?.value.end ?? entry.keyStart, end: entry.value.end, text: "" };
  });
}

/** Puts entries at the end of a map; at the top of a file before the `sops` block, as sops does. */
function insert(opened: OpenedFile, map: MapNode, entries: readonly (readonly [string, Printed])[], gone: readonly Entry[] = []): Edit[] {
  if (entries.length === 0) return [];
  const { text } = opened;
  const own = map.entries.filter((entry) => (map !== opened.root || entry.key !== "sops") && !gone.includes(entry));
  const before = own.at(-1);
  const anchor = before ?? map.entries[0];
  if (!anchor) throw invalid(opened.file, "an empty map cannot take entries in place", "Write the map as a whole.");
  const layout = layoutAt(opened, map, anchor.keyStart);
  const printed = entries.map(([key, value]) => printEntry(printKey(key, layout), value, layout));
  if (map.style === "flow") {
    const separator = layout.indent === undefined ? ", " : `,\n${layout.indent}`;
    if (before) return [{ start: before.value.end, end: before.value.end, text: printed.map((entry) => separator + entry).join("") }];
    return [{ start: anchor.keyStart, end: anchor.keyStart, text: printed.map((entry) => entry + separator).join("") }];
  }
  const at = before ? nextLine(text, Math.max(before.value.end, before.keyEnd)) : lineStart(text, anchor.keyStart);
  const lines = printed.map((entry) => `${layout.indent}${entry}\n`).join("");
  return [{ start: at, end: at, text: at > 0 && text[at - 1] !== "\n" ? `\n${lines}` : lines }];
}

function layoutAt({ text, format, root }: OpenedFile, map: MapNode, keyStart: number): Layout {
  const onOwnLine = text.slice(lineStart(text, keyStart), keyStart).trim() === "";
  const unit = indentUnit(text, root, format);
  if (map.style === "flow") return { style: "flow", indent: onOwnLine ? indentAt(text, keyStart) : undefined, unit };
  // A map that is an item of a list begins behind the dash.
  return { style: "block", indent: " ".repeat(keyStart - lineStart(text, keyStart)), unit };
}

/** How much a level is indented in this file: what sops writes (four spaces in YAML, a tab in JSON) unless the file has it otherwise. */
function indentUnit(text: string, root: MapNode, format: "yaml" | "json"): string {
  if (format === "json") return (root.entries[0] && indentAt(text, root.entries[0].keyStart)) || "\t";
  const nested = root.entries.flatMap(({ value }) =>
    value.kind === "map" && value.style === "block" && value.entries[0] ? [value.entries[0].keyStart] : [],
  );
  return (nested[0] !== undefined && indentAt(text, nested[0])) || "    ";
}

/** Replaces scalars of the `sops` block of every document of the file. */
export function withMetadata(opened: OpenedFile, values: Readonly<Record<string, string>>): string {
  const edits = opened.roots.flatMap((root) => {
    const block = findEntry(root, "sops")?.value;
    if (block?.kind !== "map") return [];
    return block.entries
      .filter(({ key }) => Object.hasOwn(values, key))
      .map(({ key, value }) => ({
        start: value.start,
        end: value.end,
        text: printLeaf({ type: "str", text: values[key] ?? "" }, block.style),
      }));
  });
  return applyEdits(opened.text, edits);
}

/** The edits that put another `sops` block into every document of the file. */
export function blockEdits(opened: OpenedFile, block: Printed): Edit[] {
  return opened.roots.flatMap((root) => {
    const entry = findEntry(root, "sops");
    return entry ? [replaceValue(opened, root, entry, block)] : [];
  });
}
