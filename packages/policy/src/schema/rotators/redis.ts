import { z } from "zod";

import { filePath } from "../scalars.ts";
import { otherSecret } from "./other-secret.ts";
import { randomValue } from "./random-value.ts";

const address = z
  .string({ error: "expected an address such as redis.internal:6379" })
  .regex(/^(?:[^\s/@:[\]]+|\[[\da-f:.]+\])(?::\d{1,5})?$/iu, { error: "expected an address such as redis.internal:6379, without redis://" })
  .meta({ examples: ["redis.internal:6379"] });

export const redis = z
  .strictObject({
    with: z.literal("redis").describe("The password of an ACL user of Redis; both are accepted during the overlap."),
    user: z
      .string()
      .regex(/^[\x21-\x7e]{1,128}$/u, { error: "expected the name of an ACL user" })
      .meta({ description: "The ACL user.", examples: ["app"] }),
    addresses: z
      .array(address)
      .min(1, { error: "expected at least one address" })
      .describe("Every node that programs log in to, replicas too: Redis does not copy ACL users from one to another."),
    admin: otherSecret.describe(
      "The secret of a user who may run ACL GETUSER, ACL SETUSER and ACL SAVE; `default` without a field `username`.",
    ),
    tls: z
      .enum(["require", "none"])
      .optional()
      .describe(
        "`require` without it. With `none` passwords cross the network in clear: only on one machine or inside an encrypted network.",
      ),
    ca: filePath.optional().describe("PEM file of a private certificate authority."),
    save: z
      .boolean({ error: "expected true or false" })
      .optional()
      .describe("Whether each change is kept with ACL SAVE, so that a restart does not lose it; `true` without it."),
    ...randomValue,
  })
  .describe("A user of Redis.");
