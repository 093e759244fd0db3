import type { TSESTree } from "@typescript-eslint/utils";

import type { LibraryCall } from "./library.ts";
import { isWithin } from "./source-file.ts";

/**
 * Whether other code gets hold of what a call returns, and may still change it: `return superagent.get(url)`, `track(https.request(url))`. Calls in the
 * chain or on its variable are seen; methods that end the making of the request (`end`, `then`) leave nothing to change.
 */
export function isHandedOn({ node, origin, followedBy }: LibraryCall, endings: ReadonlySet<string>): boolean {
  const end = endOfChain(node);
  const ended = followedBy.some(({ method, node: call }) => endings.has(method) && isWithin(call, end));
  if (ended || end.parent?.type === "AwaitExpression" || end.parent?.type === "ExpressionStatement") return false;
  const holder = end.parent;
  if (holder?.type !== "VariableDeclarator" || holder.id.type !== "Identifier") return !isReturnedByAsync(end);
  const references = origin.file.variableOf(holder.id)?.references ?? [];
  return references.some(({ identifier, init }) => !init && isUse(identifier as TSESTree.Identifier));
}

/** The last call of `a().b().c()`, with what merely stands around it. */
function endOfChain(node: TSESTree.Node): TSESTree.Node {
  const { parent } = node;
  if (
    parent?.type === "MemberExpression" &&
    parent.object === node &&
    parent.parent.type === "CallExpression" &&
    parent.parent.callee === parent
  )
    return endOfChain(parent.parent);
  return parent && /^(?:Chain|TSNonNull|TSAs|TSSatisfies)Expression$/u.test(parent.type) ? endOfChain(parent) : node;
}

/** Anything but a call of a member, an `await`, or the end of a pipe: `request.end()`, `await request`, `form.pipe(request)`. */
function isUse(identifier: TSESTree.Identifier): boolean {
  const { parent } = identifier;
  if (parent.type === "MemberExpression" && parent.object === identifier) {
    const isCalled = parent.parent.type === "CallExpression" && parent.parent.callee === parent;
    return !isCalled && parent.parent.type !== "AssignmentExpression" && isGivenAway(parent);
  }
  if (parent.type === "CallExpression") return !(parent.callee.type === "MemberExpression" && nameOf(parent.callee) === "pipe");
  if (parent.type === "ReturnStatement") return !isReturnedByAsync(identifier);
  return parent.type !== "AwaitExpression";
}

/** `request.destroy.bind(request)`, `setTimeout(request.abort, 300)` */
function isGivenAway({ parent }: TSESTree.MemberExpression): boolean {
  return parent.type === "MemberExpression" || parent.type === "CallExpression";
}

/** What an async function returns is awaited, which sends it. */
function isReturnedByAsync(node: TSESTree.Node): boolean {
  let owner = node.parent;
  if (owner?.type !== "ReturnStatement" && owner?.type !== "ArrowFunctionExpression") return false;
  while (owner && !/Function/u.test(owner.type)) owner = owner.parent;
  return owner !== undefined && "async" in owner && owner.async;
}

function nameOf({ property, computed }: TSESTree.MemberExpression): string | undefined {
  return !computed && property.type === "Identifier" ? property.name : undefined;
}
