import type { RotatorPolicy } from "@holdfast/policy";

import type { Rotator } from "../roles.ts";
import { randomValue } from "./random-value.ts";

type GeneratedPolicy = Extract<RotatorPolicy, { with: "generated" }>;

/**
 * A random value that is accepted by whoever reads it from the store: a webhook or HMAC secret, a session key.
 * No other place has to be told of it, so nothing is applied or revoked anywhere; during the overlap consumers are to accept both values.
 * Verifying shows that the store gives the value back whole and in the form of the policy. It cannot show that consumers use it.
 */
export function generated({ bytes = 32, encoding = "base64url", prefix = "" }: GeneratedPolicy): Rotator {
  return {
    kind: "generated",
    overlaps: true,
    prepare: async () => ({ value: randomValue({ bytes, encoding, prefix }) }),
    apply: async () => undefined,
    verify: async (candidate) => (isWellFormed(candidate.value.reveal()) ? "accepted" : "refused"),
    retire: async () => undefined,
  };

  function isWellFormed(value: string): boolean {
    if (!value.startsWith(prefix)) return false;
    const text = value.slice(prefix.length);
    const decoded = Buffer.from(text, encoding);
    // Decoding skips what is not of the encoding; only encoding again shows that nothing was.
    return decoded.length === bytes && decoded.toString(encoding) === text;
  }
}
