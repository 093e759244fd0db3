import { z } from "zod";

import { duration } from "../scalars.ts";
import { inVault, vaultName } from "./in-vault.ts";

const networks = z
  .array(
    z
      .string({ error: "expected a network such as 10.0.0.0/8" })
      .regex(/^[\da-f.:]+\/\d{1,3}$/iu, { error: "expected a network such as 10.0.0.0/8" })
      .meta({ examples: ["10.0.0.0/8"] }),
  )
  .min(1, { error: "expected at least one network" });

export const vaultApprole = z
  .strictObject({
    with: z.literal("vault-approle").describe("The secret ID of a role of Vault's AppRole; both log in during the overlap."),
    ...inVault("approle"),
    role: vaultName.meta({ description: "The role.", examples: ["payments"] }),
    ttl: duration
      .refine((text) => !/^\d+(?:\.\d+)?ms$/u.test(text), { error: "expected at least 1s" })
      .optional()
      .describe("How long a secret ID lives if it is not revoked before; the role's `secret_id_ttl` without it, which it may not exceed."),
    num_uses: z
      .int({ error: "expected a whole number of logins" })
      .min(1, { error: "expected at least 1 login" })
      .optional()
      .describe("How often programs may log in with it; what the role says without it. Trying it costs one more."),
    cidrs: networks.optional().describe("Networks from which it logs in. Holdfast tries it from where it runs, so name that network too."),
    token_cidrs: networks.optional().describe("Networks from which the tokens of its logins are accepted."),
    metadata: z
      .record(z.string().min(1), z.string())
      .optional()
      .describe("Texts that Vault keeps with it and puts into its audit log; never a secret."),
  })
  .describe("A secret ID of AppRole.");
