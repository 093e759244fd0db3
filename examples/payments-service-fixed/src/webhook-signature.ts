import { createHmac, timingSafeEqual } from "node:crypto";

export interface SignedWebhook {
  id: string;
  /** Seconds since 1970. */
  timestamp: string;
  body: Buffer;
  /** `v1,<base64>`, several separated by spaces. */
  signature: string;
}

const maximumAgeSeconds = 5 * 60;

/** Signature and age as the Standard Webhooks specification wants them. */
export function isGenuine({ id, timestamp, body, signature }: SignedWebhook, secret: string): boolean {
  const ageSeconds = Math.abs(Date.now() / 1000 - Number(timestamp));
  if (!(ageSeconds <= maximumAgeSeconds)) return false;
  const key = Buffer.from(secret.replace(/^whsec_/u, ""), "base64");
  const expected = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest();
  return signature.split(" ").some((part) => {
    const given = Buffer.from(part.replace(/^v1,/u, ""), "base64");
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}
