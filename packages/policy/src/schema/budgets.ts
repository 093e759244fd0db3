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

const urlPattern = z
  .string()
  .max(500, { error: "expected at most 500 characters" })
  .regex(/^https?:\/\/[^\s/?#@:]+(?::(?:\d{1,5}|\*))?(?:\/[^\s?#]*)?$/u, {
    error: "expected a URL pattern such as https://api.psp.example/**",
    abort: true,
  })
  .refine((text) => !/\*\*/u.test(text.replace(/:\/\/\*\*\./u, "://").replace(/\/\*\*$/u, "")), {
    error: "`**` is the rest: it comes last, after a slash, or first in the host, before a dot",
  });

const packagePattern = z
  .string()
  .max(214, { error: "expected at most 214 characters" })
  .regex(/^(?:@[a-z\d~][\w.~-]*\/)?(?:[a-z\d~*-][\w.~*-]*)$/iu, { error: "expected a package such as stripe or @aws-sdk/*" });

export const upstreams = z.record(
  name,
  z.strictObject({
    match: z.array(urlPattern).optional().describe("URL patterns; `*` is one part of a host or path, `**` is the rest."),
    packages: z.array(packagePattern).optional().describe("SDKs that talk to it; `@aws-sdk/*` is all of a scope."),
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
