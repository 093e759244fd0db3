import type { TSESLint, TSESTree } from "@typescript-eslint/utils";

import type { OutboundCall } from "../calls/outbound-call.ts";
import { readProgram } from "../calls/read-program.ts";
import { createRule } from "../create-rule.ts";
import { applied, type Edit } from "../edits/edit.ts";
import { removeProperty } from "../edits/removed-property.ts";
import { findingsOf, type Problem, sourceOf } from "../findings/causes.ts";
import { isJudgedFile, judgedCalls } from "../findings/judged-calls.ts";
import { printCall } from "../findings/words.ts";
import { type CallSettings, callOptionsSchema, callSettings, settingsOf } from "../settings.ts";
import { startOfUrl } from "../transport/start-of-url.ts";
import { unverifiedCall } from "../transport/tls-calls.ts";
import { type WeakSetting, weakSetting } from "../transport/tls-settings.ts";
import { publicPlainTextHost } from "../transport/public-host.ts";

type Options = readonly [CallSettings];
type MessageIds = "unverified" | "everywhere" | "oldVersion" | "plainText" | "remove" | "useHttps" | "useTls12";

/** A connection whose other end nobody checks, or that anybody on the way reads. */
export const noWeakTls = createRule<MessageIds, Options>({
  name: "no-weak-tls",
  set: "recommended",
  description: "Disallow connections without verified, current TLS",
  meta: {
    type: "problem",
    languages: ["*"],
    fixable: "code",
    hasSuggestions: true,
    schema: [
      {
        type: "object",
        properties: { reportAt: callOptionsSchema.reportAt, alsoIn: callOptionsSchema.alsoIn },
        additionalProperties: false,
      },
    ],
    defaultOptions: [{}],
    messages: {
      unverified: "{{says}}: {{means}}.",
      everywhere: "{{says}} switches the check of certificates off for every TLS connection of the process.",
      oldVersion: "{{says}} lets TLS 1.0 or 1.1 through, which RFC 8996 forbids (Node's own limit is TLS 1.2).",
      plainText: "{{call}} goes over plain HTTP: whoever is on the way reads it and can change the answer.",
      remove: "Remove it; give a private authority's certificate as `ca`.",
      useHttps: "Use https:",
      useTls12: "Use TLS 1.2 or newer.",
    },
  },
  create(context) {
    const program = () => readProgram(context);
    const settings = callSettings(context.options[0] ?? {}, settingsOf(context));
    const isJudged = () => {
      const read = program();
      return read !== undefined && isJudgedFile(read, settings);
    };

    function check(node: TSESTree.Property | TSESTree.AssignmentExpression): void {
      const weak = weakSetting(node, program);
      if (weak && isJudged()) context.report({ node: weak.node, ...reportOf(weak, context.sourceCode.text) });
    }

    return {
      Property: check,
      AssignmentExpression: check,
      CallExpression(node) {
        const found = unverifiedCall(node, program);
        if (found && isJudged())
          context.report({ node: found.node, messageId: "unverified", data: { says: found.says, means: found.means } });
      },
      Program() {
        const judged = judgedCalls(context, settings);
        if (!judged) return;
        for (const { node, problem } of findingsOf(judged.calls.flatMap(plainText), judged.file, settings.reportAt))
          context.report({
            node,
            messageId: "plainText",
            data: { call: printCall(problem.call) },
            suggest: httpsSuggestion(node, context.sourceCode.text),
          });
      },
    };
  },
});

function reportOf(weak: WeakSetting, text: string) {
  switch (weak.kind) {
    case "unverified":
      return { messageId: "unverified", data: { says: weak.says, means: weak.means }, suggest: removal(weak.node, text) } as const;
    case "everywhere":
      return { messageId: "everywhere", data: { says: weak.says }, suggest: removal(weak.node, text) } as const;
    case "old version":
      return { messageId: "oldVersion", data: { says: weak.says }, ...newerVersion(weak) } as const;
  }
}

function removal(node: TSESTree.Node, text: string): TSESLint.SuggestionReportDescriptor<MessageIds>[] {
  const edits = removed(node, text);
  return edits ? [{ messageId: "remove", fix: applied(edits) }] : [];
}

function removed(node: TSESTree.Node, text: string): Edit[] | undefined {
  if (node.type === "Property") return removeProperty(node, text);
  const statement = node.parent;
  if (statement?.type !== "ExpressionStatement" || !/^(?:Program|BlockStatement)$/u.test(statement.parent.type)) return undefined;
  return [
    {
      range: [statement.range[0], statement.range[1] + (/^[^\S\n]*\n[^\S\n]*/u.exec(text.slice(statement.range[1]))?.[0].length ?? 0)],
      text: "",
    },
  ];
}

/** `secureProtocol` allows one version only; what is meant today is a lower limit. */
function newerVersion({ node, value }: Extract<WeakSetting, { kind: "old version" }>) {
  if (value.type !== "Literal") return {};
  if (!value.value?.toString().endsWith("method")) return { fix: applied([{ range: value.range, text: '"TLSv1.2"' }]) };
  return node.type === "Property"
    ? { suggest: [{ messageId: "useTls12" as const, fix: applied([{ range: node.range, text: 'minVersion: "TLSv1.2"' }]) }] }
    : {};
}

function plainText(call: OutboundCall): Problem[] {
  if (plainTextHost(call) === undefined || call.url.kind !== "known") return [];
  const { place } = sourceOf(call, (candidate) => plainTextHost(candidate) !== undefined);
  const cause = startOfUrl(call) ?? call.url.origin ?? call.origin;
  return [{ call, cause, reportedThere: cause.file === place.file }];
}

function plainTextHost({ url }: OutboundCall): string | undefined {
  return url.kind === "known" ? publicPlainTextHost(url.value.parts) : undefined;
}

function httpsSuggestion(node: TSESTree.Node, text: string): TSESLint.SuggestionReportDescriptor<MessageIds>[] {
  const offset = text.slice(...node.range).search(/http:\/\//iu);
  if (offset === -1) return [];
  const start = node.range[0] + offset;
  return [{ messageId: "useHttps", fix: applied([{ range: [start, start + "http".length], text: "https" }]) }];
}
