import { crc32 } from "node:zlib";

const base62Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * GitHub's `ghp_…` and npm's `npm_…`: the last six characters are the CRC-32 of the thirty before them in base 62.
 * Source: https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
 */
export function hasBase62Crc32(token: string): boolean {
  const body = token.slice(token.indexOf("_") + 1);
  return inBase62(crc32(body.slice(0, -6))).padStart(6, "0") === body.slice(-6);
}

/**
 * Grafana's `glsa_…_1234abcd`: the last eight digits are the CRC-32 of what stands before them, its bytes in little-endian order.
 * Source: grafana/grafana pkg/components/satokengen/tokengen.go
 */
export function hasLittleEndianCrc32(token: string): boolean {
  const at = token.lastIndexOf("_");
  const digits = Buffer.alloc(4);
  digits.writeUInt32LE(crc32(token.slice(0, at)));
  return digits.toString("hex") === token.slice(at + 1).toLowerCase();
}

/**
 * GitLab's routable tokens (`glpat-….0r03gxo7s`, `glpat-….01.0r0l8l6ir`): the last seven characters are the CRC-32 of all before them in base 36.
 * Tokens without a dot are older and have none. Source: https://handbook.gitlab.com/handbook/engineering/architecture/design-documents/cells/routable_tokens/
 */
export function hasRoutableChecksum(token: string): boolean {
  if (!token.includes(".")) return true;
  return crc32(token.slice(0, -7)).toString(36).padStart(7, "0") === token.slice(-7);
}

function inBase62(value: number): string {
  let digits = "";
  for (let rest = value; rest > 0; rest = Math.floor(rest / 62)) digits = base62Digits[rest % 62]! + digits;
  return digits;
}

const bech32Digits = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const bech32Generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** age's secret keys. Source: BIP 173, https://github.com/C2SP/C2SP/blob/main/age.md */
export function isBech32(value: string): boolean {
  const text = value.toLowerCase();
  const separator = text.lastIndexOf("1");
  const human = text.slice(0, separator);
  const data = [...text.slice(separator + 1)].map((digit) => bech32Digits.indexOf(digit));
  if (separator < 1 || data.length < 6 || data.includes(-1)) return false;
  const high = [...human].map((character) => character.charCodeAt(0) >> 5);
  const low = [...human].map((character) => character.charCodeAt(0) & 31);
  return bech32Polymod([...high, 0, ...low, ...data]) === 1;
}

function bech32Polymod(values: readonly number[]): number {
  let checksum = 1;
  for (const value of values) {
    const top = checksum >>> 25;
    checksum = ((checksum & 0x1ffffff) << 5) ^ value;
    for (const [bit, generator] of bech32Generators.entries()) if ((top >>> bit) & 1) checksum ^= generator;
  }
  return checksum;
}
