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
