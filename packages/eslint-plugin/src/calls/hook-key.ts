import type { TSESTree } from "@typescript-eslint/utils";

import type { ClientInstance } from "./client-instance.ts";
import { type Fact, known } from "./fact.ts";
import { isFreshExpression } from "./fresh-value.ts";
import { isKeyHeader } from "./idempotency-key.ts";
import type { IdempotencyKey } from "./outbound-call.ts";
import { enclosing, isWithin, nodesWithin } from "./source-file.ts";
import { type FunctionValue, propertyAt, unknown, type Value } from "./value.ts";

/** Functions that a client runs before it sends, and how often: as the value of an option or argument, one function or a list of them. */
export interface Hooks {
  readonly functions: Value;
  readonly run: "once per call" | "once per attempt";
}

/**
 * The key that a hook makes and sets whatever the request has; undefined when none does. One that is set only where there is none keeps the first attempt's
 * (measured: test/facts/hooks.test.ts).
 */
export function keyOfHooks(hooks: readonly Hooks[]): Fact<IdempotencyKey> | undefined {
  // A hook that runs for each attempt replaces the key of one that ran before the first.
  const inOrder = [...hooks.filter(({ run }) => run === "once per attempt"), ...hooks.filter(({ run }) => run === "once per call")];
  for (const { functions, run } of inOrder)
    for (const hook of functions.kind === "array" ? functions.elements : [functions]) {
      const key = hook.kind === "function" ? keySetIn(hook) : undefined;
      if (key) return known({ ...key, madeByHook: run }, key.origin);
    }
  return undefined;
}

/** The hooks of got and ky by this name, of the call, its client and each client that one was made from: those of all of them run. */
export function hooksNamed(name: string, run: Hooks["run"], callOptions: Value, instance: ClientInstance): Hooks[] {
  const path = ["hooks", name];
  const hooks: Hooks[] = [{ functions: propertyAt(callOptions, path), run }];
  for (let current: ClientInstance | undefined = instance; current; current = current.parent)
    hooks.push({ functions: propertyAt(current.options, path), run });
  return hooks;
}

function keySetIn({ node, origin: { file } }: FunctionValue): IdempotencyKey | undefined {
  const assigned = nodesWithin(file.memberAssignments, node).map(({ left, operator, right }) => ({
    name: left.type === "MemberExpression" && operator === "=" ? left.property : undefined,
    value: right,
  }));
  const set = nodesWithin(file.calls, node).map(({ callee, arguments: [name, value, ...others] }) => ({
    name: isSet(callee) && others.length === 0 ? name : undefined,
    value,
  }));
  for (const { name, value } of [...assigned, ...set]) {
    const carrier = name?.type === "Literal" ? String(name.value) : "";
    const made = value && isKeyHeader(carrier) && !isConditional(value, node) ? madeIn(value) : undefined;
    if (made) return { carrier: carrier.toLowerCase(), origin: { file, node: made }, value: unknown("made in a hook") };
  }
  return undefined;

  /** `randomUUID()`, or the constant of the hook that holds it */
  function madeIn(value: TSESTree.Node): TSESTree.Node | undefined {
    if (value.type !== "Identifier") return isFreshExpression(value) ? value : undefined;
    const definition = file.variableOf(value)?.defs[0]?.node as TSESTree.Node | undefined;
    if (definition?.type !== "VariableDeclarator" || !definition.init || !isWithin(definition, node)) return undefined;
    return isFreshExpression(definition.init) ? definition.init : undefined;
  }
}

function isSet(callee: TSESTree.Node): boolean {
  return callee.type === "MemberExpression" && callee.property.type === "Identifier" && callee.property.name === "set";
}

function isConditional(node: TSESTree.Node, within: TSESTree.Node): boolean {
  return enclosing(node, within, ({ type }) => /^(?:If|Switch)Statement$|^(?:Conditional|Logical)Expression$/u.test(type)) !== undefined;
}
