import { z } from "zod";

import { filePath } from "../scalars.ts";
import { inVault, vaultName } from "./in-vault.ts";

const document = z
  .strictObject(
    {
      path: z.string().min(1, { error: "expected a path" }).describe("Where in the store that keeps the secret."),
      fields: z
        .array(z.string().min(1, { error: "expected the name of a field" }))
        .min(1, { error: "expected at least one field" })
        .describe("Its fields that hold a ciphertext of this key."),
    },
    { error: "expected a map such as { path: orders/cards, fields: [number] }" },
  )
  .describe("A document with ciphertexts.");

export const vaultTransit = z
  .strictObject({
    with: z.literal("vault-transit").describe("A key of Vault's Transit engine: a new version, and ciphertexts rewrapped to it."),
    ...inVault("transit"),
    key: vaultName.meta({ description: "The key.", examples: ["orders"] }),
    rewrap: z
      .strictObject({
        file: filePath
          .optional()
          .describe("A file of ciphertexts, a JSON text or a map with `ciphertext` and perhaps `context` in each line."),
        documents: z
          .array(document)
          .min(1, { error: "expected at least one document" })
          .optional()
          .describe("Documents of the store that keeps the secret."),
        batch: z
          .int({ error: "expected a whole number of ciphertexts" })
          .min(1, { error: "expected at least 1 ciphertext" })
          .max(450, { error: "expected at most 450 ciphertexts" })
          .optional()
          .describe("How many ciphertexts are sent at once; 200 without it."),
        errors: filePath
          .optional()
          .describe("Where it is written which ciphertexts could not be rewrapped; `.holdfast/rewrap-errors.jsonl` without it."),
      })
      .optional()
      .describe("Which ciphertexts are encrypted anew; none without it."),
    retire: z
      .enum(["advise", "raise"])
      .optional()
      .describe(
        "When the overlap is over: say how older versions are shut off (`advise`, the default), or raise `min_decryption_version` (`raise`), after which nothing that is still encrypted with them can be read.",
      ),
  })
  .describe("A key of Transit.");
