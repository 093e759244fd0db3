import type { TSESTree } from "@typescript-eslint/utils";

import type { OutboundCall } from "../calls/outbound-call.ts";
import type { SourceFile } from "../calls/source-file.ts";
import type { Origin } from "../calls/value.ts";
import { propertyNamed, unwrapped } from "./syntax.ts";

/** The literal in which the scheme of a call's URL stands: in the call, in a constant, in what a function is given to make the URL of, in the options of its client. */
export function startOfUrl({ url, instance, origin: { file, node } }: OutboundCall): Origin | undefined {
  const origin = url.kind === "known" ? url.origin : undefined;
  const inCall = origin && start(origin.node, origin.file, 8);
  if (origin && inCall) return { file: origin.file, node: inCall };
  const inArguments = origin && firstStart(node.arguments, file, 8);
  if (inArguments) return { file, node: inArguments };
  const made = instance?.created;
  const base = made && instance.place && baseOf(instance.place.node.arguments[instance.place.argument]);
  const inClient = base && start(base, made.file, 8);
  return inClient ? { file: made.file, node: inClient } : undefined;
}

function start(node: TSESTree.Node, file: SourceFile, depth: number): TSESTree.Node | undefined {
  const inner = unwrapped(node);
  if (depth === 0) return undefined;
  switch (inner.type) {
    case "Literal":
      return isStart(inner.value) ? inner : undefined;
    case "TemplateLiteral": {
      const [quasi] = inner.quasis;
      if (isStart(quasi?.value.cooked)) return inner;
      return quasi?.value.cooked === "" && inner.expressions[0] ? start(inner.expressions[0], file, depth - 1) : undefined;
    }
    case "BinaryExpression":
      return start(inner.left, file, depth - 1);
    case "LogicalExpression":
      return start(inner.right, file, depth - 1);
    case "CallExpression":
      return inner.callee.type === "MemberExpression"
        ? start(inner.callee.object, file, depth - 1)
        : firstStart(inner.arguments, file, depth - 1);
    case "MemberExpression":
      return start(inner.object, file, depth - 1);
    case "NewExpression": {
      const base = inner.arguments[1] ?? inner.arguments[0];
      return base && start(base, file, depth - 1);
    }
    case "Identifier": {
      const definition = file.variableOf(inner)?.defs[0]?.node as TSESTree.Node | undefined;
      return definition?.type === "VariableDeclarator" && definition.init && definition.id.type === "Identifier"
        ? start(definition.init, file, depth - 1)
        : undefined;
    }
    default:
      return undefined;
  }
}

function firstStart(nodes: readonly TSESTree.Node[], file: SourceFile, depth: number): TSESTree.Node | undefined {
  for (const node of nodes) {
    const found = start(node, file, depth);
    if (found) return found;
  }
  return undefined;
}

function isStart(text: unknown): boolean {
  return typeof text === "string" && /^http:\/\//iu.test(text);
}

/** axios, got and ky under their own names. */
function baseOf(options: TSESTree.Node | undefined): TSESTree.Node | undefined {
  const object = options && unwrapped(options);
  if (object?.type !== "ObjectExpression") return undefined;
  return ["baseURL", "prefixUrl", "prefix", "url"].map((name) => propertyNamed(object, name)?.value).find((value) => value !== undefined);
}
