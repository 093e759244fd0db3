import { type Document, isAlias, isMap, isNode, isSeq, LineCounter, parseDocument, type YAMLError, type YAMLMap } from "yaml";

import type { Finding, Span } from "../finding.ts";
import { unclosed } from "./unclosed.ts";
import { keyText, spanOf, treeOf, type YamlTree } from "./tree.ts";

export type YamlReading =
  | { readonly kind: "tree"; readonly tree: YamlTree; readonly document: Document }
  | { readonly kind: "faults"; readonly faults: readonly Finding[] };

const deepest = 20;
const aliasesExpanded = 100;

/** Reads one YAML 1.2 document. Anything that would make data other than maps with text keys, lists and plain values is a fault. Never throws. */
export function readYaml(text: string): YamlReading {
  const lines = new LineCounter();
  let document: Document;
  try {
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: "1.2", schema: "core", uniqueKeys: false });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { kind: "faults", faults: [fault({ start: 0, end: 0 }, tooDeep)] };
  }
  // The library reports its own exhausted stack once a level.
  if (document.errors.some(({ message }) => message.includes("call stack")))
    return { kind: "faults", faults: [fault({ start: 0, end: 0 }, tooDeep)] };
  const faults =
    document.errors.length > 0
      ? firstAtEachPlace(document.errors).map((error) => explainError(error, document))
      : oddities(document, lines);
  if (faults.length > 0) return { kind: "faults", faults };
  try {
    const data: unknown = document.toJS({ maxAliasCount: aliasesExpanded });
    return { kind: "tree", tree: treeOf(document, data, (offset) => lines.linePos(offset).line), document };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return {
      kind: "faults",
      faults: [fault({ start: 0, end: 0 }, `aliases expand to more than ${aliasesExpanded} copies: write the values out`)],
    };
  }
}

const tooDeep = `maps and lists are nested more than ${deepest} deep`;

function fault(span: Span, message: string): Finding {
  return { code: "yaml-syntax", severity: "error", span, message };
}

/** What follows from a fault is reported at the same place as the fault. */
function firstAtEachPlace(errors: readonly YAMLError[]): YAMLError[] {
  return errors.filter(({ pos }, at) => errors[at - 1]?.pos[0] !== pos[0]);
}

function explainError(error: YAMLError, document: Document): Finding {
  const {
    code,
    message,
    pos: [start, end],
  } = error;
  const opening = unclosed(error, document);
  if (opening) return fault(opening, "this is not closed: the quote or bracket that ends it is missing");
  const span = { start, end };
  switch (code) {
    case "TAB_AS_INDENT":
      return fault(span, "a tab cannot indent YAML: use spaces");
    case "MULTIPLE_DOCS":
      return fault({ start, end: start + 3 }, "a second document begins here: expected one, so remove the line ---");
    case "BLOCK_AS_IMPLICIT_KEY":
      return fault(span, "a second `: ` in one line: put a value that holds one in quotes, or begin a map on the next line");
    case "BAD_ALIAS":
      return fault(span, "this alias (*) is not one that can be read: write the value out");
    default:
      // After a colon the library repeats what it found, which could be part of a secret.
      return fault(span, `not YAML: ${message.replace(/: .*$|\n.*$/su, "").replace(/^[A-Z](?=[a-z])/u, (letter) => letter.toLowerCase())}`);
  }
}

/** What is YAML but makes no plain data. */
function oddities(document: Document, lines: LineCounter): Finding[] {
  const { directives } = document;
  if (directives?.yaml.explicit && directives.yaml.version !== "1.2")
    return [fault({ start: 0, end: 5 }, `the file asks for YAML ${directives.yaml.version}, expected 1.2: remove the line %YAML`)];
  const anchors = new Set<string>();
  const found: Finding[] = [];
  const pending: { node: unknown; depth: number }[] = [{ node: document.contents, depth: 0 }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { node, depth } = next;
    const span = spanOf(node) ?? { start: 0, end: 0 };
    if (depth > deepest) return [fault(span, tooDeep)];
    if (isNode(node) && !isAlias(node) && node.anchor !== undefined) anchors.add(node.anchor);
    if (isAlias(node) && !anchors.has(node.source))
      found.push(fault(span, "this alias (*) has no anchor (&) before it: write the value out"));
    if (isNode(node) && !isAlias(node) && node.tag !== undefined && !plainTags.has(node.tag))
      found.push(fault(span, "tags (!…) are not read: write the plain value"));
    if (isMap(node)) for (const odd of oddKeys(node, lines)) found.push(odd);
    const children = isMap(node) ? node.items.map(({ value }) => value) : isSeq(node) ? node.items : [];
    for (const child of children.toReversed()) pending.push({ node: child, depth: depth + 1 });
  }
  return found;
}

const plainTags = new Set(["str", "int", "float", "bool", "null", "map", "seq"].map((name) => `tag:yaml.org,2002:${name}`));

function oddKeys(map: YAMLMap, lines: LineCounter): Finding[] {
  const firstAt = new Map<string, number>();
  return map.items.flatMap((pair): Finding[] => {
    const text = keyText(pair);
    const span = spanOf(pair.key) ?? { start: 0, end: 0 };
    if (text === undefined || text === "") return [fault(span, "expected a word as the key")];
    if (text === "<<") return [fault(span, "merging with << is not read: write the keys out")];
    const first = firstAt.get(text);
    if (first === undefined) firstAt.set(text, span.start);
    const message = `this key is already given in line ${lines.linePos(first ?? 0).line}: keep one`;
    return first === undefined ? [] : [{ code: "duplicate", severity: "error", span, message }];
  });
}
