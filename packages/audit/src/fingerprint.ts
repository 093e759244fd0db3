import { createHmac, randomBytes } from "node:crypto";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { AuditError, fromSystem } from "./error.ts";
import { createOnce, ensurePrivate, FILES } from "./log/files.ts";

/**
 * First 128 bits of HMAC-SHA-256 in hexadecimal: says whether two records speak of the same value, and nothing of the value
 * to anyone without the key.
 */
export function fingerprint(value: string | Uint8Array, key: Uint8Array): string {
  if (key.length < 32) throw new AuditError("key-invalid", "The fingerprint key must have at least 32 bytes.");
  return createHmac("sha256", key).update(value).digest("hex").slice(0, 32);
}

/** The key in the log's folder (`fingerprint.key`, mode 0600), made on first use. @throws AuditError `key-mode`, `key-invalid`. */
export async function loadFingerprintKey(directory: string): Promise<Buffer> {
  const file = join(directory, FILES.fingerprintKey);
  await createOnce(file, () => `${randomBytes(32).toString("hex")}\n`);
  const handle = await open(file, "r").catch((error: unknown) => {
    throw fromSystem(error, "read the fingerprint key", file, "Nothing was changed.");
  });
  try {
    await ensurePrivate(handle, file);
    const text = (await handle.readFile("utf8")).trim();
    if (!/^[0-9a-f]{64}$/.test(text))
      throw new AuditError("key-invalid", `The file ${file} does not hold 64 hexadecimal digits. Restore it from a backup.`);
    return Buffer.from(text, "hex");
  } finally {
    await handle.close();
  }
}
