import type { TSESTree } from "@typescript-eslint/utils";

import { isFunction } from "../calls/source-file.ts";

/**
 * Whether code runs only where somebody asked for it: in development, for a certificate of one's own, by a switch. Names decide here towards silence only.
 * `production ? { rejectUnauthorized: false } : undefined` is not such a place.
 */
export function isOptedInto(node: TSESTree.Node, text: string): boolean {
  let functions = 0;
  for (let child = node; child.parent; child = child.parent) {
    const { parent } = child;
    if (isFunction(parent) && (functions += 1) > 2) return false;
    const test = testOf(parent, child);
    if (test && isSwitch(text.slice(...test.node.range), test.holds)) return true;
  }
  return false;
}

/** The condition under which a part of a node runs. */
function testOf(parent: TSESTree.Node, child: TSESTree.Node): { node: TSESTree.Node; holds: "then" | "else" } | undefined {
  switch (parent.type) {
    case "IfStatement":
    case "ConditionalExpression":
      if (child === parent.test) return undefined;
      return { node: parent.test, holds: child === parent.consequent ? "then" : "else" };
    case "LogicalExpression":
      return child === parent.right ? { node: parent.left, holds: parent.operator === "&&" ? "then" : "else" } : undefined;
    case "SwitchCase":
      return child !== parent.test && parent.test ? { node: parent.test, holds: "then" } : undefined;
    case "BlockStatement":
      return earlyReturn(parent, child);
    default:
      return undefined;
  }
}

/** `if (production) return secure;` ahead of the code. */
function earlyReturn(block: TSESTree.BlockStatement, child: TSESTree.Node): { node: TSESTree.Node; holds: "else" } | undefined {
  for (const statement of block.body) {
    if (statement === child) return undefined;
    if (statement.type === "IfStatement" && !statement.alternate && leaves(statement.consequent))
      return { node: statement.test, holds: "else" };
  }
  return undefined;
}

function leaves(statement: TSESTree.Statement): boolean {
  const last = statement.type === "BlockStatement" ? statement.body.at(-1) : statement;
  return last?.type === "ReturnStatement" || last?.type === "ThrowStatement";
}

function isSwitch(test: string, holds: "then" | "else"): boolean {
  if (/prod/iu.test(test)) return (holds === "then") === /!\s*[\w.(]*prod|!==?\s*["'`]prod|no[nt]_?prod/iu.test(test);
  if (/^[\w.]*is_?dev\w*$|^[\w.]*\s*===?\s*["'`]dev\w*["'`]$/iu.test(test)) return holds === "then";
  if (/^!\s*[\w.]*is_?dev\w*$|^[\w.]*\s*!==?\s*["'`]dev\w*["'`]$/iu.test(test)) return holds === "else";
  // Whoever can be on the way can bring the error about.
  if (/\b(?:e|err|error|\w+Error)\??\.(?:message|code|cause)\b/u.test(test)) return false;
  // TLS that somebody asked for is to be TLS.
  if (/^[\s\w.?!=|&("'`)]*(?:ssl|tls)(?:_?enabled)?\b/iu.test(test) && !insecureWords.test(test)) return false;
  if (/===?\s*["'`](?:true|false|1|0|yes|no|on|off)["'`]/iu.test(test)) return true;
  return insecureWords.test(test);
}

const insecureWords =
  /dev|test|local|node_env|debug|insecure|unsafe|self_?-?sign|verif|valid|reject|unauthori|trust|allow|skip|ignore|strict|\bca\b|cert|bypass|disable|mode|no-?verify|protocol|version|legacy|identity/iu;
