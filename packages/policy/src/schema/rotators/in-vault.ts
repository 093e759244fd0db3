import { z } from "zod";

/** Where in which Vault a rotator works; keys of every rotator over Vault. `unknownStores` checks that the file has the store. */
export function inVault(usualMount: string) {
  return {
    vault: z
      .string({ error: "expected the name of a store" })
      .optional()
      .describe("The store of kind `vault` whose server and login are used; the secret's own store without it."),
    mount: z
      .string({ error: "expected a mount" })
      .regex(/^[^\s/?#%\\]+(?:\/[^\s/?#%\\]+)*$/u, { error: `expected a mount such as ${usualMount}, without a slash at its ends` })
      .optional()
      .describe(`Where it is mounted; \`${usualMount}\` without it.`),
  };
}

/** The name of a role or key there. */
export const vaultName = z
  .string({ error: "expected a name" })
  .regex(/^\w(?:[\w.-]*\w)?$/u, { error: "expected a name of letters, digits and . _ -, with a letter or digit at both ends" });
