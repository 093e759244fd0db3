import type { JSONSchema, TSESLint } from "@typescript-eslint/utils";

import { failureOfRule, type LaunchFailure, type RuleName } from "./launch-failures.ts";

/** Where the page of a rule is read. */
export function ruleUrl(name: string): string {
  return `https://github.com/holdfast-dev/holdfast/blob/main/docs/rules/${name}.md`;
}

export interface RuleDocs {
  readonly description: string;
  /** In `recommended` (R) or only in `strict` (S). */
  readonly set: "recommended" | "strict";
  /** Which of the five launch failures it finds. */
  readonly failure: LaunchFailure;
  readonly url: string;
}

interface RuleParts<MessageId extends string, Options extends readonly unknown[]> {
  readonly name: RuleName;
  readonly set: RuleDocs["set"];
  readonly description: string;
  readonly meta: Omit<TSESLint.RuleMetaData<MessageId, RuleDocs, Options>, "docs" | "defaultOptions" | "schema"> & {
    readonly schema: readonly JSONSchema.JSONSchema4[];
    readonly defaultOptions: Options;
    /** ESLint 10 refuses a rule on a language it does not name; a rule that needs ESTree says nothing on other trees. */
    readonly languages: readonly string[];
  };
  create(context: Readonly<TSESLint.RuleContext<MessageId, Options>>): TSESLint.RuleListener;
}

export type Rule = TSESLint.RuleModule<string, readonly unknown[], RuleDocs>;

/** A rule with its page's address. Options arrive merged with `meta.defaultOptions` by ESLint 9.15 and newer. */
export function createRule<MessageId extends string, Options extends readonly unknown[]>({
  name,
  set,
  description,
  meta,
  create,
}: RuleParts<MessageId, Options>): Rule {
  return { meta: { ...meta, docs: { description, set, failure: failureOfRule[name], url: ruleUrl(name) } }, create } as unknown as Rule;
}
