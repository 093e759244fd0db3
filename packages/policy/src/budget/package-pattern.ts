import type { Pattern } from "./pattern.ts";
import { wildcardShape } from "./wildcard.ts";

/** `stripe`, or `@aws-sdk/*` for every package of a scope. A file of a package (`stripe/esm/client`) is that package. */
export function packagePattern(text: string): Pattern {
  const shape = new RegExp(`^${wildcardShape(text, "[^/]+")}$`, "u");
  return { matches: (specifier) => shape.test(packageOf(specifier)), literalCharacters: text.replaceAll("*", "").length };
}

function packageOf(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}
