import type { TSESTree } from "@typescript-eslint/utils";

import { isFunction } from "../source-file.ts";
import type { HandWritten } from "./hand-written.ts";

/**
 * Whether the code of a retry says that it repeats requests, whatever function sends them: it asks for a status of HTTP, or for what only HTTP fails with.
 * What repeats a query of a database is not meant, though it may be told to wait too.
 */
export function isOfRequests(retry: TSESTree.Node, code: HandWritten): boolean {
  const text = judgementIn(retry, code);
  return asksForHttp.test(text) && !asksStore.test(text);
}

/** What a text says of requests: a status, or what only they fail with. */
export const asksForHttp =
  /\b429\b|\bstatus[ _]code\b|\bstatus(?:Code)?\b[^;\n]{0,30}\b(?:408|425|5\d\d)\b|retry-?after|\brate.?limit|RateLimit|too.?many.?requests|throttl|fetch failed|socket hang up|UND_ERR_|\bis\w*(?:Upstream|Http|Network)\w*\(/iu;
const asksStore = /\b(?:prisma|redis|mongoose|knex|drizzle|clickhouse|db|tx|sql)\b|deadlock|serializ|P20\d\d|unique.?constraint|queryRaw/iu;

/** Deeper than any question about an error is handed on inside one file. */
const maximumDepth = 2;

/** The text of a retry with what it asks: functions of the file that it calls, and tables that it looks things up in. */
export function judgementIn(retry: TSESTree.Node, code: HandWritten): string {
  const parts = new Map<TSESTree.Node, string>();
  add(retry, 0);
  return [...parts.values()].join("\n");

  function add(node: TSESTree.Node, depth: number): void {
    if (parts.has(node)) return;
    parts.set(node, code.file.text.slice(...node.range));
    if (depth >= maximumDepth) return;
    for (const { callee } of code.callsIn(node)) {
      const called = code.functionOf(callee);
      if (called) add(called, depth + 1);
      // RETRYABLE.has(status)
      const table = callee.type === "MemberExpression" && callee.object.type === "Identifier" ? code.constantOf(callee.object) : undefined;
      if (table && !isFunction(table)) add(table, maximumDepth);
    }
  }
}
