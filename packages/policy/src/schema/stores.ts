import { z } from "zod";

import { environmentName, filePath, name } from "./scalars.ts";

const vaultAuth = z.discriminatedUnion("method", [
  z.strictObject({ method: z.literal("token"), tokenEnv: environmentName.optional(), tokenFile: filePath.optional() }),
  z.strictObject({
    method: z.literal("approle"),
    mount: z.string().optional(),
    roleIdEnv: environmentName.optional(),
    roleIdFile: filePath.optional(),
    secretIdEnv: environmentName.optional(),
    secretIdFile: filePath.optional(),
  }),
]);

const vault = z.strictObject({
  kind: z.literal("vault"),
  address: z.string().regex(/^https?:\/\/[^/\s]+\/?$/u, { error: "expected an address such as https://vault.internal:8200" }),
  namespace: z.string().optional(),
  mount: z.string().optional().describe("Mount of the KV version 2 engine; `secret` without it."),
  ca: filePath.optional().describe("PEM file of a private certificate authority."),
  auth: vaultAuth.optional().describe("How to log in; the token of VAULT_TOKEN without it."),
});

const sops = z.strictObject({
  kind: z.literal("sops"),
  file: filePath.describe("A YAML or JSON file in SOPS format."),
  key: z.strictObject({
    age: z.strictObject({
      recipients: z
        .array(z.string().regex(/^age1[a-z0-9]{20,}$/u, { error: "expected an age recipient, which starts with age1" }))
        .min(1, { error: "expected at least one recipient" }),
      identityFile: filePath.optional(),
      identityEnv: environmentName.optional(),
    }),
  }),
});

/** One line a kind. */
export const store = z.discriminatedUnion("kind", [vault, sops]);
export const stores = z.record(name, store);
