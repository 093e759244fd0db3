import type { Path } from "../finding.ts";
import { type JsonSchema, policyJsonSchema } from "../json-schema.ts";

/** The keys a map at this path may have, in the order of the schema. Empty where any name is one. */
export function knownKeys(path: Path, data: unknown): string[] {
  let schema: JsonSchema | undefined = variantOf(policyJsonSchema(), data);
  let value = data;
  for (const step of path) {
    value = (value as Record<string | number, unknown> | undefined)?.[step];
    const next: JsonSchema | undefined = schema?.properties?.[step] ?? (schema?.additionalProperties || schema?.items);
    schema = next && variantOf(next, value);
  }
  return Object.keys(schema?.properties ?? {});
}

/** Of alternatives, the one whose fixed key (`kind`, `method`, `with`) the value has. */
function variantOf(schema: JsonSchema, value: unknown): JsonSchema | undefined {
  if (!schema.oneOf) return schema;
  return schema.oneOf.find(({ properties = {} }) =>
    Object.entries(properties).some(
      ([key, { const: fixed }]) => fixed !== undefined && fixed === (value as Record<string, unknown> | null | undefined)?.[key],
    ),
  );
}
