/** Keeps schema/holdfast.schema.json current. `--check` only compares. */
import { fileURLToPath } from "node:url";

import { policyJsonSchema } from "../src/json-schema.ts";
import { keepCurrent } from "./generated-file.ts";

await keepCurrent(fileURLToPath(new URL("../schema/holdfast.schema.json", import.meta.url)), () =>
  JSON.stringify(policyJsonSchema(), null, 2),
);
