import type { TSESTree } from "@typescript-eslint/utils";

import type { Edit } from "./edit.ts";

/** Takes a property out of its object literal, with the comma that goes with it and the line that it leaves empty. */
export function removeProperty(property: TSESTree.Property, text: string): Edit[] {
  const object = property.parent as TSESTree.ObjectExpression;
  if (object.properties.length === 1) return [{ range: object.range, text: "{}" }];
  const [start, end] = property.range;
  const comma = /^\s*,[^\S\n]*/u.exec(text.slice(end))?.[0].length;
  if (comma !== undefined && property !== object.properties.at(-1))
    return [{ range: [start, end + comma + newLineAt(text, start, end + comma)], text: "" }];
  const before = object.properties[object.properties.indexOf(property) - 1]!;
  return [{ range: [before.range[1], end], text: "" }];
}

/** The line break and indentation that follow, when the property stood on a line of its own. */
function newLineAt(text: string, start: number, end: number): number {
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  return text.slice(lineStart, start).trim() === "" ? (/^\r?\n[ \t]*/u.exec(text.slice(end))?.[0].length ?? 0) : 0;
}
