import { isPatterned, wordiness } from "./randomness.ts";

/** Words that say a value is none. Long ones count inside other text as well: no generator spells them by chance. */
const telling =
  /example|placeholder|change_?-?me|redacted|replace_?-?me|replace_?-?with|your[_-]|[_-]here\b|dummy|insert[_-]|sample|foobar|not[_-]?a[_-]?real|not[_-]?real|fake|xxxx|todo\b|\bmock|\btest[_-]?(?:key|token|secret|password)\b/i;
const markup = /\$\{|\{\{|%\(|<[^>]{1,60}>|\*{4}|\.{3}|…|•{3}|#\{|\[[A-Za-z _-]+\]/;

/** True for what stands where a credential would: `your-key-here`, `${TOKEN}`, `<password>`, `AKIAIOSFODNN7EXAMPLE`, `xxxx…`. */
export function isPlaceholder(value: string): boolean {
  return telling.test(value) || markup.test(value) || isPatterned(value) || isTestWords(value);
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
