import { z } from "zod";

import { defaultBudget } from "../budget/default-budget.ts";
import { formatDuration } from "../duration.ts";
import { countOfRetries, duration, name, positiveInteger } from "./scalars.ts";

const bounds = {
  slo: duration
    .optional()
    .describe(`Latency objective: what the caller of this program may wait for. ${formatDuration(defaultBudget.slo)} without it.`),
  timeout: duration.optional().describe(`The most one attempt may take. ${formatDuration(defaultBudget.timeout)} without it.`),
  concurrency: positiveInteger
    .optional()
    .describe(`Requests to one upstream that may run at the same time. ${defaultBudget.concurrency} without it.`),
};

export const budgets = z.strictObject(bounds).describe("What a request may spend, for every upstream that says nothing else.");

export const retries = z
  .strictObject(
    {
      limit: countOfRetries
        .optional()
        .describe(`Calls after the first, for every upstream that says nothing else. ${defaultBudget.retries} without it.`),
    },
    { error: "expected a map such as { limit: 2 }" },
  )
  .describe("Retries of every upstream.");

export const webhooks = z
  .strictObject({
    freshness: duration
      .optional()
      .describe(`How old a signed webhook may be when it is accepted. ${formatDuration(defaultBudget.webhookFreshness)} without it.`),
  })
  .describe("What this program receives.");

const urlPattern = z
  .string()
  .max(500, { error: "expected at most 500 characters" })
  .regex(/^https?:\/\/[^\s/?#@:]+(?::(?:\d{1,5}|\*))?(?:\/[^\s?#]*)?$/u, {
    error: "expected a URL pattern such as https://api.psp.example/**",
    abort: true,
  })
  .refine((text) => !/\*\*/u.test(text.replace(/:\/\/\*\*\./u, "://").replace(/\/\*\*$/u, "")), {
    error: "`**` is the rest: it comes last, after a slash, or first in the host, before a dot",
  })
  .meta({ examples: ["https://api.psp.example/**"] });

const packagePattern = z
  .string()
  .max(214, { error: "expected at most 214 characters" })
  .regex(/^(?:@[a-z\d~][\w.~-]*\/)?(?:[a-z\d~*-][\w.~*-]*)$/iu, { error: "expected a package such as stripe or @aws-sdk/*" })
  .meta({ examples: ["stripe", "@aws-sdk/*"] });

const idempotency = z
  .strictObject({
    header: z
      .string()
      .regex(/^[\w!#$%&'*+.^`|~-]+$/u, { error: "expected the name of a header, such as Idempotency-Key" })
      .optional()
      .meta({ description: `The header that carries the key. ${defaultBudget.idempotencyHeader} without it.` }),
    safe: z
      .array(
        z
          .string()
          .regex(/^(?:[A-Z]+ )?\/\S*$/u, { error: "expected a path, such as /oauth/token or POST /v1/search" })
          .meta({ examples: ["/oauth/token", "POST /v1/search"] }),
      )
      .optional()
      .describe("What may be sent twice without a key."),
  })
  .describe("How a request that changes something is made safe to repeat.");

const upstream = z.strictObject({
  match: z
    .array(urlPattern)
    .optional()
    .describe("URLs that belong to it. `*` is one part of a host or path, `**` the rest; the most literal pattern wins."),
  packages: z.array(packagePattern).optional().describe("SDKs that talk to it. `@aws-sdk/*` is all of a scope."),
  slo: bounds.slo.describe("As in `budgets`, for this upstream."),
  timeout: bounds.timeout.describe("As in `budgets`, for this upstream."),
  concurrency: bounds.concurrency.describe("As in `budgets`, for this upstream."),
  retries: countOfRetries.optional().describe("Calls after the first."),
  idempotency: idempotency.optional(),
});

export const upstreams = z.record(name, upstream).describe("The APIs this program calls, by a name of your own.");
