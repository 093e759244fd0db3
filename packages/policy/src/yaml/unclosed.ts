import { type Document, isCollection, isScalar, visit, type YAMLError } from "yaml";

import type { Span } from "../finding.ts";

/** Where the quote or bracket begins that was never closed; the library only says where it noticed. Undefined for other errors. */
export function unclosed({ message, pos }: YAMLError, document: Document): Span | undefined {
  if (!/^Missing closing .quote$|must be sufficiently indented and end with a .$/u.test(message)) return undefined;
  let begin: number | undefined;
  visit(document, {
    Node(_, node) {
      const isDelimited = (isCollection(node) && node.flow) || (isScalar(node) && node.type?.startsWith("QUOTE_"));
      if (isDelimited && node.range?.[1] === pos[0]) begin = node.range[0];
    },
  });
  return begin === undefined ? undefined : { start: begin, end: begin + 1 };
}
