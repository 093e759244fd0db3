import { z } from "zod";

import { countOfRetries, duration, name, positiveInteger } from "./scalars.ts";

const bounds = {
  slo: duration.optional().describe("Latency objective: what the caller of this program may wait for."),
  timeout: duration.optional().describe("The most one attempt may take."),
  concurrency: positiveInteger.optional().describe("Requests to the upstream that may run at the same time."),
};

export const budgets = z.strictObject(bounds).describe("Budget of every upstream that has none of its own.");

export const retries = z.strictObject({
  limit: countOfRetries.optional().describe("Calls after the first, for every upstream that says nothing else."),
});

export const webhooks = z.strictObject({ freshness: duration.optional().describe("How old a signed webhook may be.") });

export const upstreams = z.record(
  name,
  z.strictObject({
    match: z
      .array(z.string().regex(/^https?:\/\//u, { error: "expected a URL pattern such as https://api.psp.example/**" }))
      .optional()
      .describe("URL patterns; `*` is one part of a host or path, `**` is the rest."),
    packages: z.array(z.string()).optional().describe("SDKs that talk to it; `@aws-sdk/*` is all of a scope."),
    ...bounds,
    retries: countOfRetries.optional().describe("Calls after the first."),
    idempotency: z
      .strictObject({
        header: z.string().optional().describe("The header that carries the key."),
        safe: z.array(z.string()).optional().describe("Paths whose POSTs may be sent twice, such as `/oauth/token` or `POST /v1/search`."),
      })
      .optional(),
  }),
);
