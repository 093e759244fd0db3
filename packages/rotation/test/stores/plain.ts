import type { Document, Field } from "../../src/roles.ts";
import { Secret } from "../../src/secret.ts";

type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

/** A document as a test writes it down: every text becomes a secret. */
export function documentOf(plain: Readonly<Record<string, Plain>>): Document {
  return Object.fromEntries(Object.entries(plain).map(([key, value]) => [key, fieldOf(value)]));
}

/** The opposite, to compare with. */
export function plainOf(field: Field): Plain {
  if (field instanceof Secret) return field.reveal();
  if (Array.isArray(field)) return (field as readonly Field[]).map(plainOf);
  if (typeof field === "object" && field !== null)
    return Object.fromEntries(Object.entries(field).map(([key, value]) => [key, plainOf(value)]));
  return field as number | boolean | null;
}

function fieldOf(plain: Plain): Field {
  if (typeof plain === "string") return Secret.of(plain);
  if (Array.isArray(plain)) return (plain as readonly Plain[]).map(fieldOf);
  if (typeof plain === "object" && plain !== null) return documentOf(plain as Record<string, Plain>);
  return plain as number | boolean | null;
}
