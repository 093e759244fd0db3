import { wordsOf } from "./credential-name.ts";

export interface NameHints {
  /** What the provider's documentation calls it. */
  readonly usual: string;
  /** The name in the code, and the names it stands under: `["config", "database", "password"]`. */
  readonly path: readonly string[];
  /** The variables that the policy provides secrets in. */
  readonly policy: readonly string[];
}

/**
 * The environment variable for a hardcoded credential. The policy's own variable for it wins, so that code and rotation meet; then a name of the
 * code that says enough by itself; then the usual one.
 */
export function environmentName({ usual, path, policy }: NameHints): string {
  const own = ownName(path);
  return fromPolicy(policy, [own, usual]) ?? (usual || own || "SECRET");
}

/** As many of the enclosing names as make two words: `DATABASE_PASSWORD` for `password` in `database`. */
function ownName(path: readonly string[]): string {
  let words: string[] = [];
  for (const name of path.toReversed()) {
    words = [...wordsOf(name), ...words];
    if (words.length >= 2) break;
  }
  const name = words.join("_").toUpperCase();
  return /^\d/.test(name) ? `_${name}` : name;
}

function fromPolicy(policy: readonly string[], candidates: readonly string[]): string | undefined {
  for (const candidate of candidates.filter((one) => one !== "")) {
    const words = wordsOf(candidate.toLowerCase());
    const exact = policy.find((env) => env.toUpperCase() === candidate);
    const fitting = policy.find((env) => containsAll(wordsOf(env), words) || (wordsOf(env).length > 1 && containsAll(words, wordsOf(env))));
    if (exact ?? fitting) return exact ?? fitting;
  }
  return undefined;
}

function containsAll(all: readonly string[], some: readonly string[]): boolean {
  return some.length > 1 && some.every((word) => all.includes(word));
}
