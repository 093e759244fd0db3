import type { TSESTree } from "@typescript-eslint/utils";

import type { ReadProgram } from "../calls/read-program.ts";
import { isWithin } from "../calls/source-file.ts";
import { handlerShape } from "../webhooks/frameworks/handler-shape.ts";
import { namesOf } from "../webhooks/names.ts";
import type { Route } from "../webhooks/route.ts";
import type { Edit } from "./edit.ts";
import { insertedInto } from "./webhook-check.ts";

/**
 * Keeps the bytes that came in and writes them, as text, where the parsed body was made text again. Undefined where the handler does not come to them in this
 * file, or only by an import or a promise.
 */
export function keepRawBody(made: TSESTree.Node, routes: readonly Route[], program: ReadProgram): Edit[] | undefined {
  if (made.type !== "CallExpression" || namesOf(made.callee).join(".") !== "JSON.stringify" || made.arguments.length !== 1)
    return undefined;
  const route = routes.find(({ handler }) => handler.origin.file === program.file && isWithin(made, handler.node));
  const shape = route && handlerShape(route, program);
  if (!route || !shape || shape.runs === "async" || shape.imports.length > 0 || shape.headerEdits) return undefined;
  const inserted = shape.statements.length > 0 ? insertedInto(route.handler.node, shape.statements, shape.after, program.text) : [];
  return inserted && [...shape.edits, ...inserted, { range: made.range, text: `${shape.rawBody}.toString()` }];
}
