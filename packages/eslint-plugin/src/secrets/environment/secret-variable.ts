import type { JSONSchema } from "@typescript-eslint/utils";

import { credentialName, wordsOf } from "../credential-name.ts";

export interface IgnoredVariables {
  readonly ignore?: readonly string[];
}

export const ignoreVariablesSchema: JSONSchema.JSONSchema4 = {
  type: "array",
  items: { type: "string" },
  uniqueItems: true,
  description: "Variables that hold no secret: regular expressions that the whole name must match.",
};

/** Whether a variable holds a secret, for a rule with these options. */
export function secretVariables({ ignore = [] }: IgnoredVariables): (name: string) => boolean {
  const ignored = ignore.map((name) => new RegExp(`^(?:${name})$`));
  return (name) => isSecretVariable(name) && !ignored.some((pattern) => pattern.test(name));
}

/** Whether the name of an environment variable says that it holds a secret: `JWT_SECRET`, `STRIPE_KEY`; not `TOKEN_EXPIRY`, `SECRET_ARN`, `PUBLIC_KEY`. */
export function isSecretVariable(name: string): boolean {
  if (published.test(name)) return false;
  const words = wordsOf(name);
  if (words.length === 1 && words[0] === "auth") return false;
  if (words.some((word) => shownInPages.has(word))) return false;
  const credential = credentialName(name);
  return credential !== undefined && !credential.aboutOne;
}

/** Bundlers put the value of such a variable into the page. */
const published = /^(?:VITE|REACT_APP|VUE_APP|GATSBY|NUXT_PUBLIC|NEXT_PUBLIC|EXPO_PUBLIC|PUBLIC|STORYBOOK|PLASMO_PUBLIC)_/;

/** Keys that every page shows, and keys that name a place. */
const shownInPages = new Set(["maps", "mapbox", "storage", "recaptcha", "hcaptcha", "turnstile", "posthog", "segment", "firebase"]);
