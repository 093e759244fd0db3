import type { CredentialName } from "./credential-name.ts";
import { isPlaceholder } from "./placeholder.ts";
import { looksRandom, wordiness } from "./randomness.ts";
import { isTrivialPassword } from "./trivial-password.ts";
import { isMadeUpSecret } from "./working-key.ts";

/** How a value shows that it is a credential: a generator drew it, a person made it up as a password or as words for a key, or only what stands around says so. */
export type ValueShape = "random" | "strong password" | "password" | "words" | "word";

/** The shape of a value given to a credential's name; `undefined` for what cannot be one: a placeholder, a reference, a digest, a label. */
export function shapeOf(value: string, { kind, owner }: Pick<CredentialName, "kind" | "owner">): ValueShape | undefined {
  if (value.length < 4 || value.length > 4_096 || isPlaceholder(value) || isReference(value) || isDigest(value)) return undefined;
  if (uuid.test(value)) return kind === "token" ? undefined : "random";
  if (value.length >= 16 ? looksRandom(value) : kind !== "key" && value.length >= 12 && looksRandom(value)) return "random";
  if (isTrivialPassword(value) || /\s/.test(value)) return undefined;
  if ((kind === "password" || kind === "secret") && isPasswordLike(value))
    return kind === "password" && isStrong(value) ? "strong password" : "password";
  if (isMadeUpSecret(value, owner)) return "words";
  return kind === "password" && isOneWord(value) ? "word" : undefined;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Where the credential is to be found, and not the credential. */
export function isReference(value: string): boolean {
  return (
    /^(?:\\?\$|@@|@[a-z][\w-]+(?::|$)|%[A-Z_]+%$|!|\/|\.{1,2}\/|~\/|[A-Za-z]:[\\/]|file:|data:|vault:|ssm:|secret:|secrets?[./]|op:\/\/|arn:|projects\/|kms:|sops:|env[.:(]|process\.env|os\.|ENC[[(]|\{cipher\})/i.test(
      value,
    ) ||
    /^[a-z][a-z0-9+.-]{1,19}:\/\//i.test(value) ||
    (/^[\w-]+(?:\.[A-Za-z_$][\w$-]*)+(?:\(\))?$/.test(value) && !/\d{3}/.test(value) && wordiness(value) > 0.6) ||
    /\.(?:pem|key|crt|cer|p12|pfx|jks|json|ya?ml|txt|env|js|ts|html?|php|py|png|svg|md)$/i.test(value) ||
    /^(?:application|text|image|audio|video)\/[\w.+-]+$/.test(value) ||
    // The rules of a form: `required|min:6`.
    /^(?:required|nullable|sometimes|string)(?:\|[a-z_]+(?::[\w,]+)?)+$/.test(value) ||
    (/[({][^)}]*[)}]/.test(value) && /^[\w.$]+[({]/.test(value))
  );
}

/** What a one-way function or a cipher put out: worth nothing to who reads it. */
function isDigest(value: string): boolean {
  return (
    /^(?:sha\d{1,3}|md5|blake\w{1,3})[-:_]/i.test(value) ||
    /^\$(?:2[abxy]?|1|5|6|argon2(?:id|i|d)?|pbkdf2[\w-]*|scrypt|y|apr1|P|H|ANSIBLE_VAULT)\$/.test(value) ||
    /^\{(?:SSHA|SHA|SMD5|CRYPT|bcrypt|noop|pbkdf2|scrypt|argon2)\d*\}/i.test(value) ||
    /^pbkdf2[_:]|^scrypt[_:]|^argon2/.test(value) ||
    // "Salted__" in base64, which OpenSSL and CryptoJS put before what a password encrypts.
    value.startsWith("U2FsdGVkX1")
  );
}

/** What a person types who must choose a password: letters with digits and signs, and no name of a technique. */
function isPasswordLike(value: string): boolean {
  if (value.length < 6 || value.length > 128 || isTechnicalWord(value)) return false;
  const classes = kindsOfCharacters(value);
  const signs = /[!@#$%^&*+=?~|]/.test(value);
  if (/^[a-z]+(?:[-_.:/ ][a-z]+)*$/i.test(value)) return false;
  return signs ? classes >= 3 : classes >= 2 && /\d/.test(value) && /[A-Za-z]{3}/.test(value);
}

/** What password policies ask for, eight characters of three kinds, and no word in it that only tests and tutorials use. */
function isStrong(value: string): boolean {
  return value.length >= 8 && kindsOfCharacters(value) >= 3 && !madeUpWords.test(spelledOut(value));
}
const madeUpWords =
  /passw|pwd|secret|test|user|admin|wrong|invalid|incorrect|valid|demo|guest|dummy|qwert|abc|1234|strong|weak|foo|hello|change/;

/** `P@$$w0rd` as `password`. */
function spelledOut(value: string): string {
  return value.toLowerCase().replace(/[@$035!]/g, (sign) => ({ "@": "a", $: "s", "0": "o", "3": "e", "5": "s", "!": "i" })[sign] ?? sign);
}

function kindsOfCharacters(value: string): number {
  return [/[a-z]/, /[A-Z]/, /\d/, /[^0-9A-Za-z]/].filter((kind) => kind.test(value)).length;
}

function isTechnicalWord(value: string): boolean {
  return (
    /^(?:sha|md|base|utf|oauth|rsa|aes|hs|rs|es|ps|v|x|ed|iso|bcrypt|argon|pbkdf|type|step|level|field|input|col|row|http|ipv)[-_]?\d/i.test(
      value,
    ) || /^[\d.,:+-]+(?:ms|s|m|h|d|px|em|rem|kb|mb|%)?$/i.test(value)
  );
}

function isOneWord(value: string): boolean {
  return (
    /^[a-z][\w-]{7,40}$/.test(value) &&
    !/pass|secret|token|login|user|field|input|valid|required/i.test(value) &&
    // `camelCase` and `snake_case` are how programs write states.
    !/^[a-z]+(?:(?:[A-Z][a-z]+)+|(?:_[a-z]+)+)$/.test(value)
  );
}
