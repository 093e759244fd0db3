import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from "yaml";

import type { Path, Span } from "../finding.ts";

/** A YAML document as plain data, with the place of every key and value. */
export interface YamlTree {
  readonly data: unknown;
  /** The value at the path; of the nearest one above it where the path leads to nothing. */
  valueSpan(path: Path): Span;
  /** The key at the path; a list's item is its own key. */
  keySpan(path: Path): Span;
  /** Line of the key, from 1. */
  lineOf(path: Path): number;
}

export function treeOf(document: Document, data: unknown, lineAt: (offset: number) => number): YamlTree {
  const walk = (path: Path) => follow(document, path);
  return {
    data,
    valueSpan: (path) => walk(path).value,
    keySpan: (path) => walk(path).key,
    lineOf: (path) => lineAt(walk(path).key.start),
  };
}

function follow(document: Document, path: Path): { key: Span; value: Span } {
  let node: unknown = document.contents;
  let key = firstKeyOf(node);
  let value = key;
  for (const step of path) {
    const found = child(resolved(node, document), step);
    if (!found) break;
    node = found.value;
    value = spanOf(node) ?? found.key;
    key = found.key;
  }
  return { key, value };
}

function child(node: unknown, step: string | number): { key: Span; value: unknown } | undefined {
  if (isMap(node)) {
    const pair = pairsOf(node).get(String(step));
    const key = pair && spanOf(pair.key);
    return key && { key, value: pair.value };
  }
  const item = isSeq(node) ? node.items[Number(step)] : undefined;
  const span = spanOf(item);
  return span && { key: span, value: item };
}

const indexed = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

/** A map of thousands of keys is looked through once, not for each of them. */
function pairsOf(map: YAMLMap): ReadonlyMap<string, Pair> {
  const known = indexed.get(map) ?? new Map(map.items.map((pair) => [keyText(pair) ?? "", pair]));
  indexed.set(map, known);
  return known;
}

/** The key as `toJS` names it. */
export function keyText({ key }: Pair): string | undefined {
  if (!isScalar(key)) return typeof key === "string" ? key : undefined;
  return key.value === null ? "" : String(key.value);
}

function resolved(node: unknown, document: Document): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

/** Where the value itself ends; comments and blank lines after it are not part of it. Undefined for nothing written. */
export function spanOf(node: unknown): Span | undefined {
  const range = (node as Node | null | undefined)?.range;
  if (!range || range[1] <= range[0]) return undefined;
  return { start: range[0], end: range[1] };
}

/** What a problem of the whole file points at. */
function firstKeyOf(root: unknown): Span {
  const first: unknown = isMap(root) ? root.items[0]?.key : root;
  return spanOf(first) ?? { start: 0, end: 0 };
}
