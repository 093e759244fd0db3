import type { CredentialName } from "./credential-name.ts";
import { isPlaceholder } from "./placeholder.ts";
import { wordiness } from "./randomness.ts";

/** Whether any text works where this one stands: a call that signs or seals with it. */
export function isWorkingKey(value: string): boolean {
  return !isPlaceholder(value) && !/[$:/]/.test(value) && !encoding.test(value) && !constant.test(value);
}

/** What stands at the place of a key in calls of other libraries. */
const encoding = /^(?:hex|base64(?:url)?|utf-?8|utf-?16le|latin1|binary|ascii|buffer|jwk|pem|der|raw|[HREP]S\d{3}|sha\d{1,3}|md5)$/i;

/**
 * Words given to the name of a secret that work as one: `mysecrettoken` for `jwtSecret`. Not what describes or names the secret: the name itself, a state, a
 * label, a place in a store.
 */
export function isMadeUpSecret(value: string, owner: CredentialName["owner"]): boolean {
  if (owner === undefined || value.length < 8 || value.length > 128 || /[\s/:]/.test(value) || isDescription(value)) return false;
  const own = value.replace(generic, "").replace(/[^A-Za-z]/g, "");
  if (owner === "provider") return own.length >= 12 && /^[a-z]+$/.test(value) && wordiness(value) > 0.5;
  // `secret` alone is also what stands before the name of one, in the descriptions of a deployment: `secret: payments-database`.
  return own.length >= 2 && (owner === "program" || (value.length >= 12 && !/[-_.]/.test(value)) || /secret[-_]?key/i.test(value));
}

/** The words that the names of secrets are made of, which say nothing more. */
const generic =
  /secrets?|client|consumer|keys?|tokens?|jwt|session|cookie|auth(?:entication|orization)?|api|app(?:lication)?|access|refresh|private|public|name|value|string|config|encryption|signing|oauth|user|password|admin|webhook|google|facebook|github|twitter|linkedin|(?<![a-z])ids?(?![a-z])/gi;

const constant = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/;

function isDescription(value: string): boolean {
  return constant.test(value) || /^[A-Z][a-z]+$/.test(value) || state.test(value) || encoding.test(value) || /^test|insecure/i.test(value);
}
const state =
  /^(?:required|optional|encrypted|decrypted|sensitive|generated|disabled|provided|rotated|protected|redacted|textarea|unchanged|configured|undefined)$/i;
