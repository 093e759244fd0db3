import { z } from "zod";

import { postgres } from "./rotators/databases.ts";
import { generated } from "./rotators/generated.ts";
import { redis } from "./rotators/redis.ts";
import { vaultApprole } from "./rotators/vault-approle.ts";
import { vaultTransit } from "./rotators/vault-transit.ts";
import { duration, durationOrNone, environmentName, filePath, name } from "./scalars.ts";

/** One line a rotator. */
export const rotator = z
  .discriminatedUnion("with", [generated, postgres, redis, vaultApprole, vaultTransit])
  .describe("How a new value is made and put in place; Holdfast only reads the secret without it.");

const storeName = z.string({ error: "expected the name of a store" });
const storePath = z.string().regex(/^(?!(?:.*\/)?\.{1,2}(?:\/|$))[^/\s?#%\\]+(?:\/[^/\s?#%\\]+)*$/u, {
  error: "expected a path such as payments/psp-webhook: names between single slashes, without spaces and ? # % \\",
});

const secret = z.strictObject({
  store: storeName.describe("The store that keeps it."),
  path: storePath.meta({ description: "Where in the store.", examples: ["payments/psp-webhook"] }),
  rotate: rotator.optional(),
  every: duration.optional().describe("How old the value may become; needs `rotate`."),
  overlap: durationOrNone.optional().describe("How long the previous value stays valid after a rotation; not at all without it."),
  env: environmentName
    .optional()
    .meta({ description: "The environment variable programs receive it in.", examples: ["PSP_WEBHOOK_SECRET"] }),
});

export const secrets = z
  .record(name, secret)
  .describe("The secrets of this program, by a name of your own. Their values are never in this file.");

/** `name+hex+base64` of a C2SP signed-note verifier key: four bytes of key ID, then 0x01 and 32 bytes of Ed25519 key. */
const verifierKey = z.string().regex(/^[^\s+]+\+[0-9a-f]{8}\+A[Q-Za-f][A-Za-z0-9+/]{42}$/u, {
  error: "expected a verifier key, name+hex+base64, as in the file verifier.pub of the log",
});

export const audit = z
  .strictObject({
    log: filePath.optional().describe("Folder of the audit log; `.holdfast/audit` without it."),
    key: filePath.optional().describe("File of the Ed25519 key that signs the log; `.holdfast/audit-key.pem` without it."),
    trust: z
      .array(verifierKey.meta({ examples: ["name+0123abcd+AQ…"] }))
      .min(1, { error: "expected at least one verifier key" })
      .optional()
      .describe("Who may have signed the log: its verifier keys."),
    origin: z
      .string()
      .regex(/^[\x21-\x2a\x2c-\x7e]{1,200}$/u, { error: "expected a name without spaces and without +, such as payments.example/audit" })
      .optional()
      .describe("Name of the log; made from the folder's name without it."),
    anchor: z
      .strictObject({
        store: storeName.describe("The store that keeps it."),
        path: storePath.describe("Where in the store."),
      })
      .optional()
      .describe("Where the newest checkpoint is kept outside the log."),
    on: z
      .enum(["fail-closed", "warn"])
      .optional()
      .describe("When no record can be written: do nothing (`fail-closed`, the default) or go on and say so."),
    sinks: z
      .array(z.enum(["stdout"]))
      .optional()
      .describe("Where each record is sent besides the log."),
  })
  .describe("What is recorded of the secrets, and where.");
