import { z } from "zod";

import { budgets, retries, upstreams, webhooks } from "./budgets.ts";
import { audit, secrets } from "./secrets.ts";
import { stores } from "./stores.ts";

/** holdfast.yaml version 1 as it is written. Types, checks and the JSON Schema all come from here. */
export const policyFile = z.strictObject({
  version: z.literal(1, { error: "expected version: 1" }).describe("Version of this format."),
  budgets: budgets.optional(),
  retries: retries.optional(),
  upstreams: upstreams.optional(),
  webhooks: webhooks.optional(),
  stores: stores.optional(),
  secrets: secrets.optional(),
  audit: audit.optional(),
});

export type PolicyInput = z.infer<typeof policyFile>;
