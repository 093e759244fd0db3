import { isBech32 } from "../checksums.ts";
import { fromBase64, parsedObject } from "../encodings.ts";
import type { SecretFormat } from "../format.ts";
import { isPatterned } from "../randomness.ts";

/** Key material and bearer credentials that any system issues. */
export const keyFormats: readonly SecretFormat[] = [
  {
    provider: "Google Cloud",
    kind: "service account key",
    anchors: ["-----BEGIN PRIVATE KEY-----"],
    pattern: pemPattern("PRIVATE KEY"),
    near: /service_account|private_key_id|gserviceaccount/,
    verify: isPrivateKey,
    env: "GOOGLE_PRIVATE_KEY",
  },
  {
    provider: "",
    kind: "private key",
    anchors: ["-----BEGIN "],
    pattern: pemPattern("(?:[A-Z0-9]{2,12} ){0,2}PRIVATE KEY"),
    verify: isPrivateKey,
    env: "PRIVATE_KEY",
  },
  {
    provider: "",
    kind: "PGP private key",
    anchors: ["-----BEGIN PGP PRIVATE KEY BLOCK-----"],
    pattern: pemPattern("PGP PRIVATE KEY BLOCK"),
    verify: (value) => bodyOfPem(value).length > 200,
    env: "PGP_PRIVATE_KEY",
  },
  {
    provider: "",
    kind: "private key in base64",
    anchors: ["LS0tLS1CRUdJTi"],
    pattern: /LS0tLS1CRUdJTi[0-9A-Za-z+/]{80,20000}={0,2}/,
    verify: (value) => /^-----BEGIN [A-Z ]{0,24}PRIVATE KEY-----/.test(fromBase64(value) ?? ""),
    env: "PRIVATE_KEY",
  },
  {
    provider: "",
    kind: "PuTTY private key",
    anchors: ["PuTTY-User-Key-File-"],
    pattern: /PuTTY-User-Key-File-[23]: [\w-]{4,40}\s{1,4}Encryption: none\s/,
    env: "PRIVATE_KEY",
  },
  {
    provider: "age",
    kind: "secret key",
    anchors: ["AGE-SECRET-KEY-1", "AGE-PLUGIN-YUBIKEY-1"],
    pattern: /AGE-(?:SECRET-KEY|PLUGIN-YUBIKEY)-1[02-9AC-HJ-NP-Z]{30,80}/,
    verify: isBech32,
    env: "AGE_SECRET_KEY",
  },
  {
    provider: "",
    kind: "private JSON Web Key",
    anchors: ['"d":"', '"d": "', '"d" : "', "'d': '", "d: '", 'd: "', 'd:"', "d:'", '\\"d\\":\\"'],
    pattern: /["'\\]{0,2}d["'\\]{0,2} ?: ?\\?["'](?<secret>[\w-]{40,1400})\\?["']/,
    near: /\bkty\b/,
    // An RSA key's modulus and primes stand between.
    within: 4_000,
    env: "JWK_PRIVATE_KEY",
  },
  {
    provider: "",
    kind: "symmetric JSON Web Key",
    anchors: ['"k":"', '"k": "', '"k" : "', "'k': '", "k: '", 'k: "', 'k:"', "k:'", '\\"k\\":\\"'],
    pattern: /["'\\]{0,2}k["'\\]{0,2} ?: ?\\?["'](?<secret>[\w-]{20,700})\\?["']/,
    near: /kty\\?["']? ?: ?\\?["']oct\\?["']/,
    verify: (value) => !isPatterned(fromBase64(value) ?? ""),
    env: "JWK_SECRET",
  },
  {
    provider: "",
    kind: "JSON Web Token",
    anchors: ["eyJ"],
    pattern: /eyJ[\w-]{10,2000}\.eyJ[\w-]{4,8000}\.[\w-]{20,1500}(?![\w.-])/,
    generic: true,
    verify: isLastingToken,
    env: "JWT",
  },
];

function pemPattern(label: string): RegExp {
  return new RegExp(`-----BEGIN ${label}-----(?:[^-]|-(?!----)){40,20000}-----END ${label}-----`);
}

/** The base64 between the lines of a PEM block, which may stand in a string, in concatenated strings or in a comment. */
function bodyOfPem(pem: string): string {
  const body = pem.slice(pem.indexOf("-----", 5) + 5, pem.lastIndexOf("-----END"));
  return body
    .replace(/\\[nrt]/g, "")
    .replace(/["'`]\s{0,20}\+\s{0,80}["'`]/g, "")
    .replace(/^[A-Z][\w-]{2,20}: .{0,200}$/gm, "")
    .replace(/[^0-9A-Za-z+/=.<>$]/g, "");
}

/** A key that a passphrase protects is ciphertext, and a shortened or made-up body does not start as DER or OpenSSH does. */
function isPrivateKey(pem: string): boolean {
  if (/ENCRYPTED/.test(pem)) return false;
  const bytes = fromBase64(bodyOfPem(pem));
  if (bytes === undefined || bytes.length < 40) return false;
  return bytes.startsWith("0") ? bytes.length > 40 : bytes.startsWith("openssh-key-v1") && !/aes256-|bcrypt/.test(bytes.slice(0, 80));
}

/** A token whose life is shorter than this was dead before anybody could read it in a repository. */
const shortestLasting = 3 * 24 * 60 * 60;

/** A JSON Web Token that opened nothing any more when it could first be read. */
export function isDeadToken(value: string): boolean {
  return jsonWebToken.test(value) && !isLastingToken(value);
}
const jsonWebToken = /^eyJ[\w-]{10,2000}\.eyJ[\w-]{4,8000}\.[\w-]{20,1500}$/;

function isLastingToken(token: string): boolean {
  const [header, payload] = token.split(".").map((part) => parsedObject(fromBase64(part) ?? ""));
  if (!header || !payload || typeof header["alg"] !== "string" || header["alg"].toLowerCase() === "none") return false;
  if (isDocumentationSubject(payload)) return false;
  const { iat, nbf, exp } = payload;
  const from = typeof iat === "number" ? iat : nbf;
  return !(typeof from === "number" && typeof exp === "number" && exp - from < shortestLasting);
}

/** The token that jwt.io and countless documents show. */
function isDocumentationSubject(payload: Readonly<Record<string, unknown>>): boolean {
  return payload["sub"] === "1234567890" || payload["name"] === "John Doe" || payload["iss"] === "joe";
}
