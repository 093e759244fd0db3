import { z } from "zod";

import { name } from "../scalars.ts";

/** Another secret of the same file, such as the credential of an administrator; `namedSecrets` checks that the file has it. */
export const otherSecret = z
  .strictObject(
    { secret: name.meta({ description: "The name of a secret of this file.", examples: ["redis/admin"] }) },
    { error: "expected a map such as { secret: redis/admin }" },
  )
  .describe("The secret that holds it; its field `username` is the name to log in with.");
