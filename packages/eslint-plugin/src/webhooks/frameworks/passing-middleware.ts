import type { Evaluator } from "../../calls/evaluate.ts";
import { nodesWithin } from "../../calls/source-file.ts";
import type { FunctionValue } from "../../calls/value.ts";
import { codeOf } from "../names.ts";
import { followRequest, type Receiver } from "../request-flow.ts";

/**
 * Whether middleware lets every request pass, whatever it reads of it: a login or a tenant that is looked up where there is one. It has no answer of its own,
 * throws nothing and hands no error on, and what it calls looks at nothing either.
 */
export function turnsNobodyAway(receiver: Receiver, evaluator: Evaluator): boolean {
  const { node, origin } = receiver.function;
  const [, response, next] = node.params;
  if (response?.type !== "Identifier" || next?.type !== "Identifier" || node.params.length !== 3) return false;
  if ((origin.file.variableOf(response)?.references.length ?? 0) > 0 || handsErrorsOn(receiver.function, next.name)) return false;
  const { reached, checks } = followRequest([receiver], evaluator);
  return (
    checks.every(({ kind }) => kind === "reads") && reached.every(({ node, file }) => !/\bthrow\b|\breject\(/u.test(codeOf(node, file)))
  );
}

function handsErrorsOn({ node, origin: { file } }: FunctionValue, next: string): boolean {
  return nodesWithin(file.calls, node).some(
    ({ callee, arguments: given }) => callee.type === "Identifier" && callee.name === next && given.length > 0,
  );
}
