import { fromBase64 } from "./encodings.ts";
import { isPatterned, wordiness } from "./randomness.ts";

/** Words that say a value is none. Long ones count inside other text as well: no generator spells them by chance. */
const telling =
  /example|placeholder|change_?-?me|(?:should|must|to)[-_]?be[-_]?changed|redacted|replace_?-?me|replace_?-?with|your[_-]|\byour(?=secret|token|key|password)|[_-]here\b|dummy|insert[_-]|sample|foobar|not[_-]?a[_-]?real|not[_-]?real|fake|xxxx|todo\b|\bmock|\btest[_-]?(?:key|token|secret|password)\b/i;
const markup = /\$\{|\{\{|%\(|<[^>]{1,60}>|\*{4}|\.{3}|…|•{3}|#\{|\[[A-Za-z _-]+\]/;

/** True for what stands where a credential would: `your-key-here`, `${TOKEN}`, `<password>`, `AKIAIOSFODNN7EXAMPLE`, `xxxx…`. */
export function isPlaceholder(value: string): boolean {
  return telling.test(value) || markup.test(value) || isPatterned(value) || isTestWords(value) || isEncodedTelling(value);
}

/** The words for a placeholder in base64, where a key is wanted in that form. */
function isEncodedTelling(value: string): boolean {
  if (value.length < 24 || value.length > 400) return false;
  const decoded = fromBase64(value);
  return decoded !== undefined && /^[\x20-\x7e]+\n?$/.test(decoded) && telling.test(decoded);
}

/** `test-session-secret-for-e2e-tests` */
function isTestWords(value: string): boolean {
  const words = value.toLowerCase().replace(/!+$/, "").split(/[-_ ]/);
  return (
    words.length >= 3 &&
    /^(?:test|tests|e2e|integration)$/.test(words[0]!) &&
    words.every((word) => /^(?:[a-z]{2,14}|e2e|\d{1,2}chars)$/.test(word))
  );
}

/** True for the variable part of a provider's format that somebody typed: a placeholder or words. */
export function isMadeUp(value: string): boolean {
  if (isPlaceholder(value)) return true;
  const digits = value.replace(/\D/g, "").length;
  return value.length >= 12 && wordiness(value) > 0.75 && digits < value.length / 6;
}
