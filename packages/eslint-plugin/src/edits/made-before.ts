import type { TSESLint, TSESTree } from "@typescript-eslint/utils";

import { isWithin } from "../calls/source-file.ts";
import { declareBefore } from "./declarations.ts";
import type { Edit } from "./edit.ts";

/** Moves the call that makes a key before the code that repeats it. Only one that takes no arguments (`randomUUID()`) means the same there. */
export function madeBefore(key: TSESTree.Node, repetition: TSESTree.Node, sourceCode: Readonly<TSESLint.SourceCode>): Edit[] | undefined {
  if (!isWithin(key, repetition) || key.type !== "CallExpression" || key.arguments.length > 0) return undefined;
  const scope = sourceCode.getScope(key as never);
  const name = ["idempotencyKey", "operationKey"].find((candidate) => !isInScope(scope, candidate));
  if (name === undefined) return undefined;
  const declaration = declareBefore(repetition, `const ${name} = ${sourceCode.text.slice(...key.range)};`, sourceCode.text);
  return declaration && [...declaration, { range: key.range, text: name }];
}

function isInScope(scope: TSESLint.Scope.Scope, name: string): boolean {
  return scope.set.get(name)?.defs.length ? true : scope.upper ? isInScope(scope.upper, name) : false;
}
