import { readProgram } from "../calls/read-program.ts";
import { createRule } from "../create-rule.ts";
import { applied } from "../edits/edit.ts";
import { checkSignature } from "../edits/webhook-check.ts";
import { isJudged, type WebhookOptions, webhookOptionsSchema } from "../webhooks/judged-file.ts";
import { isUnverified, type WebhookRoute, webhookRoutes } from "../webhooks/webhook-routes.ts";

type MessageIds = "unverified" | "unverifiedFrom" | "check";

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
      check: "Check the signature of {{provider}} with {{by}}, and refuse what does not have it.",
    },
  },
  create: (context) => ({
    Program() {
      const [options = {}] = context.options;
      const program = readProgram(context);
      const routes = webhookRoutes(context);
      if (!program || routes.length === 0 || !isJudged(context, options)) return;
      for (const route of routes) {
        if (!isUnverified(route, program)) continue;
        const carrier = carrierOf(route);
        const check = checkSignature(route, program, context.sourceCode);
        const provider = route.provider?.name ?? "";
        context.report({
          node: route.at,
          messageId: carrier === undefined ? "unverified" : "unverifiedFrom",
          data: {
            route: `${route.method === "any" ? "" : `${route.method} `}${route.path}`,
            framework: route.framework,
            provider,
            carrier: carrier ?? "",
          },
          suggest: check ? [{ messageId: "check", data: { provider, by: check.by }, fix: applied(check.edits) }] : [],
        });
      }
    },
  }),
});

function carrierOf({ provider }: WebhookRoute): string | undefined {
  if (!provider || provider.carrier.in === "none") return undefined;
  return provider.carrier.in === "header" ? `header ${provider.carrier.names[0]}` : `field ${provider.carrier.field}`;
}
