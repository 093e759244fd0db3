import type { TSESLint, TSESTree } from "@typescript-eslint/utils";

import { nameWord } from "../assignments.ts";
import type { SecretFinding } from "../finding.ts";
import { contextIn, findAssignedSecrets, findFormatsIn, looksAtNames, merged, type SecretScope } from "../find-secrets.ts";
import { type Fallback, fallbackAt, mayFallBack } from "../environment/fallback.ts";
import { isSecretVariable } from "../environment/secret-variable.ts";
import { runsOutsideProduction } from "../environment/production.ts";
import { isCredentialByItself, judgeNamedValue, type NamedValue } from "../judge.ts";
import { isInSampleData, isPlaceholderData, isShownInField } from "./sample-data.ts";
import { nameOf, namedValueOf, type TextLiteral, textOf } from "./named-literals.ts";
import { type CodePlace, placeAt } from "./places.ts";

type Listener = TSESLint.RuleListener;
type Found = (finding: SecretFinding, place: CodePlace) => void;

/** Visits the literals of a file only when its text has a word that the name of a credential has. */
export function findSecretsInCode(sourceCode: Readonly<TSESLint.SourceCode>, scope: SecretScope, found: Found): Listener {
  const byFormat = findFormatsIn(sourceCode.text, scope);
  const visitsLiterals =
    looksAtNames(scope) && (scope.additionalNames !== undefined || hasNameWord(sourceCode.text) || takesKey.test(sourceCode.text));
  const joins = joinsLiterals.test(sourceCode.text);
  if (byFormat.length === 0 && !visitsLiterals && !joins) return {};
  const byName: SecretFinding[] = [];
  const fallbacks: Fallbacks = mayFallBack(sourceCode.text) ? (node) => fallbackAt(node, sourceCode) : () => undefined;
  const visit = (node: TextLiteral) => byName.push(...inLiteral(node, sourceCode, scope, fallbacks));
  return {
    ...(visitsLiterals && {
      Literal: (node) => void (typeof node.value === "string" && visit(node)),
      TemplateLiteral: (node) => void visit(node),
    }),
    ...(joins && { BinaryExpression: (node) => void byName.push(...inJoined(node, scope)) }),
    "Program:exit"() {
      if (visitsLiterals) byName.push(...inComments(sourceCode, scope));
      for (const finding of merged(byFormat, byName)) {
        const place = placeAt(sourceCode, finding.range[0]);
        if (place.kind !== "other" && !isShown(finding, place, sourceCode)) found(finding, place);
      }
    },
  };
}

/** What an empty field of a form shows, and the requests and answers in comments that apiDoc and Swagger make pages of, as in the pages of a documentation. */
function isShown({ range, evidence }: SecretFinding, place: CodePlace, sourceCode: Readonly<TSESLint.SourceCode>): boolean {
  if (place.kind === "literal") return isShownInField(place.node);
  if (place.kind !== "text" || evidence.by !== "generic-format") return false;
  const comment = sourceCode.getAllComments().find((one) => one.range[0] <= range[0] && range[1] <= one.range[1]);
  return comment !== undefined && /@(?:api[A-Z]|api\b|swagger|openapi)/.test(comment.value);
}

/** `"sk_live_" + "…"` */
const joinsLiterals = /["'`]\s{0,80}\+\s{0,80}["'`]/;

/** Functions that take a key without saying so. */
const takesKey = /createHmac|cipher|HmacSHA|jwt|otp|authenticator|cookieParser|(?:en|de)crypt\(|\.keys\b/i;

function hasNameWord(text: string): boolean {
  nameWord.lastIndex = 0;
  return nameWord.test(text);
}

type Fallbacks = (node: TextLiteral) => Fallback | undefined;

function inLiteral(
  node: TextLiteral,
  sourceCode: Readonly<TSESLint.SourceCode>,
  scope: SecretScope,
  fallbacks: Fallbacks,
): SecretFinding[] {
  if (node.range[1] - node.range[0] < shortestLiteral) return [];
  const fallback = fallbacks(node);
  const named = namedValueOf(node, fallback && isSecretVariable(fallback.variable) ? fallback.variable : undefined);
  const finding =
    named &&
    judgeNamedValue(
      { ...named, context: named.context === "fallback" ? "fallback" : contextIn(scope, named.context) },
      scope.additionalNames,
    );
  if (finding)
    return isMadeUpFor(named, node) || isPlaceholderData(node) || (finding.kind === "token" && isInSampleData(node, sourceCode.text))
      ? []
      : [finding];
  const inside = inTextOf(node, sourceCode, scope);
  // Few literals hold any, and what stands around one costs more to tell.
  return inside.length > 0 && isInSampleData(node, sourceCode.text) ? [] : inside;
}

/** Literals that are put together hold what none of them holds. The finding covers all of them. */
function inJoined(node: TSESTree.BinaryExpression, scope: SecretScope): SecretFinding[] {
  if (node.operator !== "+" || (node.parent.type === "BinaryExpression" && node.parent.operator === "+")) return [];
  const value = joinedText(node);
  if (value === undefined || value.length > longestJoined) return [];
  const [format] = findFormatsIn(value, scope);
  if (format) return [{ ...format, range: node.range }];
  const place = looksAtNames(scope) ? nameOf(node) : undefined;
  const finding =
    place && judgeNamedValue({ ...place, value, range: node.range, context: contextIn(scope, place.context) }, scope.additionalNames);
  return finding ? [{ ...finding, range: node.range }] : [];
}

const longestJoined = 4_096;

function joinedText(node: TSESTree.Node): string | undefined {
  if (node.type !== "BinaryExpression") return textOf(node);
  if (node.operator !== "+") return undefined;
  const left = joinedText(node.left);
  const right = left === undefined ? undefined : joinedText(node.right);
  return left === undefined || right === undefined ? undefined : left + right;
}

/** Four characters and their quotes: a shorter value is no credential. */
const shortestLiteral = 6;

/** A literal that holds more text: a query string, JSON, a command. Only generated values count there, and in a test none: it is an answer that is made up. */
function inTextOf(
  node: TextLiteral,
  { text }: Readonly<TSESLint.SourceCode>,
  { additionalNames, kind, samples }: SecretScope,
): SecretFinding[] {
  const [start, end] = node.range;
  if (end - start < 24 || end - start > 100_000 || isType(node) || (kind.purpose === "sample" && samples !== "all")) return [];
  const source = text.slice(start + 1, end - 1);
  if (!/[=:]/.test(source) || !hasNameWord(source)) return [];
  return findAssignedSecrets(source, { syntax: "quoted", contextAt: () => "prose", additionalNames, offset: start + 1 });
}

function isType({ parent }: TSESTree.Node): boolean {
  return parent?.type === "TSLiteralType";
}

function inComments(sourceCode: Readonly<TSESLint.SourceCode>, { additionalNames }: SecretScope): SecretFinding[] {
  return sourceCode
    .getAllComments()
    .flatMap(({ value, range: [start] }) =>
      hasNameWord(value)
        ? findAssignedSecrets(value, { syntax: "quoted", contextAt: () => "prose", additionalNames, offset: start + 2 })
        : [],
    );
}

/** A password that only a branch for development or tests uses; a generated value was copied from somewhere all the same. */
function isMadeUpFor({ name, value }: NamedValue, node: TextLiteral): boolean {
  return runsOutsideProduction(node) && !isCredentialByItself(name, value);
}
