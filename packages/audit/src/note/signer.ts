import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { open, readFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { AuditError, fromSystem } from "../error.ts";
import { createOnce, ensurePrivate, removeLeftovers } from "../log/files.ts";
import { formatVerifierKey, type Signer } from "./note.ts";

/**
 * A signer whose Ed25519 key is a PKCS#8 PEM file of mode 0600, made on first use.
 * @param options.name key name in the signed note; by convention the origin of the log. No space, no `+`.
 * @throws AuditError `key-mode` when others can read the file (at every use), `key-invalid` when it holds no Ed25519 key.
 */
export async function createSigner(options: { file: string; name: string }): Promise<Signer> {
  const { file, name } = options;
  if (!/^[^\s+]+$/.test(name))
    throw new AuditError("key-invalid", `The signer's name ${JSON.stringify(name)} must not be empty or hold spaces or "+".`);
  await createOnce(file, () => generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }) as string);
  await removeLeftovers(dirname(file), (name) => name === basename(file));
  const key = await loadKey(file);
  const publicKey = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);
  return {
    name,
    verifierKey: formatVerifierKey(name, publicKey),
    async sign(bytes) {
      await checkMode(file);
      return sign(null, bytes, key);
    },
  };
}

async function loadKey(file: string) {
  await checkMode(file);
  try {
    const key = createPrivateKey(await readFile(file));
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch (error) {
    throw new AuditError("key-invalid", `The file ${file} is not a private key in PKCS#8 PEM. Nothing was signed.`, {
      cause: (error as { code?: string }).code,
    });
  }
  throw new AuditError("key-invalid", `The key in ${file} is not an Ed25519 key. Nothing was signed.`);
}

async function checkMode(file: string): Promise<void> {
  const handle = await open(file, "r").catch((error: unknown) => {
    throw fromSystem(error, "read the signing key", file, "Nothing was signed.");
  });
  try {
    await ensurePrivate(handle, file);
  } finally {
    await handle.close();
  }
}
