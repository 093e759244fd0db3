import { createRequire } from "node:module";

import * as parser from "@typescript-eslint/parser";
import { Linter, RuleTester } from "eslint";
import type { TestCase } from "eslint-snapshot-rule-tester";
import { afterAll, describe, expect, it } from "vitest";

import type { Rule } from "../../src/create-rule.ts";

// The snapshot tester knows jest and mocha; this is as much of jest as it asks for.
Object.assign(globalThis, { afterAll, expect, jest: {} });
process.env["JEST_WORKER_ID"] ??= "1";
if (process.env["UPDATE_SNAPSHOTS"]) process.argv.push("--update");
Object.assign(RuleTester, { describe, it });
const { SnapshotRuleTester } = createRequire(import.meta.url)(
  "eslint-snapshot-rule-tester",
) as typeof import("eslint-snapshot-rule-tester");

export type Case = TestCase & { readonly name: string; readonly code: string };

const languageOptions = { parser: parser as unknown as Linter.Parser, sourceType: "module" } as const;

/**
 * Runs a rule over code that must be silent and code that must be reported, the latter against snapshots with carets. Every fix and suggestion must
 * parse, and fixing twice must be the same as fixing once. `UPDATE_SNAPSHOTS=1` writes the snapshots anew.
 */
export function runRule(
  name: string,
  rule: Rule,
  { silent, reported }: { readonly silent: readonly Case[]; readonly reported: readonly Case[] },
): void {
  const eslintRule = rule as never;
  new SnapshotRuleTester({ languageOptions }).run(name, eslintRule, { valid: [...silent], invalid: [...reported] });

  if (reported.length === 0) return;
  describe(`${name}: what is reported`, () => {
    it.each(reported)("$name", ({ code, options = [], settings, filename }) => {
      const config = (rules: Linter.RulesRecord): Linter.Config[] => [
        { files: ["**"], languageOptions, plugins: { holdfast: { rules: { [name]: eslintRule } } }, rules, ...(settings && { settings }) },
      ];
      const linter = new Linter({ configType: "flat" });
      const on = config({ [`holdfast/${name}`]: ["error", ...options] });
      const lint = (text: string) => linter.verify(text, on, { filename: filename ?? "file.ts" });
      const messages = lint(code);
      expect(messages.map(({ ruleId }) => ruleId)).toContain(`holdfast/${name}`);

      for (const { fix, desc } of messages.flatMap(({ suggestions = [] }) => suggestions)) {
        const changed = code.slice(0, fix.range[0]) + fix.text + code.slice(fix.range[1]);
        expect(
          lint(changed).filter(({ fatal }) => fatal),
          `${desc}:\n${changed}`,
        ).toEqual([]);
        const before = messages.map(({ message }) => message);
        expect(
          lint(changed).map(({ message }) => message),
          `${desc} changes what is found:\n${changed}`,
        ).not.toEqual(before);
      }
      const once = linter.verifyAndFix(code, on, { filename: filename ?? "file.ts" }).output;
      expect(lint(once).filter(({ fatal }) => fatal)).toEqual([]);
      expect(linter.verifyAndFix(once, on, { filename: filename ?? "file.ts" }).output).toBe(once);
    });
  });
}
