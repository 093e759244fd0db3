import type { TSESTree } from "@typescript-eslint/utils";

import type { Evaluator } from "../calls/evaluate.ts";
import { isFunction, nodesWithin, type SourceFile } from "../calls/source-file.ts";
import { functionAround } from "../transport/syntax.ts";
import { codeOf, keyOf, namesOf } from "./names.ts";
import { dependsOnPlace, missedBy, type Needed, neededBy } from "./presence.ts";
import type { Reached, RequestFlow, SenderCheck } from "./request-flow.ts";
import { functionAt } from "./resolve-function.ts";

/** A webhook whose signature is looked at only where something is there, and which is accepted where it is not. */
export interface SkippedCheck {
  /** What need not be there; a header comes first, since a sender leaves that out at will. */
  readonly without: Needed;
  /** The condition. */
  readonly at: TSESTree.Node;
  readonly file: SourceFile;
}

/** Undefined where any check is made come what may, and wherever it is not plain what follows without one. */
export function skippedCheck({ checks, reached }: RequestFlow, evaluator: Evaluator): SkippedCheck | undefined {
  if (checks.some((check) => !isOfSignature(check))) return undefined;
  const deciding = checks.filter((check) => decides(check, evaluator));
  const skipped = deciding.map(({ node, file }) => skippedAt(node, file, 4));
  if (skipped.length === 0 || skipped.some((one) => one === undefined)) return undefined;
  return skipped.find((one) => one?.without.what === "header") ?? skipped[0];

  /** In its own function, or in every one that calls it. */
  function skippedAt(node: TSESTree.Node, file: SourceFile, depth: number): SkippedCheck | undefined {
    const here = conditionAround(node, file);
    if (here || depth === 0) return here;
    const owner = functionAround(node);
    const callers = reached.flatMap((caller) => callsOf(owner, caller, evaluator));
    const skippedThere = callers.map((call) => skippedAt(call.node, call.file, depth - 1));
    return skippedThere.every((one) => one !== undefined) ? skippedThere[0] : undefined;
  }
}

/** Anything else that may tell who sent the request is left alone: a login, a token in the path, a function that is not seen. */
function isOfSignature({ kind, node, file }: SenderCheck): boolean {
  if (kind === "reads") return /sign|hmac|\bsig\b|timestamp|digest/iu.test(codeOf(node, file));
  if (kind === "compares") return true;
  return node.type === "CallExpression" && (deciders.test(lastName(node)) || makers.test(lastName(node)));
}

const deciders = /^(?:constructEvent\w*|timingSafeEqual|scmp|(?:verify|validate|isValid|safe|secure|compare)\w*|unmarshal)$/u;
const makers = /^(?:createHmac|createHash|update|digest|from|replace|slice|split|trim|startsWith|substring|toString|toLowerCase|at|find)$/u;

function lastName({ callee }: TSESTree.CallExpression): string {
  return namesOf(callee).at(-1) ?? "";
}

/** Of a function of the project what it does inside decides. */
function decides({ kind, node, file }: SenderCheck, evaluator: Evaluator): boolean {
  if (kind === "compares") return node.type === "BinaryExpression" && !isPresence(node);
  return kind === "calls" && node.type === "CallExpression" && deciders.test(lastName(node)) && !functionAt(node.callee, file, evaluator);
}

/** `secret === undefined` */
function isPresence({ left, right }: TSESTree.BinaryExpression): boolean {
  return [left, right].some((side) => side.type === "Literal" || (side.type === "Identifier" && side.name === "undefined"));
}

function callsOf(owner: TSESTree.Node | undefined, { node, file }: Reached, evaluator: Evaluator) {
  return nodesWithin(file.calls, node).flatMap((call) =>
    call.type === "CallExpression" && owner && functionAt(call.callee, file, evaluator)?.node === owner ? [{ node: call, file }] : [],
  );
}

/** The condition within its function without which a check is passed over and the request goes on. */
function conditionAround(node: TSESTree.Node, file: SourceFile): SkippedCheck | undefined {
  for (let child = node; child.parent && !isFunction(child); child = child.parent) {
    const found = conditionAt(child.parent, child, file);
    if (found) return found;
  }
  return undefined;
}

