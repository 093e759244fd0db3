import { z } from "zod";

import { randomValue } from "./random-value.ts";

export const generated = z
  .strictObject({
    with: z.literal("generated").describe("Random bytes made by Holdfast: signing keys, webhook secrets, API tokens of your own."),
    ...randomValue,
  })
  .describe("A random value.");
