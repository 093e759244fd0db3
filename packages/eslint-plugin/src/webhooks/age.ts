import { isAbsolute } from "node:path";

import type { TSESTree } from "@typescript-eslint/utils";

import type { Evaluator } from "../calls/evaluate.ts";
import { installedMajor } from "../calls/installed-version.ts";
import type { ReadProgram } from "../calls/read-program.ts";
import { type CallLike, isWithin, nodesWithin, type SourceFile } from "../calls/source-file.ts";
import { numberOf, type Value } from "../calls/value.ts";
import { isSenderCheck } from "./call-names.ts";
import { clock, isCryptography, macsIn, readsClock } from "./macs.ts";
import { codeOf, namesOf } from "./names.ts";
import type { Provider, Tolerance, Verifier } from "./provider.ts";
import { providers } from "./providers/index.ts";
import { followRequest, type Reached } from "./request-flow.ts";

/** How old a signed webhook may be when this code accepts it. */
export type AcceptedAge =
  /** A verifier's own argument, or its default. `ms` is Infinity when it accepts any age. */
  | { readonly kind: "argument"; readonly provider: Provider; readonly ms: number; readonly call: CallLike; readonly tolerance: Tolerance }
  /** `Math.abs(now - timestamp) > 3600` */
  | { readonly kind: "comparison"; readonly provider: Provider; readonly ms: number; readonly at: TSESTree.Node; readonly bound: Bound }
  /** The signature is checked by hand and no clock is read. */
  | { readonly kind: "unchecked"; readonly provider: Provider; readonly at: TSESTree.Node };

export interface Bound {
  readonly value: Value;
  readonly unit: "s" | "ms";
}

const timed = providers.filter(({ signsTime }) => signsTime === "yes");

/** What the linted file accepts, for schemes that sign the time of sending. */
export function acceptedAges({ file, evaluator }: ReadProgram): readonly AcceptedAge[] {
  return [...file.calls.flatMap((call) => ageOfVerifier(call, file, evaluator)), ...agesByHand(file, evaluator)];
}

function ageOfVerifier(call: CallLike, file: SourceFile, evaluator: Evaluator): AcceptedAge[] {
  const found = verifierAt(call);
  const { tolerance } = found?.verifier ?? {};
  if (!found || !tolerance || call.arguments.some(({ type }) => type === "SpreadElement")) return [];
  const given = call.arguments[tolerance.argument];
  const value = given ? evaluator.evaluate(given, file) : undefined;
  const age = value === undefined || value.kind === "absent" ? "missing" : numberOf(value);
  if (age === undefined) return [];
  const ages = factsFor(tolerance, file).map((facts) => inMs(age === "missing" ? facts.missing : age === 0 ? facts.zero : age, tolerance));
  return [{ kind: "argument", provider: found.provider, ms: Math.min(...ages), call, tolerance }];
}

/** Those of the installed version; both where it is not known. */
function factsFor(tolerance: Tolerance, { path }: SourceFile): readonly Pick<Tolerance, "missing" | "zero">[] {
  if (!tolerance.before) return [tolerance];
  const installed = isAbsolute(path) ? installedMajor(tolerance.before.package, path) : undefined;
  if (installed === undefined) return [tolerance, tolerance.before];
  return [installed < tolerance.before.major ? tolerance.before : tolerance];
}

function inMs(age: number | "off", { unit }: Tolerance): number {
  return age === "off" ? Infinity : age * (unit === "s" ? 1_000 : 1);
}

/** The verifier that a call is, by the last members of its callee. */
export function verifierAt(call: CallLike): { readonly provider: Provider; readonly verifier: Verifier } | undefined {
  const name = `.${namesOf(call.callee).join(".")}`;
  for (const provider of providers)
    for (const verifier of provider.verifiers) if (name.endsWith(`.${verifier.call}`)) return { provider, verifier };
  return undefined;
}

function agesByHand(file: SourceFile, evaluator: Evaluator): AcceptedAge[] {
  const seen = new Set<TSESTree.Node>();
  return timed.flatMap((provider) => {
    const places = carriersRead(provider, file);
    const starts = new Set(places.flatMap((offset) => functionsAt(offset, file)));
    return [...starts].flatMap((start) => {
      if (seen.has(start)) return [];
      seen.add(start);
      const receiver = { function: { kind: "function", node: start, origin: { file, node: start } } as const, parameters: new Map() };
      return ageIn(followRequest([receiver], evaluator).reached, provider, file, evaluator);
    });
  });
}

