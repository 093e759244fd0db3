import { readProgram } from "../calls/read-program.ts";
import { createRule } from "../create-rule.ts";
import { isJudged, type WebhookOptions, webhookOptionsSchema } from "../webhooks/judged-file.ts";
import { repeatedEffect } from "../webhooks/repeated-effects.ts";
import { webhookRoutes } from "../webhooks/webhook-routes.ts";

/** A webhook that does everything twice when it comes twice. */
export const requireWebhookDedupe = createRule<"repeated", readonly [WebhookOptions]>({
  name: "require-webhook-dedupe",
  set: "strict",
  description: "Require webhook handlers to act once on an event that is delivered twice",
  meta: {
    type: "problem",
    languages: ["*"],
    schema: [{ type: "object", properties: webhookOptionsSchema, additionalProperties: false }],
    defaultOptions: [{}],
    messages: {
      repeated: "`{{effect}}` runs again whenever {{route}} is delivered again: nothing on the way looks at the event's id.",
    },
  },
  create: (context) => ({
    Program() {
      const [options = {}] = context.options;
      const routes = webhookRoutes(context);
      const file = routes.length > 0 && isJudged(context, options) ? readProgram(context)?.file : undefined;
      if (!file) return;
      for (const route of routes) {
        const effect = repeatedEffect(route, file);
        if (effect) context.report({ node: effect.at, messageId: "repeated", data: { effect: effect.name, route: route.path } });
      }
    },
  }),
});
