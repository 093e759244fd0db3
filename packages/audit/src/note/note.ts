import { createHash, createPublicKey, verify } from "node:crypto";
import { AuditError } from "../error.ts";

/** Signs notes. The local one is `createSigner`; one backed by Vault Transit or a KMS implements the same three members. */
export interface Signer {
  /** Key name of the signed note: no space, no `+`. */
  readonly name: string;
  /** `name+hex(keyID)+base64(0x01 ‖ key)`, C2SP signed-note. */
  readonly verifierKey: string;
  /** Ed25519 signature (64 bytes) over exactly these bytes. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

export interface VerifierKey {
  readonly name: string;
  readonly id: Buffer;
  readonly publicKey: Buffer;
}

export type NoteOpening =
  | { status: "signed"; body: string; by: string }
  | { status: "unsigned" | "unknown-key" | "bad-signature"; body: string; keys: string[] }
  | { status: "malformed"; reason: string };

/** Signature type of Ed25519 in C2SP signed-note v1.0.0. */
const ED25519 = 0x01;
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

/** First four bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ key), C2SP signed-note v1.0.0. */
export function keyId(name: string, publicKey: Uint8Array): Buffer {
  return createHash("sha256").update(`${name}\n`).update(Uint8Array.of(ED25519)).update(publicKey).digest().subarray(0, 4);
}

export function formatVerifierKey(name: string, publicKey: Uint8Array): string {
  const key = Buffer.concat([Uint8Array.of(ED25519), publicKey]);
  return `${name}+${keyId(name, publicKey).toString("hex")}+${key.toString("base64")}`;
}

/**
 * Reads `name+hex(keyID)+base64(0x01 ‖ key)`.
 * @throws AuditError `key-invalid` when it has another form, another type, or an ID that is not that of the key.
 */
export function parseVerifierKey(text: string): VerifierKey {
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/.exec(text.trim());
  if (!match) throw new AuditError("key-invalid", "The verifier key must look like name+0123abcd+base64, as in the file verifier.pub.");
  const [, name = "", id = "", base64 = ""] = match;
  const key = Buffer.from(base64, "base64");
  if (key.length !== 33 || key[0] !== ED25519 || key.toString("base64") !== base64)
    throw new AuditError("key-invalid", `The verifier key ${name} is not an Ed25519 key (type 0x01 and 32 bytes in base64).`);
  const publicKey = key.subarray(1);
  if (keyId(name, publicKey).toString("hex") !== id)
    throw new AuditError(
      "key-invalid",
      `The verifier key ${name} has the ID ${id}, which is not that of its key: it was altered or mistyped.`,
    );
  return { name, id: Buffer.from(id, "hex"), publicKey };
}

/** Signs `body` (which ends in a newline) as a C2SP signed note. */
export async function signNote(body: string, signer: Signer): Promise<string> {
  const key = parseVerifierKey(signer.verifierKey);
  if (key.name !== signer.name)
    throw new AuditError("key-invalid", `The signer is called ${signer.name} but its verifier key ${key.name}.`);
  const signature = Buffer.from(await signer.sign(Buffer.from(body)));
  if (!isSignedBy(key, body, signature))
    throw new AuditError(
      "sign-failed",
      `The signer ${signer.name} returned a signature its own verifier key does not accept. No checkpoint was written.`,
    );
  return `${body}\n— ${signer.name} ${Buffer.concat([key.id, signature]).toString("base64")}\n`;
}

/** Opens a signed note. Signatures of unknown keys are ignored; one failing signature of a known key rejects the note. */
export function openNote(text: string, trusted: readonly VerifierKey[]): NoteOpening {
  if (/[\u0000-\u0009\u000b-\u001f\u007f]/.test(text)) return { status: "malformed", reason: "it holds a control character" };
  const split = text.lastIndexOf("\n\n");
  if (split === -1 || !text.endsWith("\n"))
    return { status: "malformed", reason: "the blank line before the signatures, or the last newline, is missing" };
  const body = text.slice(0, split + 1);
  const lines = text
    .slice(split + 2)
    .split("\n")
    .slice(0, -1);
  if (lines.length > MAX_SIGNATURES) return { status: "malformed", reason: `it has more than ${MAX_SIGNATURES} signatures` };
  const signatures = lines.map(parseSignature);
  const broken = signatures.findIndex((signature) => signature === undefined);
  if (broken !== -1) return { status: "malformed", reason: `signature line ${broken + 1} is not "— name base64"` };

  const keys = signatures.map((signature) => `${signature!.name}+${signature!.id.toString("hex")}`);
  let by: string | undefined;
  for (const signature of signatures) {
    const key = trusted.find((candidate) => candidate.name === signature!.name && candidate.id.equals(signature!.id));
    if (!key) continue;
    if (!isSignedBy(key, body, signature!.bytes)) return { status: "bad-signature", body, keys };
    by = key.name;
  }
  if (by !== undefined) return { status: "signed", body, by };
  return { status: signatures.length === 0 ? "unsigned" : "unknown-key", body, keys };
}

/** The specification asks for at least 16. */
const MAX_SIGNATURES = 64;

function parseSignature(line: string): { name: string; id: Buffer; bytes: Buffer } | undefined {
  const match = /^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/.exec(line);
  const bytes = Buffer.from(match?.[2] ?? "", "base64");
  if (!match || bytes.length < 5 || bytes.toString("base64") !== match[2]) return undefined;
  return { name: match[1]!, id: bytes.subarray(0, 4), bytes: bytes.subarray(4) };
}

function isSignedBy(key: VerifierKey, body: string, signature: Uint8Array): boolean {
  const publicKey = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, key.publicKey]), format: "der", type: "spki" });
  return signature.length === 64 && verify(null, Buffer.from(body), publicKey, signature);
}
