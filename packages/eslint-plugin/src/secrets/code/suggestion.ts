import type { TSESLint, TSESTree } from "@typescript-eslint/utils";

import type { Edit } from "../../edits/edit.ts";
import { environmentName } from "../environment-name.ts";
import type { SecretFinding } from "../finding.ts";
import { enclosingNames } from "./named-literals.ts";
import type { CodePlace } from "./places.ts";
import { readFromEnvironment } from "./read-from-environment.ts";

/** The edit that takes a finding out of the code, and the variable it reads instead. */
export function environmentSuggestion(
  sourceCode: Readonly<TSESLint.SourceCode>,
  { range, env: usual }: SecretFinding,
  place: CodePlace,
  policy: readonly string[],
): { readonly env: string; readonly edit: Edit } | undefined {
  if (place.kind !== "literal") return undefined;
  const node: TSESTree.Node = place.node.type === "TemplateElement" ? place.node.parent : place.node;
  const env = environmentName({ usual, path: enclosingNames(node), policy });
  const edit = readFromEnvironment(sourceCode, place, range, env);
  return edit && { env, edit };
}
