import type { Secret } from "../secret.ts";

const mark = "[secret]";
/** Shorter values stand by chance in any text. */
const shortest = 4;

/**
 * A text of a server without the values that were sent to it, in clear or as JSON, URL, base64 or hexadecimal has them.
 * Undefined when a value is too short to be told from other text: then the text is not shown at all.
 */
export function redact(text: string, secrets: readonly Secret[]): string | undefined {
  const values = secrets.map((secret) => secret.reveal()).filter((value) => value !== "");
  if (values.some((value) => value.length < shortest && text.includes(value))) return undefined;
  const spellings = new Set(values.filter((value) => value.length >= shortest).flatMap(spellingsOf));
  // The longest first, so that none is cut by a shorter one in it.
  return [...spellings].sort((a, b) => b.length - a.length).reduce((result, spelling) => result.replaceAll(spelling, mark), text);
}

function spellingsOf(value: string): string[] {
  const bytes = Buffer.from(value, "utf8");
  const json = JSON.stringify(value).slice(1, -1);
  // As it travels: half a surrogate pair, which no URL can hold, becomes the replacement character.
  const sent = bytes.toString("utf8");
  const url = [encodeURIComponent(sent), encodeURI(sent), new URLSearchParams({ v: sent }).toString().slice(2)];
  const hex = bytes.toString("hex");
  return [
    ...[value, json, JSON.stringify(json).slice(1, -1)],
    ...[...url, ...url.map((text) => text.replaceAll(/%[\dA-F]{2}/gu, (code) => code.toLowerCase()))],
    ...[hex, hex.toUpperCase()],
    ...base64Of(bytes),
  ];
}

/** Base64 of the value alone and of it anywhere inside a longer text: at each of the three offsets, what does not depend on the neighbours. */
function base64Of(bytes: Buffer): string[] {
  const inside = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString("base64")
      .replace(/=+$/u, "");
    return text.slice(Math.ceil((offset * 4) / 3), (offset + bytes.length) % 3 === 0 ? undefined : -1);
  });
  const long = inside.filter((text) => text.length >= 8);
  const all = [bytes.toString("base64"), ...long];
  return [...all, ...all.map((text) => text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/u, ""))];
}
