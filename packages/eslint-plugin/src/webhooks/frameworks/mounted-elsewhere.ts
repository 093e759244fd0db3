import type { TSESTree } from "@typescript-eslint/utils";

import type { Evaluator } from "../../calls/evaluate.ts";
import type { Modules } from "../../calls/modules.ts";
import type { CallLike, SourceFile } from "../../calls/source-file.ts";
import { importersOf, usesOf } from "../importers.ts";
import { keyOf } from "../names.ts";
import type { Holding } from "../request-flow.ts";
import type { Before } from "../route.ts";
import { mountOf, pathAt, pluginHooks, runBefore, usedOn } from "./middleware.ts";

/** `app.use("/webhooks", verify, webhooks)` of what another file exports. */
interface Mount {
  /** What is used further down does not run before it. */
  readonly call: CallLike | undefined;
  /** What it is mounted on; undefined where a function that is not followed mounts it, and every router of the file may be meant. */
  readonly router: TSESTree.Node | undefined;
  /** Undefined when it is not known. */
  readonly path: string | undefined;
  readonly before: readonly TSESTree.Node[];
}

/** Files between a router and the program's entry. */
const maximumDepth = 4;

/** What other files put before a router of this one: where they mount it, and what they use before that. */
export function beforeMounts(
  { file, path, holds }: { readonly file: SourceFile; readonly path: string; readonly holds: Holding },
  evaluator: Evaluator,
  modules: Modules,
): readonly Before[] {
  const seen = new Set<string>();
  return climb(file.path, path, 0);

  function climb(mounted: string, below: string | undefined, depth: number): Before[] {
    if (depth > maximumDepth || seen.has(mounted)) return [];
    seen.add(mounted);
    return importersOf(mounted, modules).flatMap((parent) => {
      const uses = usesOf(mounted, parent, modules);
      if (uses.length === 0) return climb(parent.path, below, depth + 1);
      const mounts = uses.flatMap((node) => mountsAt(node, parent, evaluator));
      return mounts.flatMap((mount) => {
        const at = mount.path === undefined || below === undefined ? undefined : mount.path + below;
        return [...beforeMount(mount, at, parent), ...climb(parent.path, at, depth + 1)];
      });
    });
  }

  function beforeMount({ call, router, before }: Mount, at: string | undefined, parent: SourceFile): Before[] {
    const calls = parent.calls.filter((other): other is TSESTree.CallExpression => other.type === "CallExpression");
    // Fastify loads a plugin after the code that registers it, so that a hook may stand below; of the others the order counts.
    const earlier = calls.filter((other) => !call || other.range[1] <= call.range[0] || isHook(other));
    const nodes = [
      ...before,
      ...usedOn(router, at, earlier, parent, evaluator),
      ...(router ? mountOf(router, calls, parent, evaluator).before : []),
    ];
    return [runBefore(nodes, holds, parent, evaluator), ...pluginHooks(router, holds, calls, parent, evaluator)];
  }
}

function isHook({ callee }: CallLike): boolean {
  return callee.type === "MemberExpression" && keyOf(callee.property, callee.computed) === "addHook";
}

/** The calls that a use of the import ends up in. */
function mountsAt(use: TSESTree.Node, file: SourceFile, evaluator: Evaluator): Mount[] {
  let isListed = false;
  for (let node = use; node.parent; node = node.parent) {
    const { parent } = node;
    switch (parent.type) {
      case "CallExpression":
      case "NewExpression":
        if (parent.callee !== node) return [mountBy(parent, parent.arguments.indexOf(node as never), file, evaluator)];
        if (isStatement(parent)) return calledWith(parent);
        continue;
      case "MemberExpression":
        // `app.listen()` of an app that another file has made mounts nothing.
        if (parent.parent.type === "CallExpression" && parent.parent.callee === parent && !isArgument(parent.parent)) return [];
        continue;
      case "ArrayExpression":
      case "ObjectExpression":
        isListed = true;
        continue;
      case "AwaitExpression":
      case "Property":
      case "TSAsExpression":
      case "TSNonNullExpression":
        continue;
      case "VariableDeclarator": {
        const held = parent.id.type === "Identifier" ? (file.variableOf(parent.id)?.references ?? []) : [];
        const mounts = held.flatMap((one) => (one.isRead() ? mountsAt(one.identifier as TSESTree.Node, file, evaluator) : []));
        return mounts.length === 0 && isListed ? [{ call: file.calls.at(-1), router: undefined, path: undefined, before: [] }] : mounts;
      }
      default:
        return [];
    }
  }
  return [];
}

function isStatement({ parent }: TSESTree.Node): boolean {
  return parent?.type === "ExpressionStatement" || (parent?.type === "AwaitExpression" && isStatement(parent));
}

/** `registerWebhooks(app)` */
function calledWith(call: CallLike): Mount[] {
  const router = call.arguments.find(({ type }) => type === "Identifier");
  return router ? [{ call, router, path: undefined, before: [] }] : [];
}

function isArgument(node: TSESTree.CallExpression | TSESTree.NewExpression): boolean {
  const { parent } = node;
  return (parent.type === "CallExpression" || parent.type === "NewExpression") && parent.callee !== node;
}

function mountBy(call: CallLike, index: number, file: SourceFile, evaluator: Evaluator): Mount {
  const { callee, arguments: given } = call;
  const mounts = callee.type === "MemberExpression" && /^(?:use|route|register|all)$/u.test(keyOf(callee.property, callee.computed) ?? "");
  if (!mounts) return { call, router: undefined, path: undefined, before: [] };
  const [first] = given;
  const path = index === 0 || !first ? "" : pathAt(first, file, evaluator);
  return { call, router: callee.object, path, before: given.slice(0, index) };
}
