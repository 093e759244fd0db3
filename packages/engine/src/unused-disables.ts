import type { Linter } from "eslint";

const prefix = "Unused eslint-";
const ruleInQuotes = /'(?<rule>[^']+)'/gu;

/**
 * ESLint's warnings about disable comments that silence nothing, of these rules only: what a comment says to a rule that does not run here is none of our
 * business. One for several rules keeps ours; without a fix, since the comment must stay.
 */
export function unusedDisablesOf(rules: ReadonlySet<string>): (message: Linter.LintMessage) => Linter.LintMessage[] {
  return (message) => {
    if (message.ruleId !== null || !message.message.startsWith(prefix)) return [message];
    const named = Array.from(message.message.matchAll(ruleInQuotes), ({ groups }) => groups!["rule"]!);
    const ours = named.filter((rule) => rules.has(rule));
    if (ours.length === 0) return [];
    if (ours.length === named.length) return [message];
    const { fix: _fix, ...kept } = message;
    const [before = ""] = message.message.split("'");
    return [{ ...kept, message: `${before}${ours.map((rule) => `'${rule}'`).join(", ")}).` }];
  };
}

export function isUnusedDisable({ ruleId, message }: Linter.LintMessage): boolean {
  return ruleId === null && message.startsWith(prefix);
}
