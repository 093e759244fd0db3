import { createHash, createHmac, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";

import type { Secret } from "../../secret.ts";

const derive = promisify(pbkdf2);

/**
 * What PostgreSQL keeps of a password: `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>` in base64, as RFC 5803 has it (PostgreSQL 17, 54.8 pg_authid).
 * A server that is given it never sees the password, and neither does its log. The password is to be ASCII, or in the form that SASLprep gives it.
 */
export async function scramVerifier(password: Secret, salt: Uint8Array = randomBytes(16), iterations = 4096): Promise<string> {
  const salted = await derive(password.reveal(), salt, iterations, 32, "sha256");
  const storedKey = createHash("sha256").update(keyed(salted, "Client Key")).digest("base64");
  const serverKey = keyed(salted, "Server Key").toString("base64");
  return `SCRAM-SHA-256$${iterations}:${Buffer.from(salt).toString("base64")}$${storedKey}:${serverKey}`;
}

function keyed(key: Uint8Array, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