function conditionAt(parent: TSESTree.Node, child: TSESTree.Node, file: SourceFile): SkippedCheck | undefined {
  switch (parent.type) {
    case "LogicalExpression":
      return child === parent.right && parent.operator === "&&" && isRefusal(parent, file)
        ? condition(neededBy(parent.left, file), parent.left)
        : undefined;
    case "ConditionalExpression":
      return child === parent.consequent && /JSON\.parse|\bbody\b/iu.test(codeOf(parent.alternate, file))
        ? condition(neededBy(parent.test, file), parent.test)
        : undefined;
    case "IfStatement":
      return child === parent.consequent && goesOnWithout(parent, file) ? condition(neededBy(parent.test, file), parent.test) : undefined;
    case "BlockStatement":
      return acceptedBefore(parent, child);
    default:
      return undefined;
  }

  function condition(needed: readonly Needed[] | undefined, at: TSESTree.Node): SkippedCheck | undefined {
    const without = needed?.find(({ what }) => what === "header") ?? needed?.[0];
    return without && { without, at, file };
  }

  /** `if (!secret) return true;` ahead of the check. */
  function acceptedBefore(block: TSESTree.BlockStatement, statement: TSESTree.Node): SkippedCheck | undefined {
    for (const earlier of block.body.slice(0, block.body.indexOf(statement as TSESTree.Statement))) {
      if (earlier.type !== "IfStatement" || earlier.alternate || !accepts(earlier.consequent) || dependsOnPlace(earlier, file)) continue;
      const found = condition(missedBy(earlier.test, file), earlier.test);
      if (found) return found;
    }
    return undefined;
  }
}

/** `if (secret && !verify(…)) return refuse();`: without the secret nothing is refused. `return secret && verify(…)` is not that. */
function isRefusal({ right, parent }: TSESTree.LogicalExpression, file: SourceFile): boolean {
  const isFailure =
    (right.type === "UnaryExpression" && right.operator === "!") || (right.type === "BinaryExpression" && /^!/u.test(right.operator));
  return isFailure && parent.type === "IfStatement" && parent.alternate === null && leaves(parent.consequent, file);
}

/** After an `if` around the check, the request is worked on; what the check gives back is not all that there is. */
function goesOnWithout(statement: TSESTree.IfStatement, file: SourceFile): boolean {
  const { consequent, alternate, parent } = statement;
  if (dependsOnPlace(statement.test, file) || (alternate && leaves(alternate, file))) return false;
  const after = parent.type === "BlockStatement" ? parent.body.slice(parent.body.indexOf(statement) + 1) : [];
  const [next] = after;
  if (!next) return false;
  return endsInExit(consequent)
    ? accepts(next)
    : next.type !== "ThrowStatement" && !(next.type === "ReturnStatement" && refuses(next, file));
}

function leaves(node: TSESTree.Node, file: SourceFile): boolean {
  return /\b(?:throw|return)\b|\b4\d\d\b/u.test(codeOf(node, file)) || dependsOnPlace(node, file);
}

function refuses(node: TSESTree.Node, file: SourceFile): boolean {
  return /\b[45]\d\d\b|\bfalse\b|Err(?:or)?\b|null|undefined|return;?$/u.test(codeOf(node, file));
}

function endsInExit(node: TSESTree.Statement): boolean {
  const last = node.type === "BlockStatement" ? node.body.at(-1) : node;
  return last?.type === "ReturnStatement" || last?.type === "ThrowStatement";
}

/** `return true;`, `return { valid: true };`, `return next();` */
function accepts(node: TSESTree.Statement): boolean {
  if (node.type === "BlockStatement") {
    const last = node.body.at(-1);
    return last !== undefined && node.body.slice(0, -1).every(({ type }) => type === "ExpressionStatement") && accepts(last);
  }
  if (node.type !== "ReturnStatement" || !node.argument) return false;
  const { argument } = node;
  if (argument.type === "Literal") return argument.value === true;
  if (argument.type === "ObjectExpression") return argument.properties.some(isAcceptance);
  return argument.type === "CallExpression" && namesOf(argument.callee).join(".") === "next" && argument.arguments.length === 0;
}

function isAcceptance(property: TSESTree.Property | TSESTree.SpreadElement): boolean {
  return (
    property.type === "Property" &&
    /^(?:valid|isValid|ok|success|verified)$/u.test(keyOf(property.key, property.computed) ?? "") &&
    property.value.type === "Literal" &&
    property.value.value === true
  );
}
