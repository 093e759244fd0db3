import type { SecretFinding } from "./finding.ts";

/** What a message says of a finding. Nothing of it is taken from the secret characters. */
export function describeFinding({ provider, kind, mode, length, prefix, evidence }: SecretFinding): Record<string, string> {
  const what = [mode, provider, kind].filter((part) => part !== undefined && part !== "").join(" ");
  const details = [`${length} characters`, ...(prefix === undefined ? [] : [`${prefix}…`])].join(", ");
  return evidence.by === "name" ? { what, details, name: evidence.name } : { what: `${article(what)} ${what}`, details };
}

function article(words: string): string {
  return /^(?:[aeioAEIO]|S[A-Z]|X|x[A-Z]|npm|HMAC|NV|RS)/.test(words) ? "An" : "A";
}
