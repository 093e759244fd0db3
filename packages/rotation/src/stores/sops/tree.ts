import { isAlias, isMap, isScalar, isSeq, type Document, type ParsedNode, parseAllDocuments, type Pair, Scalar, type YAMLMap } from "yaml";

import { resolveJsonScalar, resolveYamlScalar } from "./go-scalar.ts";
import { damaged } from "./problems.ts";
import type { Plain } from "./value.ts";

/** A node and where it stands: `start` is its first character, `end` the one after its last that is neither space nor comment. */
export type Node = MapNode | ListNode | Leaf;

export interface MapNode {
  readonly kind: "map";
  readonly style: "block" | "flow";
  readonly start: number;
  readonly end: number;
  readonly entries: readonly Entry[];
}

export interface Entry {
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  /** Comments between the entry before and this one, without `#`; some rules of sops look at them. */
  readonly comments: readonly string[];
  readonly value: Node;
}

export interface ListNode {
  readonly kind: "list";
  readonly start: number;
  readonly end: number;
  readonly items: readonly { readonly comments: readonly string[]; readonly value: Node }[];
}

/** A scalar as it stands in the file: still sealed, where it is. */
export interface Leaf {
  readonly kind: "leaf";
  readonly start: number;
  readonly end: number;
  readonly written: Plain;
}

export type Format = "yaml" | "json";

/** The documents of a YAML or JSON file, each a map. @throws RotationError `damaged`, with a line and never a piece of the text. */
export function parseTree(text: string, format: Format, file: string): MapNode[] {
  refuseConflictMarkers(text, file);
  if (format === "json") requireJson(text, file);
  // In the failsafe schema a scalar is its text: what it means to sops is decided here, not by this library.
  const documents = parseAllDocuments(text, { schema: "failsafe", uniqueKeys: true, logLevel: "silent" });
  if (!Array.isArray(documents)) return [];
  return documents.map((document) => {
    const [error] = document.errors;
    if (error) throw damaged(file, `line ${error.linePos?.[0].line ?? 1} is not valid ${format.toUpperCase()} (${error.code})`, restore);
    return toRoot(document, format, file);
  });
}

export function findEntry(map: MapNode, key: string): Entry | undefined {
  return map.entries.find((entry) => entry.key === key);
}

const restore = "Restore it from version control or a backup.";

function refuseConflictMarkers(text: string, file: string): void {
  const marker = /^(?:<{7}|>{7}|\|{7}) /mu.exec(text);
  if (!marker) return;
  const line = text.slice(0, marker.index).split("\n").length;
  throw damaged(file, `a merge conflict stands in line ${line}`, "Resolve it by taking one side whole, then merge the values with sops.");
}

function requireJson(text: string, file: string): void {
  try {
    JSON.parse(text);
  } catch {
    // The message of JSON.parse quotes the text, so it is not passed on.
    throw damaged(file, "it is not valid JSON, or was cut short", restore);
  }
}

function toRoot(document: Document.Parsed<ParsedNode>, format: Format, file: string): MapNode {
  const { contents } = document;
  if (!isMap(contents))
    throw damaged(file, "a document in it is not a map of keys to values", "Check that this is the file that was meant.");
  const root = toNode(contents, format, file) as MapNode;
  const [first, ...rest] = root.entries;
  if (!first) return root;
  return { ...root, entries: [{ ...first, comments: [...lines(document.commentBefore), ...first.comments] }, ...rest] };
}

function toNode(node: ParsedNode | null, format: Format, file: string): Node {
  if (isAlias(node)) throw damaged(file, "it holds a YAML alias, which sops never writes", "Write the value out in full with sops.");
  if (isMap(node)) {
    const entries = node.items.map((pair, index) => toEntry(pair as Pair<ParsedNode, ParsedNode | null>, node, index, format, file));
    const style = node.flow ? "flow" : "block";
    return {
      kind: "map",
      style,
      start: node.range[0],
      end: style === "flow" ? node.range[1] : (entries.at(-1)?.value.end ?? node.range[1]),
      entries,
    };
  }
  if (isSeq(node)) {
    let sealedComments: string[] = [];
    const items = node.items.flatMap((item, index) => {
      if (isScalar(item) && sealedComment.test(String(item.value))) {
        sealedComments.push(String(item.value));
        return [];
      }
      const above = sealedComments;
      sealedComments = [];
      const comments = [
        ...(index === 0 ? lines(node.commentBefore) : []),
        ...above,
        ...lines((item as ParsedNode).commentBefore),
        ...lines((item as ParsedNode).comment),
      ];
      return [{ comments, value: toNode(item as ParsedNode, format, file) }];
    });
    return { kind: "list", start: node.range[0], end: node.flow ? node.range[1] : (items.at(-1)?.value.end ?? node.range[1]), items };
  }
  if (isScalar(node)) return { kind: "leaf", start: node.range[0], end: node.range[1], written: toPlain(node as Scalar.Parsed, format) };
  throw damaged(file, "it holds a node of an unknown kind", restore);
}

function toEntry(pair: Pair<ParsedNode, ParsedNode | null>, map: YAMLMap, index: number, format: Format, file: string): Entry {
  const { key, value } = pair;
  if (!isScalar(key)) throw damaged(file, "a key in it is not text", "Only keys that are text can be in a SOPS file.");
  const [keyStart, keyEnd] = key.range;
  // `key:` with nothing behind it: the node has no place of its own.
  const node: Node = value
    ? toNode(value, format, file)
    : { kind: "leaf", start: keyEnd, end: keyEnd, written: { type: "null", text: "" } };
  const ofValue = isScalar(value) ? [...lines(value.commentBefore), ...lines(value.comment)] : [];
  const comments = [...(index === 0 ? lines(map.commentBefore) : []), ...lines(key.commentBefore), ...lines(key.comment), ...ofValue];
  return {
    key: key.source === undefined || key.type !== Scalar.PLAIN ? String(key.value) : key.source,
    keyStart,
    keyEnd,
    comments,
    value: node,
  };
}

function toPlain(scalar: Scalar.Parsed, format: Format): Plain {
  if (scalar.type !== Scalar.PLAIN) return { type: "str", text: String(scalar.value) };
  const source = String(scalar.value);
  return format === "json" ? resolveJsonScalar(source) : resolveYamlScalar(source);
}

/** sops writes a comment above an item of a list as an item of its own. */
const sealedComment = /^ENC\[AES256_GCM,[^\]\s]*,type:comment\]$/u;

function lines(comment: string | null | undefined): string[] {
  return (comment ?? "").split("\n").filter((line) => line !== "");
}
