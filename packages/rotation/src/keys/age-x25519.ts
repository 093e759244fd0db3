import { createDecipheriv, createHmac, createPrivateKey, createPublicKey, diffieHellman, hkdfSync, timingSafeEqual } from "node:crypto";

/**
 * Opens an age file of one chunk (up to 64 KiB) with X25519 identities (`AGE-SECRET-KEY-1…`), with what Node has by itself: loading all that
 * age knows takes longer than everything else that `holdfast exec` does. Undefined for whatever is not plain and right; the library then has the word.
 * Source: https://c2sp.org/age.
 */
export function openPlainAgeFile(file: Uint8Array, identities: readonly string[]): Uint8Array | undefined {
  const parts = partsOf(Buffer.from(file.buffer, file.byteOffset, file.byteLength));
  if (!parts) return undefined;
  for (const identity of identities) {
    const scalar = x25519Scalar(identity);
    const fileKey = scalar && fileKeyOf(parts.stanzas, scalar);
    if (!fileKey) continue;
    const mac = createHmac("sha256", derive(fileKey, noBytes, "header"))
      .update(parts.header)
      .digest();
    if (parts.mac.length !== mac.length || !timingSafeEqual(parts.mac, mac)) return undefined;
    return open(derive(fileKey, parts.nonce, "payload"), lastChunkNonce, parts.chunk);
  }
  return undefined;
}

/** The 32 bytes of an identity as age-keygen writes it; undefined when it is another kind or has a mistake. */
export function x25519Scalar(identity: string): Buffer | undefined {
  if (!/^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$/u.test(identity)) return undefined;
  const [prefix, digits] = [humanPart, [...identity.slice(humanPart.length + 1)].map((letter) => alphabet.indexOf(letter))];
  if (
    checksumOf(
      [...prefix].map((letter) => letter.charCodeAt(0)),
      digits,
    ) !== 1
  )
    return undefined;
  return bytesOf(digits.slice(0, -6));
}

interface Stanza {
  readonly share: Buffer;
  readonly body: Buffer;
}

interface Parts {
  /** Authenticated: all of the header up to and with `---`. */
  readonly header: Buffer;
  readonly mac: Buffer;
  readonly stanzas: readonly Stanza[];
  readonly nonce: Buffer;
  readonly chunk: Buffer;
}

const largestChunk = 65_536 + 16;

function partsOf(file: Buffer): Parts | undefined {
  // The header is text; the payload after it may be any bytes, which latin1 keeps as they are.
  const text = file.toString("latin1");
  const [whole, lines = "", mac = ""] =
    /^age-encryption\.org\/v1\n((?:->[^\n]*\n(?:[A-Za-z0-9+/]*\n)+)+)--- ([A-Za-z0-9+/]{43})\n/u.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const payload = file.subarray(whole.length);
  if (payload.length < 32 || payload.length - 16 > largestChunk) return undefined;
  const stanzas = [...lines.matchAll(/^-> X25519 (?<share>[A-Za-z0-9+/]{43})\n(?<body>[A-Za-z0-9+/]{43})\n/gmu)].map(({ groups }) => ({
    share: Buffer.from(groups?.["share"] ?? "", "base64"),
    body: Buffer.from(groups?.["body"] ?? "", "base64"),
  }));
  return {
    header: file.subarray(0, whole.length - mac.length - 2),
    mac: Buffer.from(mac, "base64"),
    stanzas,
    nonce: payload.subarray(0, 16),
    chunk: payload.subarray(16),
  };
}

function fileKeyOf(stanzas: readonly Stanza[], scalar: Buffer): Uint8Array | undefined {
  const privateKey = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, scalar]), format: "der", type: "pkcs8" });
  const recipient = createPublicKey(privateKey).export({ format: "der", type: "spki" }).subarray(-32);
  for (const { share, body } of stanzas) {
    const shared = sharedSecret(privateKey, share);
    const key = shared && derive(shared, Buffer.concat([share, recipient]), "age-encryption.org/v1/X25519");
    const fileKey = key && open(key, Buffer.alloc(12), body);
    if (fileKey) return fileKey;
  }
  return undefined;
}

/** Undefined for a share of low order, which gives everybody the same secret. */
function sharedSecret(privateKey: ReturnType<typeof createPrivateKey>, share: Buffer): Buffer | undefined {
  try {
    const publicKey = createPublicKey({ key: Buffer.concat([spkiPrefix, share]), format: "der", type: "spki" });
    return diffieHellman({ privateKey, publicKey });
  } catch {
    return undefined;
  }
}

/** ChaCha20-Poly1305; undefined when the tag does not fit. */
function open(key: Uint8Array, nonce: Uint8Array, sealed: Buffer): Uint8Array | undefined {
  const decipher = createDecipheriv("chacha20-poly1305", key, nonce, { authTagLength: 16 });
  decipher.setAuthTag(sealed.subarray(-16));
  const plain = decipher.update(sealed.subarray(0, -16));
  try {
    decipher.final();
    return new Uint8Array(plain);
  } catch {
    return undefined;
  }
}

function derive(secret: Uint8Array, salt: Uint8Array, label: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret, salt, label, 32));
}

const noBytes = new Uint8Array(0);
/** The first chunk is number 0 and carries the flag of the last one. */
const lastChunkNonce = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
/** DER before the 32 bytes of an X25519 key. Source: RFC 8410. */
const pkcs8Prefix = Buffer.from("302e020100300506032b656e04220420", "hex");
const spkiPrefix = Buffer.from("302a300506032b656e032100", "hex");

// Bech32. Source: BIP 173.
const humanPart = "AGE-SECRET-KEY-";
const alphabet = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";
const generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

function checksumOf(prefix: readonly number[], digits: readonly number[]): number {
  const lower = prefix.map((code) => (code >= 65 && code <= 90 ? code + 32 : code));
  let sum = 1;
  for (const value of [...lower.map((code) => code >> 5), 0, ...lower.map((code) => code & 31), ...digits]) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    for (const [bit, factor] of generator.entries()) if ((top >>> bit) & 1) sum ^= factor;
  }
  return sum;
}

/** Groups of five bits as bytes; undefined when the bits left over are not zero. */
function bytesOf(digits: readonly number[]): Buffer | undefined {
  const bytes: number[] = [];
  let [bits, held] = [0, 0];
  for (const digit of digits) {
    held = (held << 5) | digit;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push(held >> bits);
    held &= (1 << bits) - 1;
  }
  return held === 0 ? Buffer.from(bytes) : undefined;
}
