import type { TSESTree } from "@typescript-eslint/utils";

import type { SourceFile } from "../../calls/source-file.ts";
import { insertedAt } from "../../edits/edit.ts";
import { functionAround } from "../syntax.ts";
import type { Change } from "./change.ts";

/** `await` before the call; a function expression that is not async becomes so, which its callers have to expect. */
export function awaited(node: TSESTree.CallExpression, { ast }: SourceFile): Change | undefined {
  const wait = insertedAt(node.range[0], "await ");
  const around = functionAround(node);
  if (!around) return ast.body.some(({ type }) => /^(?:Import|Export)/u.test(type)) ? { edits: [wait], keeps: "behaviour" } : undefined;
  if (around.async) return { edits: [wait], keeps: "behaviour" };
  const isMethod = around.parent.type === "MethodDefinition" || (around.parent.type === "Property" && around.parent.method);
  return isMethod || around.generator ? undefined : { edits: [insertedAt(around.range[0], "async "), wait], keeps: "intent" };
}
