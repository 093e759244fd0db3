import { z } from "zod";

import { environmentName, filePath, name } from "./scalars.ts";

const vaultAuth = z
  .discriminatedUnion("method", [
    z
      .strictObject({
        method: z.literal("token").describe("A token that someone else renews."),
        tokenEnv: environmentName.optional().describe("The environment variable that holds the token; this or `tokenFile`."),
        tokenFile: filePath.optional().describe("The file that holds the token."),
      })
      .describe("A token."),
    z
      .strictObject({
        method: z.literal("approle").describe("AppRole: a role and its secret ID give a token that Holdfast renews and revokes."),
        mount: z.string().min(1, { error: "expected a mount" }).optional().describe("Mount of the auth method; `approle` without it."),
        roleIdEnv: environmentName.optional().describe("The environment variable that holds the role ID; this or `roleIdFile`."),
        roleIdFile: filePath.optional().describe("The file that holds the role ID."),
        secretIdEnv: environmentName.optional().describe("The environment variable that holds the secret ID; this or `secretIdFile`."),
        secretIdFile: filePath.optional().describe("The file that holds the secret ID."),
      })
      .describe("AppRole."),
  ])
  .describe("How to log in; with the token of VAULT_TOKEN without it.");

const vault = z
  .strictObject({
    kind: z.literal("vault").describe("KV version 2 of HashiCorp Vault."),
    address: z
      .string()
      .regex(/^https?:\/\/[^/\s]+\/?$/u, { error: "expected an address such as https://vault.internal:8200" })
      .meta({ description: "Where the server is.", examples: ["https://vault.internal:8200"] }),
    namespace: z.string().min(1, { error: "expected a namespace" }).optional().describe("Namespace, on servers that have them."),
    mount: z.string().min(1, { error: "expected a mount" }).optional().describe("Mount of the engine; `secret` without it."),
    ca: filePath.optional().describe("PEM file of a private certificate authority."),
    auth: vaultAuth.optional(),
  })
  .describe("A server.");

const age = z
  .strictObject({
    recipients: z
      .array(
        z
          .string()
          .regex(/^age1[a-z0-9]{20,}$/u, { error: "expected an age recipient, which starts with age1" })
          .meta({ examples: ["age1…"] }),
      )
      .min(1, { error: "expected at least one recipient" })
      .describe("Who can decrypt: public keys of people and servers."),
    identityFile: filePath.optional().describe("The file that holds the private key of this machine."),
    identityEnv: environmentName.optional().describe("The environment variable that holds it instead."),
  })
  .describe("age keys (X25519).");

const sops = z
  .strictObject({
    kind: z.literal("sops").describe("An encrypted file in the repository; needs no server."),
    file: filePath.describe("A YAML or JSON file in SOPS format."),
    key: z.strictObject({ age }).describe("What protects the file."),
  })
  .describe("A file.");

/** One line a kind. */
export const store = z.discriminatedUnion("kind", [vault, sops]);
export const stores = z.record(name, store).describe("Where secrets are kept, by a name of your own.");
