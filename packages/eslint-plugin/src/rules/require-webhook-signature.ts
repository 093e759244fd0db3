import { readProgram } from "../calls/read-program.ts";
import { createRule } from "../create-rule.ts";
import { isJudged, type WebhookOptions, webhookOptionsSchema } from "../webhooks/judged-file.ts";
import { isUnverified, type WebhookRoute, webhookRoutes } from "../webhooks/webhook-routes.ts";

type MessageIds = "unverified" | "unverifiedFrom";

/** A webhook that anybody can send. */
export const requireWebhookSignature = createRule<MessageIds, readonly [WebhookOptions]>({
  name: "require-webhook-signature",
  set: "recommended",
  description: "Require webhook handlers to check who sent the request",
  meta: {
    type: "problem",
    languages: ["*"],
    schema: [{ type: "object", properties: webhookOptionsSchema, additionalProperties: false }],
    defaultOptions: [{}],
    messages: {
      unverified:
        "{{route}} ({{framework}}) acts on a webhook that anybody can send: neither the handler nor what runs before it checks a signature, a secret or a login.",
      unverifiedFrom:
        "{{route}} ({{framework}}) acts on a webhook that anybody can send: {{provider}} signs each one ({{carrier}}), and neither the handler nor what runs before it checks that.",
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
        context.report({
          node: route.at,
          messageId: carrier === undefined ? "unverified" : "unverifiedFrom",
          data: {
            route: `${route.method === "any" ? "" : `${route.method} `}${route.path}`,
            framework: route.framework,
            provider: route.provider?.name ?? "",
            carrier: carrier ?? "",
          },
        });
      }
    },
  }),
});

function carrierOf({ provider }: WebhookRoute): string | undefined {
  if (!provider || provider.carrier.in === "none") return undefined;
  return provider.carrier.in === "header" ? `header ${provider.carrier.names[0]}` : `field ${provider.carrier.field}`;
}
