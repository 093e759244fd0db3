/**
 * The 200 letter pairs that make up nine tenths of English words: in letters drawn at random three pairs in ten are among them.
 * Counted over the words of the README files of npm packages.
 */
const commonPairs = new Set(
  (
    "abacadagaiakalamanaparasatauavaybabebiblbobrbsbucacechcickclcocrctcudadedidodsdueaecedeeefegelemeneperesetevexfafefffifogageghgigrguha" +
    "hehihoiaibicidieifigiligiminioipirisitivizjskekikslaldlelilllolsltlulymamemimmmompmunancndnenfngninonsntobocodokolomonoooporosotouovow" +
    "papepiplpoppprptpuqurarcrdrerirkrmrnrorrrsrtrurysascseshsisospssstsutatctethtitltotrtstttutyuaubucueuiulumunupurusutvaveviwawewiwoxpze"
  ).match(/../g),
);

/** The share of neighbouring letters that are common in words: about 0.3 in random letters, above 0.7 in words. 0 without four pairs. */
export function wordiness(value: string): number {
  let pairs = 0;
  let common = 0;
  for (const run of value.match(/[A-Z]?[a-z]+|[A-Z]+/g) ?? []) {
    const letters = run.toLowerCase();
    for (let at = 0; at + 1 < letters.length; at++) {
      pairs += 1;
      if (commonPairs.has(letters.slice(at, at + 2))) common += 1;
    }
  }
  return pairs < 4 ? 0 : common / pairs;
}

/** Shannon entropy in bits a character. */
export function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}

/** True for text that a generator drew: no words, no pattern, no placeholder. Too short a text is never called random. */
export function looksRandom(value: string): boolean {
  if (value.length < 12 || /\s/.test(value) || isForeign(value) || isPatterned(value)) return false;
  if (/^(?:0x)?(?:[0-9a-f]+|[0-9A-F]+)$/.test(value)) return isRandomHex(value);
  if (/^[A-Z2-7]{16,}=*$/.test(value)) return wordiness(value) < 0.6;
  const classes = [/[a-z]/, /[A-Z]/, /\d/].filter((one) => one.test(value)).length;
  if (classes < 2) return value.length >= 16 && wordiness(value) < 0.5;
  return wordiness(value) < (classes === 3 ? 0.68 : 0.55) && caseChanges(value) >= value.length / 10;
}

/** Generators draw from ASCII; a stray sign beyond it is a person's. */
function isForeign(value: string): boolean {
  return value.replace(/[\x21-\x7e]/g, "").length > value.length / 10;
}

function isRandomHex(value: string): boolean {
  const digits = value.replace(/\D/g, "").length;
  return value.length >= 16 && digits > 2 && digits < value.length * 0.95 && entropy(value) > 2.7;
}

/** How often a neighbour is of another kind (small, capital, digit, other): words change kind seldom. */
function caseChanges(value: string): number {
  return value.match(/[a-z](?![a-z])|[A-Z](?![A-Z])|\d(?!\d)/g)?.length ?? 0;
}

/** Repeated or counted-up characters: `xxxxxxxx`, `0123456789abcdef`, `abcabcabc`. A run of `A` may be zero bytes in base64. */
export function isPatterned(value: string): boolean {
  if (longestRun(value) >= Math.max(6, value.length / 3) || /([xX*.#_0-])\1{6}/.test(value)) return true;
  if (/^(.{1,8})\1{2,}.{0,7}$/s.test(value)) return true;
  if (new Set(value.toLowerCase()).size <= Math.min(5, value.length / 3)) return true;
  let steps = 0;
  for (let at = 1; at < value.length; at++) {
    const step = Math.abs(value.charCodeAt(at) - value.charCodeAt(at - 1));
    if (step <= 1) steps += 1;
  }
  return steps > value.length * 0.45;
}

function longestRun(value: string): number {
  let longest = 0;
  let run = 0;
  for (let at = 0; at < value.length; at++) {
    run = value[at] === value[at - 1] ? run + 1 : 1;
    longest = Math.max(longest, run);
  }
  return longest;
}
