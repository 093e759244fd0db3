import type { TSESTree } from "@typescript-eslint/utils";

import { nameOfFunction } from "../calls/function-name.ts";
import type { ReadProgram } from "../calls/read-program.ts";
import { isFunction, type SourceFile } from "../calls/source-file.ts";
import { isSenderCheck } from "./call-names.ts";
import { parametersByDecorator } from "./frameworks/nest.ts";
import { codeOf, keyOf, namesOf } from "./names.ts";
import { followRequest, type Holding, type Receiver, type Reserialization, type SenderCheck } from "./request-flow.ts";

/** Signatures that are checked against a body which was parsed and made text again. */
export function reserializedBodies({ file, evaluator }: ReadProgram): readonly Reserialization[] {
  const found = new Map<TSESTree.Node, Reserialization>();
  for (const node of functionsOf(file)) {
    const parameters = requestParameters(node, file);
    if (parameters.size === 0) continue;
    const receiver: Receiver = { function: { kind: "function", node, origin: { file, node } }, parameters };
    const { reserialized, checks } = followRequest([receiver], evaluator);
    for (const one of reserialized)
      if (!isFallback(one) && (isCheck(one) || checks.some(comparesSignature))) found.set(placeOf(one, file), one);
  }
  return [...found.values()].filter((one) => one.file === file || !isReportedThere(one));
}

/** In the linted file: where the text is made, or the call that leads there. */
export function placeOf({ node, file, from }: Reserialization, linted: SourceFile): TSESTree.Node {
  return file === linted ? node : from;
}

/** `if (req.rawBody) text = req.rawBody; else text = JSON.stringify(req.body);` has the bytes wherever the parser keeps them. */
function isFallback({ node, file }: Reserialization): boolean {
  for (let child: TSESTree.Node = node; child.parent && !isFunction(child); child = child.parent) {
    const parent: TSESTree.Node = child.parent;
    const isChoice = parent.type === "IfStatement" || parent.type === "ConditionalExpression";
    if (isChoice && child === parent.alternate && /\braw_?body\b/iu.test(codeOf(parent.test, file))) return true;
  }
  return false;
}

/** A verifier checks by itself; of a MAC it is only known once it is compared. */
function isCheck({ checkedBy }: Reserialization): boolean {
  return !/^(?:update|Hmac\w*)$/u.test(namesOf(checkedBy.callee).at(-1) ?? "");
}

function comparesSignature({ kind, node }: SenderCheck): boolean {
  if (kind === "compares") return true;
  if (kind !== "calls" || node.type !== "CallExpression") return false;
  return /^(?:timingSafeEqual|safeCompare|scmp|compare\w*|constantTime\w*|isEqual|safeEqual\w*|verify\w*)$/u.test(
    namesOf(node.callee).at(-1) ?? "",
  );
}

/** A function that is given the whole request is read when its own file is linted. */
function isReportedThere({ node, file }: Reserialization): boolean {
  for (let current: TSESTree.Node | undefined = node; current; current = current.parent)
    if (isFunction(current) && requestParameters(current, file).size > 0) return true;
  return false;
}

function functionsOf(file: SourceFile): readonly TSESTree.FunctionLike[] {
  const functions = new Set<TSESTree.FunctionLike>();
  for (const call of file.calls) {
    for (let current: TSESTree.Node | undefined = call; current; current = current.parent) {
      if (!isFunction(current)) continue;
      if (functions.has(current)) break;
      functions.add(current);
    }
  }
  return [...functions];
}

/** Parameters that are a request by their name or decorator, or the body that a function is to check. */
function requestParameters(node: TSESTree.FunctionLike, file: SourceFile): ReadonlyMap<number, Holding> {
  const decorated = parametersByDecorator(node);
  if (decorated.size > 0) return decorated;
  return new Map(
    node.params.flatMap((parameter, index): [number, Holding][] => {
      const pattern = parameter.type === "AssignmentPattern" ? parameter.left : parameter;
      if (pattern.type === "ObjectPattern") return pattern.properties.some(namesRequest) ? [[index, "request"]] : [];
      if (pattern.type !== "Identifier") return [];
      if (/^_?(?:c|ctx|context)$/u.test(pattern.name)) return [[index, "context"]];
      if (/^_?(?:req|request|event)$/u.test(pattern.name)) return [[index, "request"]];
      return isBodyToCheck(pattern.name, node, file) ? [[index, "body"]] : [];
    }),
  );
}

/** `verifySignature(signature, body)`; a payload may as well be this program's own, unless it came with a header. */
function isBodyToCheck(parameter: string, node: TSESTree.FunctionLike, { text }: SourceFile): boolean {
  if (!/^(?:body|payload|data|message)$/u.test(parameter)) return false;
  const name = nameOfFunction(node) ?? "";
  if (!/hmac|signature|hook/iu.test(name) || !isSenderCheck(name)) return false;
  return parameter === "body" || /web_?hook|headers?\b/iu.test(text);
}

/** `({ request })`, `({ body, headers })` */
function namesRequest(property: TSESTree.Property | TSESTree.RestElement): boolean {
  return property.type === "Property" && /^(?:req|request|body)$/u.test(keyOf(property.key, property.computed) ?? "");
}
