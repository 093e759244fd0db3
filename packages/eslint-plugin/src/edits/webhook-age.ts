import type { TSESTree } from "@typescript-eslint/utils";

import { functionAround } from "../transport/syntax.ts";
import { type Edit, indentationAt, insertedAt } from "./edit.ts";

/**
 * Refuses what is older than some seconds, in the way the code refuses a wrong signature, before it looks at that. Undefined where the time of sending has no
 * name in the function that makes the MAC, or where it is not plain how the function refuses.
 */
export function refuseOld(mac: TSESTree.Node, seconds: string, text: string): Edit[] | undefined {
  const owner = functionAround(mac);
  if (owner?.body.type !== "BlockStatement") return undefined;
  const { body } = owner.body;
  for (const [index, statement] of body.entries()) {
    const refusal = statement.range[1] <= mac.range[0] ? undefined : refusalOf(statement, text);
    if (refusal === undefined) continue;
    const sentAt = timeAmong(owner.params, body.slice(0, index), text.slice(...owner.range));
    if (sentAt === undefined) return undefined;
    const code = `if (Math.abs(Date.now() / 1000 - Number(${sentAt})) > ${seconds}) ${refusal}`;
    return [insertedAt(statement.range[0], `${code}\n${indentationAt(text, statement.range[0])}`)];
  }
  return undefined;
}

const comparison = /timingSafeEqual|signature|===|!==|\.equals\(|compare/iu;

/** What stands for no: the branch of a comparison that fails, or `false` where the comparison itself is given back. */
function refusalOf(statement: TSESTree.Statement, text: string): string | undefined {
  if (statement.type === "ReturnStatement") {
    const { argument } = statement;
    const isComparison = argument !== null && /^(?:BinaryExpression|LogicalExpression|CallExpression)$/u.test(argument.type);
    return isComparison && /timingSafeEqual\(|===|\.equals\(/u.test(text.slice(...argument.range)) ? "return false;" : undefined;
  }
  if (statement.type !== "IfStatement" || statement.alternate || !comparison.test(text.slice(...statement.test.range))) return undefined;
  const { consequent, test } = statement;
  const isNegative = test.type === "UnaryExpression" || /!==|!\w*\.?timingSafeEqual|!crypto\./u.test(text.slice(...test.range));
  const last = consequent.type === "BlockStatement" ? consequent.body.at(-1) : consequent;
  const isExit = last?.type === "ReturnStatement" || last?.type === "ThrowStatement";
  return isNegative && isExit ? text.slice(...consequent.range) : undefined;
}

/** `const timestamp = req.headers["x-slack-request-timestamp"]`, or a parameter of that name. */
function timeAmong(parameters: readonly TSESTree.Parameter[], before: readonly TSESTree.Statement[], code: string): string | undefined {
  const declared = before.flatMap((statement) =>
    statement.type === "VariableDeclaration" ? statement.declarations.flatMap(({ id }) => identifiersIn(id)) : [],
  );
  const names = [...parameters.flatMap(identifiersIn), ...declared].map(({ name }) => name);
  return (
    names.find((name) => /timestamp$/iu.test(name)) ?? names.find((name) => /^(?:t|ts|time|sentAt)$/u.test(name) && isSigned(name, code))
  );
}

function isSigned(name: string, code: string): boolean {
  return new RegExp(`\\$\\{${name}\\}|\\b${name}\\s*\\+`, "u").test(code);
}

function identifiersIn(pattern: TSESTree.Node): TSESTree.Identifier[] {
  switch (pattern.type) {
    case "Identifier":
      return [pattern];
    case "ArrayPattern":
      return pattern.elements.flatMap((element) => (element ? identifiersIn(element) : []));
    case "ObjectPattern":
      return pattern.properties.flatMap((property) => (property.type === "Property" ? identifiersIn(property.value) : []));
    case "AssignmentPattern":
      return identifiersIn(pattern.left);
    default:
      return [];
  }
}
