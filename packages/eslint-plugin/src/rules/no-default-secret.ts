import type { TSESLint, TSESTree } from "@typescript-eslint/utils";

import { createRule } from "../create-rule.ts";
import { applied } from "../edits/edit.ts";
import { textOf } from "../secrets/code/named-literals.ts";
import { isIssuedByProvider, wordsOf } from "../secrets/credential-name.ts";
import { type Fallback, fallbackAt } from "../secrets/environment/fallback.ts";
import { isProductionGuard, runsOutsideProduction } from "../secrets/environment/production.ts";
import { requireVariable } from "../secrets/environment/require-variable.ts";
import { type IgnoredVariables, ignoreVariablesSchema, secretVariables } from "../secrets/environment/secret-variable.ts";
import { definitionOf, readsEnvironment } from "../secrets/environment/variable-read.ts";
import { fileKind } from "../secrets/file-kind.ts";
import { isCredentialByItself } from "../secrets/judge.ts";

type MessageIds = "fallback" | "throwWhenMissing";
type Value = TSESTree.StringLiteral | TSESTree.TemplateLiteral | TSESTree.Identifier;

/** A secret of the environment with a value in the code that stands in for it. */
export const noDefaultSecret = createRule<MessageIds, readonly [IgnoredVariables]>({
  name: "no-default-secret",
  set: "recommended",
  description: "Disallow fallbacks in the code for secrets of the environment",
  meta: {
    type: "problem",
    languages: ["*"],
    hasSuggestions: true,
    schema: [{ type: "object", properties: { ignore: ignoreVariablesSchema }, additionalProperties: false }],
    defaultOptions: [{}],
    messages: {
      fallback: "`{{variable}}` falls back to a secret that everybody with the source knows: a start without it should fail instead.",
      throwWhenMissing: "Fail when `{{variable}}` is missing.",
    },
  },
  create(context) {
    const { sourceCode, filename, cwd } = context;
    if (!readsEnvironment.test(sourceCode.text) || fileKind(filename, cwd).purpose !== "product") return {};
    const isSecret = secretVariables(context.options[0]);
    const found: { readonly fallback: Fallback; readonly value: Value }[] = [];
    const guards: string[] = [];
    const visit = (value: Value) => {
      const fallback = fallbackAt(value, sourceCode);
      if (fallback && isSecret(fallback.variable) && isDefaultSecret(value, fallback, sourceCode)) found.push({ fallback, value });
    };
    return {
      Literal: (node) => void (typeof node.value === "string" && visit(node)),
      TemplateLiteral: visit,
      Identifier: visit,
      IfStatement(node) {
        if (isProductionGuard(node, sourceCode.text)) guards.push(sourceCode.text.slice(...node.range));
      },
      "Program:exit"() {
        for (const { fallback, value } of found) {
          if (runsOutsideProduction(value) || guards.some((guard) => mentions(guard, fallback, value, sourceCode))) continue;
          const data = { variable: fallback.variable };
          const edit = requireVariable(fallback, value, sourceCode.text);
          const suggest = edit ? [{ messageId: "throwWhenMissing" as const, data, fix: applied([edit]) }] : [];
          context.report({ node: value, messageId: "fallback", data, suggest });
        }
      },
    };
  },
});

/** A value that stands for a secret. One that is a credential by its look has leaked as well, which no-hardcoded-secrets says. */
function isDefaultSecret(value: Value, { variable }: Fallback, sourceCode: Readonly<TSESLint.SourceCode>): boolean {
  const text = valueOf(value, sourceCode);
  if (text === undefined || text.trim() === "" || saysNone.test(text) || saysSwitch.test(text)) return false;
  // `apiKey: process.env.OLLAMA_TOKEN || "ollama"`: a server that asks for no key is given a word.
  const isRefused =
    saysMissing.test(text) ||
    asksToBeSet.test(text) ||
    prefixOnly.test(text) ||
    text === variable ||
    (wordsOf(variable).includes(text) && /^api_?key$|token$/i.test(givenTo(value) ?? "")) ||
    isMadeUpForProvider(variable, sourceCode.text);
  return !(isRefused && !protects.test(variable)) && !isCredentialByItself(variable, text);
}

/** A provider refuses what it did not issue, unless the program makes keys of it. */
function isMadeUpForProvider(variable: string, file: string): boolean {
  return isIssuedByProvider(variable) && !derivesKeys.test(file);
}
const derivesKeys = /\bcreate(?:Hash|Hmac|Cipher(?:iv)?)\(|scrypt|pbkdf2|hkdf/i;

/** Values that say that there is no secret, for the program to ask for. */
const saysNone =
  /^(?:none|null|nil|undefined|n\/?a|not[-_ ]?(?:set|used|provided|needed|required|configured|available|applicable)|no[-_ ](?:key|token|defined|api[-_ ]?key)|unset|missing|empty|disabled|false|off|no|unknown|-+)$/i;

/** `ID_TOKEN` of a single sign-on is a switch. */
const saysSwitch = /^(?:true|yes|on|enabled|\d)$/i;
/** Stands for "not configured": an upstream refuses it, and nobody gets in with it. */
const saysMissing =
  /dummy|not-?configured|unconfigured|unset|not-?set|missing|placeholder|redacted|(?<![a-z])(?:nothing|empty)(?![a-z])|^(?:none|abc|n\/a|xxx+|[0-]{8,})$/i;
/** `set-api-token`, `your-app-password` */
const asksToBeSet = /^set[-_ ]|(?:^|[-_ ])your[-_ ]/i;
/** The beginning of a provider's keys and nothing more: `sk-proj-`. */
const prefixOnly = /^(?:sk|pk|rk|re|ghp)[-_](?:[a-z]+[-_])?$/;
/** What a secret of these names protects is the program's own, so that any value that everybody knows opens it. */
const protects =
  /^SECRET(?:_KEY)?$|JWT|SESSION|COOKIE|ENCRYPT|SIGN|AUTH_SECRET|HMAC|WEBHOOK|PASSWORD|SALT|(?<!ACCESS_)TOKEN_SECRET$|APP_SECRET/;

function valueOf(value: Value, sourceCode: Readonly<TSESLint.SourceCode>): string | undefined {
  if (value.type !== "Identifier") return textOf(value);
  const declarator = definitionOf(value, sourceCode);
  if (declarator?.type !== "VariableDeclarator" || declarator.parent.kind !== "const" || !declarator.init) return undefined;
  return textOf(declarator.init);
}

/** Whether a guard is about this variable: by its name, by the name that it is given to, or by the fallback. */
function mentions(guard: string, { variable }: Fallback, value: Value, { text }: Readonly<TSESLint.SourceCode>): boolean {
  return [variable, givenTo(value), text.slice(...value.range)].some((name) => name !== undefined && guard.includes(name));
}

function givenTo(value: TSESTree.Node): string | undefined {
  for (let at: TSESTree.Node | undefined = value; at; at = at.parent) {
    if (at.type === "VariableDeclarator") return at.id.type === "Identifier" ? at.id.name : undefined;
    if (at.type === "Property" && at.key.type === "Identifier") return at.key.name;
    if (at.type.endsWith("Statement")) return undefined;
  }
  return undefined;
}
