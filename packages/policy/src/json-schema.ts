import { z } from "zod";

import { policyFile } from "./schema/policy-file.ts";

/** The parts of JSON Schema 2020-12 that the policy's schema is made of. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly $id?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly const?: string | number;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly examples?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly propertyNames?: JsonSchema;
  readonly additionalProperties?: JsonSchema | false;
  readonly items?: JsonSchema;
  readonly oneOf?: readonly JsonSchema[];
}

let made: JsonSchema | undefined;

/** JSON Schema (2020-12) of holdfast.yaml, for editors. It comes from the schema that `parsePolicy` checks with; what ties entries together is checked there only. */
export function policyJsonSchema(): JsonSchema {
  made ??= make();
  return made;
}

function make(): JsonSchema {
  const { $schema, ...schema } = z.toJSONSchema(policyFile, { io: "input" }) as JsonSchema;
  return { ...($schema !== undefined && { $schema }), title: "Holdfast policy", ...schema };
}
