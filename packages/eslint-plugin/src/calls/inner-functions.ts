import type { TSESTree } from "@typescript-eslint/utils";

import type { OutboundCall } from "./outbound-call.ts";
import type { CallLike, SourceFile } from "./source-file.ts";

/**
 * Calls without those that never happen as they stand: a function that only its own file runs, and always under a breaker, limiter, time limit or retries,
 * is judged by these runs and not by its body alone. `entered` are the calls whose functions were followed.
 */
export function withoutUnreachable(calls: readonly OutboundCall[], file: SourceFile, entered: ReadonlySet<CallLike>): OutboundCall[] {
  const led = new Map<TSESTree.Node, OutboundCall[]>();
  for (const call of calls) if (call.through.length > 0) led.set(call.origin.node, [...(led.get(call.origin.node) ?? []), call]);
  return calls.filter((call) => {
    if (call.through.length > 0) return true;
    const runs = led.get(call.origin.node);
    if (!runs?.every(({ around }) => around.length > call.around.length)) return true;
    return !functionsAround(call.origin.node).some((owner) => isOnlyRunIn(owner, file, entered));
  });
}

function functionsAround(node: TSESTree.Node): TSESTree.FunctionLike[] {
  const found: TSESTree.FunctionLike[] = [];
  for (let current = node.parent; current; current = current.parent)
    if (/^(?:ArrowFunctionExpression|FunctionExpression|FunctionDeclaration)$/u.test(current.type))
      found.push(current as TSESTree.FunctionLike);
  return found;
}

function isOnlyRunIn(owner: TSESTree.FunctionLike, file: SourceFile, entered: ReadonlySet<CallLike>): boolean {
  const { parent } = owner;
  if (parent.type === "MethodDefinition" || parent.type === "PropertyDefinition") {
    const isPrivate = parent.accessibility === "private" || parent.key.type === "PrivateIdentifier";
    return isPrivate || [...entered].some((run) => run.arguments.some((given) => isMethod(given, parent.key)));
  }
  const name = owner.type === "FunctionDeclaration" ? owner.id : parent.type === "VariableDeclarator" ? parent.id : undefined;
  const statement = owner.type === "FunctionDeclaration" ? parent : parent.parent?.parent;
  if (name?.type !== "Identifier" || /^Export/u.test(statement?.type ?? "")) return false;
  const references = file.variableOf(name)?.references.filter(({ init }) => init !== true) ?? [];
  return references.length > 0 && references.every(({ identifier }) => isRun(identifier as TSESTree.Node, entered));
}

/** `this.load`, `this.load.bind(this)` */
function isMethod(given: TSESTree.Node, key: TSESTree.Node): boolean {
  if (given.type === "CallExpression" && given.callee.type === "MemberExpression") return isMethod(given.callee.object, key);
  return (
    given.type === "MemberExpression" &&
    given.object.type === "ThisExpression" &&
    given.property.type === "Identifier" &&
    key.type === "Identifier" &&
    given.property.name === key.name
  );
}

/** `load()`, or `load` given to a call that runs it. */
function isRun(use: TSESTree.Node, entered: ReadonlySet<CallLike>): boolean {
  const { parent } = use;
  return (parent?.type === "CallExpression" || parent?.type === "NewExpression") && entered.has(parent);
}
