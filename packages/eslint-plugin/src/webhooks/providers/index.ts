import type { Provider } from "../provider.ts";
import * as payments from "./payments.ts";
import * as platforms from "./platforms.ts";

export const providers: readonly Provider[] = [...Object.values(platforms), ...Object.values(payments)];
const byWord = new Map(providers.flatMap((provider) => provider.words.map((word) => [word, provider] as const)));

/** The provider that a word of a path, a file or a package names. */
export function providerNamed(word: string): Provider | undefined {
  return byWord.get(word.toLowerCase());
}

/** Several providers send these, and more than are known here. */
const shared = new Set(["x-hub-signature", "x-hub-signature-256", "x-signature"]);

/** The provider whose headers the code names; an X-GitHub-Event says as much as a signature. */
export function providerOfHeaderIn(code: string): Provider | undefined {
  const text = code.toLowerCase();
  return providers.find(({ carrier, headers = [] }) =>
    [...(carrier.in === "header" ? carrier.names : []), ...headers].some((name) => !shared.has(name) && text.includes(`"${name}"`)),
  );
}
