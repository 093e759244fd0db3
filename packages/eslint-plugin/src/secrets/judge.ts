import { type CredentialName, credentialName } from "./credential-name.ts";
import type { SecretFinding } from "./finding.ts";
import { namedFormats } from "./formats/index.ts";
import { isPublished } from "./public-values.ts";
import { shapeOf } from "./value-shape.ts";

/** A value and the name it is given to, wherever in a file that happens. */
export interface NamedValue {
  readonly name: string;
  readonly value: string;
  readonly range: SecretFinding["range"];
  /** How much else speaks for a credential: a user and a host beside it, or only prose around. */
  readonly context: ValueContext;
}

/**
 * `record`: a user or host stands beside it, so that even a plain word is a password. `assignment`: an ordinary assignment.
 * `prose`: a comment or documentation, where only generated values count.
 */
export type ValueContext = "record" | "assignment" | "prose";

/** The finding for a value that its name and its shape together show to be a credential. */
export function judgeNamedValue({ name, value, range, context }: NamedValue, additionalNames?: RegExp): SecretFinding | undefined {
  const credential = credentialName(name, additionalNames);
  if (!credential) return undefined;
  const bare = value.replace(scheme, "");
  const start = range[0] + (value.length - bare.length);
  const format = namedFormats.find((one) => one.name.test(credential.normal) && one.value.test(bare) && (one.verify?.(bare) ?? true));
  const shape = shapeOf(bare, credential);
  if (shape === undefined || (!format && !isEnough(shape, context, credential))) return undefined;
  if (isPublished(bare)) return undefined;
  return {
    range: [start, range[1]],
    provider: format?.provider ?? "",
    kind: format?.kind ?? credential.kind,
    length: bare.length,
    evidence: { by: "name", name },
    env: format?.env ?? "",
  };
}

const scheme = /^(?:Bearer|Basic|Token|Bot|ApiKey|Digest)\s+/i;

function isEnough(shape: NonNullable<ReturnType<typeof shapeOf>>, context: ValueContext, { aboutOne }: CredentialName): boolean {
  if (shape === "random") return true;
  if (aboutOne || context === "prose") return false;
  return shape === "password" || context === "record";
}
