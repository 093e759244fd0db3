import { createRule } from "../create-rule.ts";
import type { SecretFinding } from "../secrets/finding.ts";
import { findFormats } from "../secrets/find-formats.ts";

export const noHardcodedSecrets = createRule({
  name: "no-hardcoded-secrets",
  set: "recommended",
  description: "Disallow credentials in source and text files",
  meta: {
    type: "problem",
    hasSuggestions: true,
    languages: ["*"],
    defaultOptions: [],
    schema: [],
    messages: {
      format:
        "{{what}} is hardcoded here ({{details}}). Whoever can read this file can use it: revoke it, and read its successor from the environment.",
    },
  },
  create(context) {
    const { sourceCode } = context;
    return {
      [sourceCode.ast.type]() {
        for (const finding of findFormats(sourceCode.text)) {
          context.report({
            loc: { start: sourceCode.getLocFromIndex(finding.range[0]), end: sourceCode.getLocFromIndex(finding.range[1]) },
            messageId: "format",
            data: { what: what(finding), details: details(finding) },
          });
        }
      },
    };
  },
});

function what({ provider, kind, mode }: SecretFinding): string {
  return ["A", mode, provider, kind].filter(Boolean).join(" ");
}

function details({ length, prefix }: SecretFinding): string {
  return [`${length} characters`, ...(prefix ? [`starting with \`${prefix}\``] : [])].join(", ");
}
