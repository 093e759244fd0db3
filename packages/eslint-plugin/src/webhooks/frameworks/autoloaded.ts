import type { Evaluator } from "../../calls/evaluate.ts";
import type { Modules } from "../../calls/modules.ts";
import type { SourceFile } from "../../calls/source-file.ts";
import { filesSaying } from "../importers.ts";
import { keyOf } from "../names.ts";
import type { Before } from "../route.ts";
import { runBefore } from "./middleware.ts";

/** The hooks of a program whose plugins @fastify/autoload finds: no import says which of them a route is behind, so that it may be all. */
export function beforeAutoloaded({ path }: SourceFile, evaluator: Evaluator, modules: Modules): readonly Before[] {
  if (filesSaying((text) => /["'](?:@fastify\/autoload|fastify-autoload)["']/u.test(text), path, modules).length === 0) return [];
  return filesSaying((text) => text.includes("addHook("), path, modules).map((file) => {
    const hooks = file.calls.flatMap(({ callee, arguments: [, hook] }) =>
      hook && callee.type === "MemberExpression" && keyOf(callee.property, callee.computed) === "addHook" ? [hook] : [],
    );
    return runBefore(hooks, "request", file, evaluator);
  });
}
