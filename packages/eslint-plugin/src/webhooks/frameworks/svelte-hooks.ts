import { dirname, join } from "node:path";

import type { TSESTree } from "@typescript-eslint/utils";

import type { Evaluator } from "../../calls/evaluate.ts";
import { exportsOf } from "../../calls/exports.ts";
import type { Modules } from "../../calls/modules.ts";
import type { SourceFile } from "../../calls/source-file.ts";
import { packageFolder } from "../../project/package-folder.ts";
import { namesOf } from "../names.ts";
import type { Before } from "../route.ts";
import { runBefore } from "./middleware.ts";

/** What `handle` of `src/hooks.server.ts` puts before every route of SvelteKit. */
export function beforeSvelteRoute({ path }: SourceFile, evaluator: Evaluator, modules: Modules): readonly Before[] {
  const root = packageFolder(dirname(path));
  if (root === undefined) return [];
  return ["ts", "js"].flatMap((extension) => {
    const hooks = modules.load(join(root, "src", `hooks.server.${extension}`));
    const handles = hooks ? handlesOf(hooks) : [];
    return hooks && handles.length > 0 ? [runBefore(handles, "context", hooks, evaluator)] : [];
  });
}

/** `handle`, or each of `sequence(first, second)`. */
function handlesOf(file: SourceFile): readonly TSESTree.Node[] {
  const target = exportsOf(file).named.get("handle");
  if (target?.kind === "expression") return target.node.type === "CallExpression" ? sequenced(target.node) : [target.node];
  if (target?.kind !== "binding") return target ? [file.ast] : [];
  const definition = file.variableOf(target.identifier)?.defs[0]?.node as TSESTree.Node | undefined;
  const made = definition?.type === "VariableDeclarator" ? definition.init : undefined;
  return made?.type === "CallExpression" ? sequenced(made) : [target.identifier];
}

function sequenced(call: TSESTree.CallExpression): readonly TSESTree.Node[] {
  return namesOf(call.callee).at(-1) === "sequence" ? call.arguments : [call];
}