/** Offsets of reads of the provider's header; a key of an object literal sends one. */
function carriersRead({ carrier, words }: Provider, { text }: SourceFile): number[] {
  if (carrier.in !== "header") return [];
  const isStandard = words.includes("svix");
  return carrier.names.flatMap((name) => {
    // GoCardless has the same header without an id and a time beside it.
    if (isStandard && name === "webhook-signature" && !/["'`]webhook-timestamp["'`]/iu.test(text)) return [];
    return [...text.matchAll(new RegExp(`[[(=]\\s*["'\`]${name}["'\`](?!\\s*:)`, "giu"))].map((match) => match.index);
  });
}

/** The outermost function around an offset; for one at the top of the file, every function that makes a MAC. */
function functionsAt(offset: number, file: SourceFile): readonly TSESTree.FunctionLike[] {
  const outermost = outermostFunctions(file);
  const around = outermost.filter(({ range }) => range[0] <= offset && offset < range[1]);
  return around.length > 0 ? around : outermost.filter((node) => macsIn({ node, file, from: node }).length > 0);
}

function outermostFunctions(file: SourceFile): readonly TSESTree.FunctionLike[] {
  return [...new Set(file.calls.map(outermostFunction).filter((found) => found !== undefined))];
}

function outermostFunction(node: TSESTree.Node): TSESTree.FunctionLike | undefined {
  let found: TSESTree.FunctionLike | undefined;
  for (let current: TSESTree.Node | undefined = node; current; current = current.parent)
    if (current.type === "FunctionDeclaration" || current.type === "FunctionExpression" || current.type === "ArrowFunctionExpression")
      found = current;
  return found;
}

function ageIn(reached: readonly Reached[], provider: Provider, file: SourceFile, evaluator: Evaluator): AcceptedAge[] {
  const [begun] = reached.flatMap((step) => macsIn(step).map((mac) => (step.file === file ? mac : step.from)));
  if (!begun || reached.some(leavesItToOthers)) return [];
  if (!reached.some(readsClock) && !looksAtTime(file)) return [{ kind: "unchecked", provider, at: begun }];
  return reached.flatMap((step) => windowIn(step, provider, file, evaluator));
}

/** Another function of the file compares times with a clock: the method next to it, the caller. */
function looksAtTime(file: SourceFile): boolean {
  return outermostFunctions(file).some((node) => readsClock({ node, file }) && /time|\bts\b|\bage\b/iu.test(codeOf(node, file)));
}

/** A verifier of a package, or a function that is not seen and says that it verifies. */
function leavesItToOthers({ node, file }: Reached): boolean {
  return nodesWithin(file.calls, node).some(
    (call) =>
      verifierAt(call) !== undefined ||
      (!isCryptography(call) && isSenderCheck(lastOf(call)) && !/^(?:createHmac|digest|update)$/u.test(lastOf(call)) && !isOwn(call, file)),
  );
}

function lastOf(call: CallLike): string {
  return namesOf(call.callee).at(-1) ?? "";
}

/** Declared in the file or a method of its own: what it does has been followed. */
function isOwn({ callee }: CallLike, file: SourceFile): boolean {
  if (callee.type !== "Identifier") return callee.type === "MemberExpression" && callee.object.type === "ThisExpression";
  return file.variableOf(callee)?.defs.some(({ type }) => String(type) === "FunctionName" || String(type) === "Variable") === true;
}

/** A comparison of an age with a constant. Without a division by 1000 in sight the constant is read as milliseconds, the shorter of the two. */
function windowIn({ node, file: inFile, from }: Reached, provider: Provider, file: SourceFile, evaluator: Evaluator): AcceptedAge[] {
  const unit = /\/\s*(?:1_?000|1e3)\b|\.unix\(\)/u.test(codeOf(node, inFile)) ? "s" : "ms";
  return nodesWithin(inFile.comparisons, node).flatMap((comparison) => {
    if (!/^[<>]/u.test(comparison.operator)) return [];
    const sides = [comparison.left, comparison.right] as const;
    for (const [side, other] of [sides, [sides[1], sides[0]]] as const) {
      const value = evaluator.evaluate(side, inFile);
      const bound = numberOf(value);
      if (bound === undefined || bound <= 0 || !isAge(other, inFile)) continue;
      const at = inFile === file && isWithin(comparison, node) ? comparison : from;
      return [{ kind: "comparison", provider, ms: bound * (unit === "s" ? 1_000 : 1), at, bound: { value, unit } }];
    }
    return [];
  });
}

function isAge(node: TSESTree.Node, file: SourceFile): boolean {
  if (clock.test(codeOf(node, file))) return true;
  const definition = node.type === "Identifier" ? file.variableOf(node)?.defs[0]?.node : undefined;
  return (
    definition?.type === "VariableDeclarator" &&
    definition.init !== null &&
    /-/u.test(codeOf(definition.init as TSESTree.Node, file)) &&
    clock.test(codeOf(definition.init as TSESTree.Node, file))
  );
}
