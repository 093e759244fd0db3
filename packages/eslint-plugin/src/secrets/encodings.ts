/** The bytes of base64 or base64url as Latin-1 text; `undefined` when it is neither. */
export function fromBase64(text: string): string | undefined {
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return undefined;
  return Buffer.from(text, "base64").toString("latin1");
}

export function isJsonObject(text: string): boolean {
  return parsedObject(text) !== undefined;
}

export function parsedObject(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The password of Basic authorization: `user:password` in base64. */
export function passwordIn(encoded: string): string | undefined {
  if (encoded.length < 8 || encoded.length % 4 !== 0) return undefined;
  return /^[\w.@+-]{1,100}:([\x20-\x7e]{1,200})$/.exec(fromBase64(encoded) ?? "")?.[1];
}
