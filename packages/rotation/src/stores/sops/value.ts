import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

/** A leaf of the tree: its type, and the text that is encrypted and that the MAC covers. `null` is never encrypted and adds nothing to the MAC. */
export interface Plain {
  readonly type: "str" | "int" | "float" | "bool" | "time" | "bytes" | "null";
  readonly text: string;
}

const sealed =
  /^ENC\[AES256_GCM,data:(?<data>[A-Za-z0-9+/=]+),iv:(?<iv>[A-Za-z0-9+/=]+),tag:(?<tag>[A-Za-z0-9+/=]+),type:(?<type>[a-z]+)\]$/u;
const types = new Set(["str", "int", "float", "bool", "time", "bytes"]);
const nonceBytes = 32;
const tagBytes = 16;

export function looksSealed(text: string): boolean {
  return text.startsWith("ENC[AES256_GCM,");
}

/**
 * `ENC[AES256_GCM,data:…,iv:…,tag:…,type:…]`: AES-256-GCM with a nonce of 32 bytes, `additionalData` authenticated. Empty text stays empty.
 * Source: getsops/sops v3.11.0, aes/cipher.go.
 */
export function seal(plain: Plain, dataKey: Uint8Array, additionalData: string): string {
  return plain.text === "" ? "" : encrypt(plain.type, plain.text, dataKey, additionalData);
}

/** Undefined when the text is not in this format, was changed, was sealed with another data key or at another place of the tree. */
export function unseal(text: string, dataKey: Uint8Array, additionalData: string): Plain | undefined {
  if (text === "") return { type: "str", text: "" };
  const found = decrypt(text, dataKey, additionalData);
  if (!found || !types.has(found.type)) return undefined;
  return { type: found.type as Plain["type"], text: canonical(found.type, found.text) };
}

/**
 * A sealed comment under another data key. Which place of the tree it was sealed at is found by trying: only the right one authenticates.
 * Undefined when none does.
 */
export function resealComment(
  text: string,
  keys: { readonly from: Uint8Array; readonly to: Uint8Array },
  places: Iterable<string>,
): string | undefined {
  for (const place of places) {
    const found = decrypt(text, keys.from, place);
    if (found?.type === "comment") return encrypt("comment", found.text, keys.to, place);
  }
  return undefined;
}

function encrypt(type: string, text: string, dataKey: Uint8Array, additionalData: string): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", dataKey, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(additionalData, "utf8"));
  const data = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  const parts = [`data:${data.toString("base64")}`, `iv:${nonce.toString("base64")}`, `tag:${cipher.getAuthTag().toString("base64")}`];
  return `ENC[AES256_GCM,${parts.join(",")},type:${type}]`;
}

function decrypt(text: string, dataKey: Uint8Array, additionalData: string): { readonly type: string; readonly text: string } | undefined {
  const { data = "", iv = "", tag = "", type = "" } = sealed.exec(text)?.groups ?? {};
  const authTag = Buffer.from(tag, "base64");
  if (type === "" || authTag.length !== tagBytes) return undefined;
  try {
    const decipher = createDecipheriv("aes-256-gcm", dataKey, Buffer.from(iv, "base64"), { authTagLength: tagBytes });
    decipher.setAAD(Buffer.from(additionalData, "utf8"));
    decipher.setAuthTag(authTag);
    return { type, text: Buffer.concat([decipher.update(data, "base64"), decipher.final()]).toString("utf8") };
  } catch {
    return undefined;
  }
}

/** sops parses what it decrypts and prints it again before it goes into the MAC; only booleans have several spellings in the wild. */
function canonical(type: string, text: string): string {
  if (type !== "bool") return text;
  return /^(?:1|t|true)$/iu.test(text) ? "True" : "False";
}
