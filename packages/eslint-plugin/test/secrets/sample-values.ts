import { crc32 } from "node:zlib";

/** The same numbers between 0 and 1 for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

/** A text that a pattern matches, its free characters drawn at random. Takes the syntax that the formats use; looks ahead are left out. */
export function sampleOf(pattern: RegExp, random: () => number): string {
  const { source } = pattern;
  let at = 0;
  const text = alternatives();
  if (at !== source.length) throw new Error(`Cannot sample ${source} from ${at}: ${source.slice(at)}`);
  return text;

  function alternatives(): string {
    const options = [sequence()];
    while (source[at] === "|") {
      at += 1;
      options.push(sequence());
    }
    return options[Math.floor(random() * options.length)]!;
  }

  function sequence(): string {
    let text = "";
    while (at < source.length && source[at] !== "|" && source[at] !== ")") text += repeated();
    return text;
  }

  function repeated(): string {
    const start = at;
    const first = atom();
    const [least, most] = quantifier();
    const end = at;
    const count = least + Math.floor(random() * (most - least + 1));
    let text = count > 0 ? first : "";
    for (let times = 1; times < count; times++) {
      at = start;
      text += atom();
    }
    at = end;
    return text;
  }

  function quantifier(): readonly [number, number] {
    const match = /^(?:\{(\d+)(?:(,)(\d*))?\}|([?*+]))\??/.exec(source.slice(at));
    if (!match) return [1, 1];
    at += match[0].length;
    if (match[4]) return match[4] === "?" ? [0, 1] : [match[4] === "+" ? 1 : 0, 3];
    const least = Number(match[1]);
    return [least, match[2] === undefined ? least : Math.min(Number(match[3]), least + 20)];
  }

  function atom(): string {
    if (source[at] === "(") return group();
    if (source[at] === "[") return oneOf(characterClass());
    if (source[at] === "\\") return oneOf(escape());
    return source[at++]!;
  }

  function group(): string {
    const opening = /^\((?:\?(?:<\w+>|[:!=]))?/.exec(source.slice(at))![0];
    at += opening.length;
    const text = alternatives();
    at += 1;
    return /^\(\?[!=]/.test(opening) ? "" : text;
  }

  function characterClass(): string {
    at += 1;
    const negated = source[at] === "^";
    if (negated) at += 1;
    let set = "";
    while (source[at] !== "]") {
      const from = source[at] === "\\" ? escape() : source[at++]!;
      if (source[at] === "-" && source[at + 1] !== "]" && from.length === 1) {
        at += 1;
        const to = source[at++]!;
        for (let code = from.charCodeAt(0); code <= to.charCodeAt(0); code++) set += String.fromCharCode(code);
      } else set += from;
    }
    at += 1;
    return negated ? [..."abcdefghkmnpqrstuvwxyzACDEFGHJKMNPQRTUVWXY345679"].filter((one) => !set.includes(one)).join("") : set;
  }

  function escape(): string {
    at += 1;
    const letter = source[at++]!;
    if (letter === "d") return "0123456789";
    if (letter === "w") return "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    if (letter === "s") return " ";
    return letter;
  }

  function oneOf(set: string): string {
    return set[Math.floor(random() * set.length)]!;
  }
}

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** A token with the checksum of GitHub and npm. */
export function checksummed(prefix: string, random: () => number): string {
  const body = sampleOf(/[0-9A-Za-z]{30}/, random);
  let checksum = "";
  for (let rest = crc32(body); rest > 0; rest = Math.floor(rest / 62)) checksum = base62[rest % 62]! + checksum;
  return prefix + body + checksum.padStart(6, "0");
}

/** A signed token with this header and payload; the signature is random. */
export function jwt(payload: object, random: () => number, header: object = { alg: "HS256", typ: "JWT" }): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part(header)}.${part(payload)}.${sampleOf(/[0-9A-Za-z]{43}/, random)}`;
}
