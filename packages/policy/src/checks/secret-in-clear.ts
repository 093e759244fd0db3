import { type Document, isPair, visit } from "yaml";

import type { Finding } from "../finding.ts";
import { keyText, spanOf } from "../yaml/tree.ts";

/** A secret's value has no place in a file under version control. The value is never repeated. */
export function secretsInClear(document: Document): Finding[] {
  const found: Finding[] = [];
  visit(document, {
    Scalar(at, node, ancestors) {
      const text = typeof node.value === "string" ? node.value : (node.source ?? "");
      const parent = ancestors.at(-1);
      const key = at === "value" && isPair(parent) ? keyText(parent) : undefined;
      const span = spanOf(node);
      const what = span && whatIsClear(text, key ?? "");
      if (what) found.push({ code: "secret-in-clear", severity: "error", span, message: `${what} in clear: ${advice}` });
    },
  });
  return found;
}

/** Whether the text may be repeated in a message. */
export function looksSecret(text: string): boolean {
  return tokenShapes.some(({ shape }) => shape.test(text));
}

const advice = "put it in a store and name it under `secrets`; replace it, since whoever read this file knows it";

const valueKeys =
  /^(?:value|password|passwd|pass|passphrase|token|client_?token|secret_?id|api_?key|client_?secret|secret_?key|private_?key|access_?key|connection_?string)$/iu;

const tokenShapes = [
  { what: "a Vault token", shape: /\bhv[sbr]\.[A-Za-z0-9_-]{8,}|^s\.[A-Za-z0-9]{24}$/u },
  { what: "an age identity", shape: /AGE-SECRET-KEY-/iu },
  { what: "a private key", shape: /-----BEGIN [A-Z ]*PRIVATE KEY-----/u },
  { what: "a password in a URL", shape: /:\/\/[^/\s:@]*:[^/\s@]+@/u },
  { what: "an API key", shape: /\b(?:[sr]k_(?:live|test)_|whsec_|gh[pousr]_|github_pat_|glpat-|xox[abps]-)[A-Za-z0-9+/=_-]{10,}/u },
  { what: "an AWS secret", shape: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/u },
];

function whatIsClear(text: string, key: string): string | undefined {
  if (text.trim() === "") return undefined;
  return tokenShapes.find(({ shape }) => shape.test(text))?.what ?? (valueKeys.test(key) ? `\`${key}\` holds a secret` : undefined);
}
