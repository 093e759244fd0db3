import { generateKeyPairSync, sign } from "node:crypto";

/** A key and a certificate for 127.0.0.1 that it signs itself, made anew for each run. */
export const selfSigned: { readonly key: string; readonly cert: string } = (() => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const body = sequence(
    element(0xa0, integer(2)),
    integer(1),
    ecdsaWithSha256(),
    nameOf("127.0.0.1"),
    sequence(time("260101000000Z"), time("490101000000Z")),
    nameOf("127.0.0.1"),
    publicKey.export({ type: "spki", format: "der" }),
    element(0xa3, sequence(subjectAddress([127, 0, 0, 1]))),
  );
  const signature = sign("sha256", body, privateKey);
  const certificate = sequence(body, ecdsaWithSha256(), element(0x03, Buffer.from([0]), signature));
  return { key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(), cert: pem(certificate) };
})();

/** RFC 5280, sections 4.1 and 4.2.1.6, in the encoding of X.690. */
function element(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...contents: readonly Buffer[]): Buffer {
  return element(0x30, ...contents);
}

function integer(value: number): Buffer {
  return element(0x02, Buffer.from([value]));
}

function identifier(...bytes: readonly number[]): Buffer {
  return element(0x06, Buffer.from(bytes));
}

function ecdsaWithSha256(): Buffer {
  return sequence(identifier(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
}

function nameOf(commonName: string): Buffer {
  return sequence(element(0x31, sequence(identifier(0x55, 0x04, 0x03), element(0x0c, Buffer.from(commonName)))));
}

function time(utc: string): Buffer {
  return element(0x17, Buffer.from(utc));
}

function subjectAddress(address: readonly number[]): Buffer {
  return sequence(identifier(0x55, 0x1d, 0x11), element(0x04, sequence(element(0x87, Buffer.from(address)))));
}

function pem(der: Buffer): string {
  return `-----BEGIN CERTIFICATE-----\n${der.toString("base64").replace(/.{64}/gu, "$&\n")}\n-----END CERTIFICATE-----\n`;
}
