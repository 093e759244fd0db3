import type { TSESLint, TSESTree } from "@typescript-eslint/utils";

import { readProgram, type ReadProgram } from "../calls/read-program.ts";
import { createRule } from "../create-rule.ts";
import { applied } from "../edits/edit.ts";
import { checkSignature } from "../edits/webhook-check.ts";
import { isJudged, type WebhookOptions, webhookOptionsSchema } from "../webhooks/judged-file.ts";
import type { SkippedCheck } from "../webhooks/skipped-checks.ts";
import { isUnverified, uncheckedWithout, type WebhookRoute, webhookRoutes } from "../webhooks/webhook-routes.ts";

type MessageIds = "unverified" | "unverifiedFrom" | "withoutHeader" | "withoutSecret" | "check";

/** A webhook that anybody can send. */
export const requireWebhookSignature = createRule<MessageIds, readonly [WebhookOptions]>({
  name: "require-webhook-signature",
  set: "recommended",
  description: "Require webhook handlers to check who sent the request",
  meta: {
    type: "problem",
    languages: ["*"],
    hasSuggestions: true,
    schema: [{ type: "object", properties: webhookOptionsSchema, additionalProperties: false }],
    defaultOptions: [{}],
    messages: {
      unverified: "Anybody can send {{route}} ({{framework}}): nothing here or before it checks a signature, a secret or a login.",
      unverifiedFrom: "Anybody can send {{route}} ({{framework}}): {{provider}} signs each webhook ({{carrier}}), and nothing checks that.",
      withoutHeader:
        "Anybody can send {{route}} ({{framework}}) by leaving out {{needed}}: the signature is checked only where there is one.",
      withoutSecret: "Anybody can send {{route}} ({{framework}}) while {{needed}} is not set: the signature is checked only where it is.",
      check: "Check the signature of {{provider}} with {{by}}, and refuse what does not have it.",
    },
  },
  create: (context) => ({
    Program() {
      const [options = {}] = context.options;
      const program = readProgram(context);
      const routes = webhookRoutes(context);
      if (!program || routes.length === 0 || !isJudged(context, options)) return;
      const conditions = new Set<TSESTree.Node>();
      for (const route of routes) {
        if (isUnverified(route, program)) context.report(unverified(route, program, context.sourceCode));
        else {
          const skipped = uncheckedWithout(route, program);
          if (!skipped || conditions.has(skipped.at)) continue;
          conditions.add(skipped.at);
          context.report(conditional(route, skipped, program));
        }
      }
    },
  }),
});

function unverified(
  route: WebhookRoute,
  program: ReadProgram,
  sourceCode: Readonly<TSESLint.SourceCode>,
): TSESLint.ReportDescriptor<MessageIds> {
  const carrier = carrierOf(route);
  const check = checkSignature(route, program, sourceCode);
  const provider = route.provider?.name ?? "";
  return {
    node: route.at,
    messageId: carrier === undefined ? "unverified" : "unverifiedFrom",
    data: { route: nameOf(route), framework: route.framework, provider, carrier: carrier ?? "" },
    suggest: check ? [{ messageId: "check", data: { provider, by: check.by }, fix: applied(check.edits) }] : [],
  };
}

/** At the condition, where that stands in this file. */
function conditional(
  route: WebhookRoute,
  { without, at, file }: SkippedCheck,
  program: ReadProgram,
): TSESLint.ReportDescriptor<MessageIds> {
  return {
    node: file === program.file ? at : route.at,
    messageId: without.what === "header" ? "withoutHeader" : "withoutSecret",
    data: { route: nameOf(route), framework: route.framework, needed: without.name },
  };
}

function nameOf({ method, path }: WebhookRoute): string {
  return `${method === "any" ? "" : `${method} `}${path}`;
}

function carrierOf({ provider }: WebhookRoute): string | undefined {
  if (!provider || provider.carrier.in === "none") return undefined;
  return provider.carrier.in === "header" ? `header ${provider.carrier.names[0]}` : `field ${provider.carrier.field}`;
}
