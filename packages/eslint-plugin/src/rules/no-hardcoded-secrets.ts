import type { TSESLint } from "@typescript-eslint/utils";

import { createRule } from "../create-rule.ts";
import { applied } from "../edits/edit.ts";
import { findSecretsInCode } from "../secrets/code/find-in-code.ts";
import { environmentSuggestion } from "../secrets/code/suggestion.ts";
import { describeFinding } from "../secrets/describe.ts";
import { fileKind } from "../secrets/file-kind.ts";
import type { SecretFinding } from "../secrets/finding.ts";
import { findSecretsInText, type Samples, type SecretScope } from "../secrets/find-secrets.ts";
import { type IgnoreOptions, ignoredBy } from "../secrets/ignored.ts";
import { settingsOf } from "../settings.ts";

type MessageIds = "format" | "assigned" | "readFromEnvironment";

interface RuleOptions extends IgnoreOptions {
  readonly additionalNames?: readonly string[];
  readonly samples?: Samples;
}

/** A credential that is written down in a file, in code or in any other text. */
export const noHardcodedSecrets = createRule<MessageIds, readonly [RuleOptions]>({
  name: "no-hardcoded-secrets",
  set: "recommended",
  description: "Disallow credentials in code and in any other text file",
  meta: {
    type: "problem",
    languages: ["*"],
    hasSuggestions: true,
    defaultOptions: [{}],
    schema: [
      {
        type: "object",
        properties: {
          ignore: {
            type: "array",
            items: { type: "string" },
            uniqueItems: true,
            description:
              "Values that are no secrets: `sha256:` and at least 8 hex digits of the value's SHA-256, or a regular expression that the whole value must match.",
          },
          additionalNames: {
            type: "array",
            items: { type: "string" },
            uniqueItems: true,
            description: "Regular expressions for more names whose value is a credential: `^licen[cs]e$`.",
          },
          samples: {
            type: "string",
            enum: ["formats", "strong", "all"],
            description:
              "What to look for in tests, examples and templates: the formats of providers and key material; also generated values and strong passwords (default); or all.",
          },
        },
        additionalProperties: false,
      },
    ],
    messages: {
      format: "{{what}} is hardcoded ({{details}}): revoke it, and read a new one from the environment.",
      assigned: "`{{name}}` is a hardcoded {{what}} ({{details}}): replace it, and read it from the environment.",
      readFromEnvironment: "Read it from the environment variable {{env}}.",
    },
  },
  create(context) {
    const { sourceCode, filename, cwd } = context;
    const [{ additionalNames = [], samples = "strong", ...ignore }] = context.options;
    const scope: SecretScope = {
      kind: fileKind(filename, cwd),
      samples,
      additionalNames: additionalNames.length > 0 ? new RegExp(additionalNames.join("|"), "i") : undefined,
    };
    const isIgnored = ignoredBy(ignore);
    const report = (finding: SecretFinding, suggest: TSESLint.SuggestionReportDescriptor<MessageIds>[]) => {
      const [start, end] = finding.range;
      if (isIgnored(sourceCode.text.slice(start, end))) return;
      context.report({
        loc: { start: sourceCode.getLocFromIndex(start), end: sourceCode.getLocFromIndex(end) },
        messageId: finding.evidence.by === "name" ? "assigned" : "format",
        data: describeFinding(finding),
        suggest,
      });
    };

    if (!isCode(sourceCode)) {
      return {
        [sourceCode.ast.type]() {
          for (const finding of findSecretsInText(sourceCode.text, scope)) report(finding, []);
        },
      };
    }
    const policyEnvs = (settingsOf(context).policy?.secrets ?? []).flatMap(({ env }) => (env === undefined ? [] : [env]));
    return findSecretsInCode(sourceCode, scope, (finding, place) => {
      const suggestion = environmentSuggestion(sourceCode, finding, place, policyEnvs);
      report(
        finding,
        suggestion ? [{ messageId: "readFromEnvironment", data: { env: suggestion.env }, fix: applied([suggestion.edit]) }] : [],
      );
    });
  },
});

function isCode(sourceCode: Readonly<TSESLint.SourceCode>): boolean {
  return sourceCode.ast.type === "Program" && typeof sourceCode.getNodeByRangeIndex === "function";
}
