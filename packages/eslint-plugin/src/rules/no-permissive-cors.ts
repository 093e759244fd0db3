import type { TSESLint, TSESTree } from "@typescript-eslint/utils";

import { readProgram } from "../calls/read-program.ts";
import { createRule } from "../create-rule.ts";
import { applied } from "../edits/edit.ts";
import { removeProperty } from "../edits/removed-property.ts";
import { isJudgedFile } from "../findings/judged-calls.ts";
import { type FileRole } from "../project/file-role.ts";
import { callOptionsSchema, settingsOf } from "../settings.ts";
import { openHeaderCalls, openHeaderList, openHeaderObject, type OpenHeader } from "../transport/cors/cors-headers.ts";
import { openOrigins, openOriginsOfSetting, type OpenOrigins } from "../transport/cors/cors-options.ts";

type Options = readonly [{ readonly alsoIn?: readonly FileRole[] }];
type MessageIds = "echoed" | "wildcard" | "nameOrigins" | "noCredentials";

/** An API that lets the scripts of any page act as the page's visitor. */
export const noPermissiveCors = createRule<MessageIds, Options>({
  name: "no-permissive-cors",
  set: "recommended",
  description: "Disallow CORS with credentials for any origin",
  meta: {
    type: "problem",
    languages: ["*"],
    hasSuggestions: true,
    schema: [{ type: "object", properties: { alsoIn: callOptionsSchema.alsoIn }, additionalProperties: false }],
    defaultOptions: [{}],
    messages: {
      echoed: "{{says}} with credentials: any page that a user opens can call this API as that user and read the answers.",
      wildcard:
        "{{says}} with credentials: browsers refuse that pair for every origin (Fetch standard, CORS check), so no page can use it.",
      nameOrigins: "Take the allowed origins from ALLOWED_ORIGINS.",
      noCredentials: "Send no credentials.",
    },
  },
  create(context) {
    const alsoIn = context.options[0]?.alsoIn ?? settingsOf(context).alsoIn ?? [];
    const program = () => readProgram(context);
    const file = () => program()?.file;
    const reported = new Set<TSESTree.Node>();

    function report(found: OpenHeader | OpenOrigins | undefined): void {
      const read = found && program();
      // What Next reads when it starts is part of the product, though it is called a configuration.
      if (!read || !(isJudgedFile(read, { alsoIn }) || /(?:^|[/\\])next\.config\.[cm]?[jt]s$/u.test(read.path))) return;
      const { node, opens, says } = found;
      if (reported.has(node)) return;
      reported.add(node);
      const suggest = "library" in found ? suggestions(found, context.sourceCode.text) : [];
      context.report({ node, messageId: opens === "the wildcard" ? "wildcard" : "echoed", data: { says }, suggest });
    }

    return {
      Program() {
        if (!/cors|access-control-allow-origin/iu.test(context.sourceCode.text)) return;
        const read = program();
        if (!read) return;
        for (const found of openOrigins(read.file, read.evaluator)) report(found);
        for (const found of openHeaderCalls(read.file)) report(found);
      },
      ObjectExpression(node: TSESTree.ObjectExpression) {
        report(openHeaderObject(node, file));
        report(openOriginsOfSetting(node, program));
      },
      ArrayExpression: (node: TSESTree.ArrayExpression) => report(openHeaderList(node, file)),
    };
  },
});

function suggestions({ origin, credentials, library }: OpenOrigins, text: string): TSESLint.SuggestionReportDescriptor<MessageIds>[] {
  const list = '(process.env["ALLOWED_ORIGINS"] ?? "").split(",")';
  const code = library.takesList ? list : `(ctx) => ${list}.find((origin) => origin === ctx.get("Origin")) ?? ""`;
  const at = origin ?? credentials;
  const written = `origin: ${code}`;
  return [
    ...(at
      ? [
          {
            messageId: "nameOrigins" as const,
            fix: applied([origin ? { range: origin.range, text: written } : { range: [at.range[0], at.range[0]], text: `${written}, ` }]),
          },
        ]
      : []),
    ...(credentials ? [{ messageId: "noCredentials" as const, fix: applied(removeProperty(credentials, text)) }] : []),
  ];
}
