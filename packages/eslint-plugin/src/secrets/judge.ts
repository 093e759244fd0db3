import { type CredentialName, credentialName, wordsOf } from "./credential-name.ts";
import { passwordIn } from "./encodings.ts";
import { findFormats } from "./find-formats.ts";
import type { SecretFinding } from "./finding.ts";
import { namedFormats } from "./formats/index.ts";
import { isDeadToken } from "./formats/keys.ts";
import { isPlaceholder } from "./placeholder.ts";
import { isPublished } from "./public-values.ts";
import { shapeOf, type ValueShape } from "./value-shape.ts";
import { isWorkingKey } from "./working-key.ts";

/** A value and the name it is given to, wherever in a file that happens. */
export interface NamedValue {
  readonly name: string;
  readonly value: string;
  readonly range: SecretFinding["range"];
  /** How much else speaks for a credential: a user and a host beside it, or only prose around. */
  readonly context: ValueContext;
}

/**
 * `sealing`: a call signs or seals with it, so that any text is a key. `comparison`: it may be what nobody is to use.
 * `record`: a user or host stands beside it, so that even a plain word is a password. `assignment`: an ordinary assignment.
 * `sample`: a test or example, where passwords are made up unless they are strong. `prose`: a comment or documentation, where only generated values count.
 * `fallback`: stands in for a variable of the environment; a generated value has leaked, any other is what no-default-secret reports.
 */
export type ValueContext = "sealing" | "comparison" | "record" | "assignment" | "sample" | "prose" | "fallback";

/** The finding for a value that its name and its shape together show to be a credential. */
export function judgeNamedValue({ name, value, range, context }: NamedValue, additionalNames?: RegExp): SecretFinding | undefined {
  const bare = value.replace(scheme, "");
  // Ids are written so as well: `T3JkZXI6MTA0Mg==` is "Order:1042".
  const password = bare !== value || namesBasicAuthorization.test(name) ? passwordIn(bare) : undefined;
  const what =
    password === undefined
      ? (providersOf(name, bare) ?? kindOf(name, bare, context, additionalNames))
      : kindOf("password", password, context);
  if (!what || isPublished(bare)) return undefined;
  const start = range[0] + (value.length - bare.length);
  return {
    provider: what.provider,
    kind: what.kind,
    env: what.env,
    range: [start, range[1]],
    length: bare.length,
    evidence: { by: "name", name },
  };
}

/** Whether a value is a credential wherever it stands: a provider's format, or drawn by a generator for a name that takes such. */
export function isCredentialByItself(name: string, value: string): boolean {
  if (findFormats(value).some(({ evidence }) => evidence.by === "format")) return true;
  return judgeNamedValue({ name, value, range: [0, value.length], context: "fallback" }) !== undefined;
}

const namesBasicAuthorization = /auth|basic|credential|header/i;

type What = Pick<SecretFinding, "provider" | "kind" | "env">;

function providersOf(name: string, value: string): What | undefined {
  const normal = wordsOf(name).join("_");
  const format = namedFormats.find((one) => one.name.test(normal) && one.value.test(value) && (one.verify?.(value) ?? true));
  return format && !isPlaceholder(value) ? format : undefined;
}

function kindOf(name: string, value: string, context: ValueContext, additionalNames?: RegExp): What | undefined {
  const credential = credentialName(name, additionalNames);
  if (!credential || isPublishable(value) || (context !== "sample" && isDeadToken(value))) return undefined;
  if (context === "sealing" && isWorkingKey(value)) return { provider: "", kind: credential.kind, env: "" };
  const shape = shapeOf(value, credential);
  if (context === "sample" && shape === "random" && !mixesCharacters.test(value)) return undefined;
  return shape && isEnough(shape, context, credential) ? { provider: "", kind: credential.kind, env: "" } : undefined;
}

/** Small letters alone are what somebody types at random; generators put digits or capitals in. */
const mixesCharacters = /[\dA-Z]/;

/** Stripe's word for a key that pages show, which others took over; PostHog's project keys (https://posthog.com/docs/api) are in every page as well. */
function isPublishable(value: string): boolean {
  return /^(?:pk|phc)_[0-9A-Za-z]/.test(value);
}

const scheme = /^(?:Bearer|Basic|Token|Bot|ApiKey|Digest)\s+/i;

function isEnough(shape: ValueShape, context: ValueContext, { aboutOne }: CredentialName): boolean {
  if (shape === "random") return true;
  if (aboutOne) return false;
  switch (context) {
    case "prose":
    case "fallback":
      return false;
    case "sample":
      return shape === "strong password";
    case "comparison":
      return shape !== "word" && shape !== "words";
    case "assignment":
      return shape !== "word";
    case "record":
    case "sealing":
      return true;
  }
}
