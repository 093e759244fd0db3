import { z } from "zod";

/** How a value that Holdfast makes looks; keys of every rotator that makes one. */
export const randomValue = {
  bytes: z
    .int({ error: "expected a whole number of bytes" })
    .min(16, { error: "expected at least 16 bytes (128 bits)" })
    .max(1024, { error: "expected at most 1024 bytes" })
    .optional()
    .describe("Length before encoding; 32 without it."),
  encoding: z.enum(["base64url", "base64", "hex"]).optional().describe("How the bytes are written; `base64url` without it."),
  prefix: z
    .string()
    .regex(/^[\x21-\x7e]{0,32}$/u, { error: "expected up to 32 printable characters" })
    .optional()
    .meta({ description: "What every value starts with.", examples: ["whsec_"] }),
};
