import type { TSESLint } from "@typescript-eslint/utils";

import { readProgram } from "../calls/read-program.ts";
import { createRule } from "../create-rule.ts";
import { applied, indentationAt, insertedAt } from "../edits/edit.ts";
import { writeNumber } from "../edits/number-literal.ts";
import { removeProperty } from "../edits/removed-property.ts";
import { isJudgedFile } from "../findings/judged-calls.ts";
import type { FileRole } from "../project/file-role.ts";
import { callOptionsSchema, settingsOf } from "../settings.ts";
import { minimumSeconds, type MissingHsts, missingHsts, yearSeconds } from "../transport/hsts.ts";

type Options = readonly [{ readonly alsoIn?: readonly FileRole[] }];
type MessageIds = "off" | "short" | "neverSet" | "remove" | "aYear" | "setHeader";

/** A server with TLS that does not tell browsers to come by TLS only. */
export const requireHsts = createRule<MessageIds, Options>({
  name: "require-hsts",
  set: "strict",
  description: "Require Strict-Transport-Security of servers with TLS",
  meta: {
    type: "problem",
    languages: ["*"],
    hasSuggestions: true,
    schema: [{ type: "object", properties: { alsoIn: callOptionsSchema.alsoIn }, additionalProperties: false }],
    defaultOptions: [{}],
    messages: {
      off: "HSTS is switched off: a browser's first request may go over plain HTTP, where it can be redirected.",
      short: "HSTS for {{seconds}} s: a browser that comes back later may be led to plain HTTP. Set {{minimum}} s (180 days) or more.",
      neverSet: "This server has TLS and sets no Strict-Transport-Security: a browser's next visit may begin over plain HTTP.",
      remove: "Take helmet's default: a year.",
      aYear: "Set a year.",
      setHeader: "Set the header for every answer.",
    },
  },
  create: (context) => ({
    Program() {
      if (!/hsts|strictTransportSecurity|create(?:Secure)?Server/u.test(context.sourceCode.text)) return;
      const program = readProgram(context);
      if (!program || !isJudgedFile(program, { alsoIn: context.options[0]?.alsoIn ?? settingsOf(context).alsoIn ?? [] })) return;
      for (const missing of missingHsts(program)) context.report(reportOf(missing, context.sourceCode.text));
    },
  }),
});

function reportOf(missing: MissingHsts, text: string): TSESLint.ReportDescriptor<MessageIds> {
  const { node } = missing;
  switch (missing.kind) {
    case "off":
      return { node, messageId: "off", suggest: [{ messageId: "remove", fix: applied(removeProperty(missing.node, text)) }] };
    case "short": {
      const edits = writeNumber(node, String(yearSeconds));
      return {
        node,
        messageId: "short",
        data: { seconds: missing.seconds, minimum: minimumSeconds },
        suggest: edits ? [{ messageId: "aYear", fix: applied(edits) }] : [],
      };
    }
    case "never set":
      return { node, messageId: "neverSet", suggest: missing.app ? [{ messageId: "setHeader", fix: headerAfter(missing.app, text) }] : [] };
  }
}

function headerAfter(app: NonNullable<Extract<MissingHsts, { kind: "never set" }>["app"]>, text: string): TSESLint.ReportFixFunction {
  const [declarator] = app.declarations;
  const name = text.slice(...declarator.id.range);
  const indentation = indentationAt(text, app.range[0]);
  const lines = [
    `${name}.use((_request, response, next) => {`,
    `  response.setHeader("Strict-Transport-Security", "max-age=${yearSeconds}");`,
    "  next();",
    "});",
  ];
  return applied([insertedAt(app.range[1], lines.map((line) => `\n${indentation}${line}`).join(""))]);
}
