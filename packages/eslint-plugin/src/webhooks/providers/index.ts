import type { Provider } from "../provider.ts";
import * as payments from "./payments.ts";
import * as platforms from "./platforms.ts";

export const providers: readonly Provider[] = [...Object.values(payments), ...Object.values(platforms)];
const byWord = new Map(providers.flatMap((provider) => provider.words.map((word) => [word, provider] as const)));

/** The provider that a word of a path, a file or a package names. */
export function providerNamed(word: string): Provider | undefined {
  return byWord.get(word.toLowerCase());
}

/** The provider whose headers the code names; an X-GitHub-Event says as much as a signature. */
export function providerOfHeaderIn(code: string): Provider | undefined {
  return providers.find(({ carrier, headers }) =>
    [...(carrier.in === "header" ? carrier.names : []), ...(headers ?? [])].some((name) => code.toLowerCase().includes(`"${name}"`)),
  );
}
