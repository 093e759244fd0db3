import { z } from "zod";

import { duration, environmentName, filePath, name } from "./scalars.ts";

const generated = z.strictObject({
  with: z.literal("generated"),
  bytes: z.int().min(16, { error: "expected at least 16 bytes (128 bits)" }).max(1024, { error: "expected at most 1024 bytes" }).optional(),
  encoding: z.enum(["base64url", "base64", "hex"]).optional(),
  prefix: z
    .string()
    .regex(/^[\x21-\x7e]{0,32}$/u, { error: "expected up to 32 printable characters" })
    .optional(),
});

/** One line a rotator. */
export const rotator = z.discriminatedUnion("with", [generated]);

export const secrets = z.record(
  name,
  z.strictObject({
    store: z.string().describe("A store of this file."),
    path: z
      .string()
      .regex(/^[^/\s](?:[^\s]*[^/\s])?$/u, {
        error: "expected a path without spaces and without a slash at its ends, such as payments/psp-webhook",
      }),
    rotate: rotator.optional(),
    every: duration.optional().describe("How old the value may become."),
    overlap: duration.optional().describe("How long the previous value stays valid after a rotation."),
    env: environmentName.optional().describe("The environment variable programs receive it in."),
  }),
);

export const audit = z.strictObject({
  log: filePath.optional().describe("Folder of the audit log."),
  anchor: z
    .strictObject({ store: z.string(), path: z.string() })
    .optional()
    .describe("Where the newest checkpoint is kept outside the log."),
  on: z.enum(["fail-closed", "warn"]).optional(),
  sinks: z.array(z.enum(["stdout"])).optional(),
});
