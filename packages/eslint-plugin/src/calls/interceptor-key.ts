import type { TSESTree } from "@typescript-eslint/utils";

import type { ClientInstance } from "./client-instance.ts";
import { isFreshExpression } from "./fresh-value.ts";
import { isKeyHeader } from "./idempotency-key.ts";
import { nodesWithin } from "./source-file.ts";
import type { FunctionValue, Origin } from "./value.ts";

/** A header that a request interceptor of a client sets to a value of its own, whatever the request has. */
export interface InterceptorKey {
  readonly carrier: string;
  readonly at: Origin;
}

/**
 * The key that a request interceptor makes: it runs for each attempt of a plugin that sends the request through the client again, as axios-retry does
 * (axios-retry@4.5.0 dist/esm/index.js:139). One that is set only where there is none keeps the first attempt's.
 */
export function interceptorKey(instance: ClientInstance | undefined): InterceptorKey | undefined {
  for (let current = instance; current; current = current.parent)
    for (const effect of current.effects) {
      if (effect.kind !== "called" || effect.path.join(".") !== "interceptors.request" || effect.method !== "use") continue;
      const [handler] = effect.arguments;
      const key = handler?.kind === "function" ? keySetIn(handler) : undefined;
      if (key) return key;
    }
  return undefined;
}

function keySetIn({ node, origin: { file } }: FunctionValue): InterceptorKey | undefined {
  const assigned = nodesWithin(file.memberAssignments, node).map(({ left, operator, right }) => ({
    name: left.type === "MemberExpression" && operator === "=" ? left.property : undefined,
    value: right,
  }));
  const set = nodesWithin(file.calls, node).map(({ callee, arguments: [name, value] }) => ({
    name: callee.type === "MemberExpression" && callee.property.type === "Identifier" && callee.property.name === "set" ? name : undefined,
    value,
  }));
  for (const { name, value } of [...assigned, ...set]) {
    const carrier = name?.type === "Literal" ? String(name.value) : "";
    if (value && isKeyHeader(carrier) && isFreshExpression(value) && !isConditional(value, node))
      return { carrier, at: { file, node: value } };
  }
  return undefined;
}

function isConditional(node: TSESTree.Node, within: TSESTree.Node): boolean {
  for (let current = node.parent; current && current !== within; current = current.parent)
    if (/^(?:If|Switch)Statement$|^(?:Conditional|Logical)Expression$/u.test(current.type)) return true;
  return false;
}
