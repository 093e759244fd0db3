/** Shorter ones would be found everywhere. */
export const shortestBytes = 8;

/** How a value may be written in a file: as it is, and as JSON, URL, hexadecimal and base64 have it, also in the middle of a longer base64 text. */
export function spellingsOf(value: string): ReadonlySet<string> {
  const bytes = Buffer.from(value, "utf8");
  const hex = bytes.toString("hex");
  const base64 = [0, 1, 2].map((before) => base64Core(bytes, before));
  const texts = [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value), hex, hex.toUpperCase(), ...base64];
  const urlSafe = base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"));
  // latin1 keeps the bytes of a file as they are, one a character.
  return new Set([...texts, ...urlSafe].map((text) => Buffer.from(text, "utf8").toString("latin1")));
}

/** The characters that do not depend on what stands before and after the value; `before` is the number of bytes before it, modulo 3. */
function base64Core(bytes: Buffer, before: number): string {
  const text = Buffer.concat([Buffer.alloc(before), bytes])
    .toString("base64")
    .replace(/=+$/u, "");
  const start = before === 0 ? 0 : before + 1;
  const whole = Math.floor(((before + bytes.length) * 8) / 6);
  return text.slice(start, whole);
}
