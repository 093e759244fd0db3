import { generateKeyPairSync } from "node:crypto";

import { describe, expect, it } from "vitest";

import { hasLittleEndianCrc32, hasRoutableChecksum } from "../../src/secrets/checksums.ts";
import { findFormats } from "../../src/secrets/find-formats.ts";
import type { SecretFormat } from "../../src/secrets/format.ts";
import { formats, namedFormats } from "../../src/secrets/formats/index.ts";
import { judgeNamedValue } from "../../src/secrets/judge.ts";
import { checksummed, jwt, sampleOf, seeded } from "./sample-values.ts";

const pem = (format: "pkcs8" | "pkcs1") =>
  generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey.export({ type: format, format: "pem" }).toString();
const years = 10 * 365 * 24 * 60 * 60;

/** Values with an inner structure, which no pattern draws. */
const built: Readonly<Record<string, (random: () => number) => string>> = {
  "GitHub token": (random) => checksummed("ghp_", random),
  "GitLab token": (random) => `glpat-${sampleOf(/[0-9A-Za-z]{20}/, random)}`,
  "Grafana service account token": () => ["glsa", "yscW25imSKJIuav8zF37RZmnbiDvB05G", "fcaaf58a"].join("_"),
  "npm access token": (random) => checksummed("npm_", random),
  "Google Cloud service account key": () => pem("pkcs8"),
  " private key": () => pem("pkcs1"),
  " private key in base64": () => Buffer.from(pem("pkcs8")).toString("base64"),
  " JSON Web Token": (random) => jwt({ sub: "4711", iat: 1_700_000_000, exp: 1_700_000_000 + years }, random),
  " Basic authorization": (random) => `Basic ${Buffer.from(`shop:${sampleOf(/[A-Za-z0-9]{18}/, random)}`).toString("base64")}`,
  " PGP private key": (random) =>
    `-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n${sampleOf(/[A-Za-z0-9+\/]{600}/, random).replace(/.{64}/g, "$&\n")}\n-----END PGP PRIVATE KEY BLOCK-----`,
  " PuTTY private key": () => "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: key\n",
  "age secret key": () => ["AGE-SECRET-KEY-1", "PGK65UXNJUGRAU0CCFXNM8EPFX9JFKXML78CLRCGPZAJ0PSWLA7S57WLJU"].join(""),
};

/** What must stand beside a value for the formats that share their shape. */
const beside: Readonly<Record<string, string>> = {
  Clerk: "clerk",
  Facebook: "facebook",
  Mollie: "mollie",
  GoCardless: "gocardless",
  Coinbase: "coinbase",
  "Brave Search": "brave",
  "ClickHouse Cloud": "clickhouse",
  "Google Cloud": '"type": "service_account"',
  "Azure shared access signature": "https://shop.blob.core.windows.net/?sv=2024",
  " private JSON Web Key": "kty: 'EC',",
  " symmetric JSON Web Key": "kty: 'oct',",
};

const nameOf = ({ provider, kind }: SecretFormat) => `${provider} ${kind}`;

describe("a format", () => {
  it.each(formats.map((format) => [nameOf(format), format] as const))("finds a %s and nothing of it in what it reports", (name, format) => {
    const random = seeded(name.length * 7 + format.pattern.source.length);
    const context = beside[name] ?? beside[format.provider] ?? (/stripe/i.test(format.near?.source ?? "") ? "stripe" : "");
    const found = Array.from({ length: 30 }, () => {
      const value = built[name]?.(random) ?? sampleOf(format.pattern, random);
      const text = `${context}\nx = ${value}\n`;
      const findings = findFormats(text);
      for (const { range, length } of findings) expect(length).toBe(range[1] - range[0]);
      return findings.map(({ provider, kind }) => `${provider} ${kind}`);
    });
    expect(found.flat()).toContain(name);
  });

  it("is not met in the middle of a word", () => {
    const key = checksummed("ghp_", seeded(1));
    expect(findFormats(`x${key}`)).toEqual([]);
    expect(findFormats(`${key}x`)).toEqual([]);
    expect(findFormats(`"\\n${key}\\n"`)).toHaveLength(1);
  });

  it("is not met without its checksum", () => {
    const key = checksummed("ghp_", seeded(1));
    const last = key.endsWith("a") ? "b" : "a";
    expect(findFormats(key.slice(0, -1) + last)).toEqual([]);
    const age = built["age secret key"]!(seeded(1));
    expect(findFormats(age)).toHaveLength(1);
    expect(findFormats(age.replace("PGK65", "PGK6Q"))).toEqual([]);
  });

  // Sample values of the tests of Grafana and of osv-scalibr.
  it.each([
    ["glsa", "yscW25imSKJIuav8zF37RZmnbiDvB05G", "fcaaf58a"].join("_"),
    ["glsa", "iNValIdinValiDinvalidinvalidinva", "5b582697"].join("_"),
    ["glpat", "bzox79Of", "KE9FD2LjoXXF4CvyxA.0r03gxo7s"].join("-"),
    ["glpat", "bzox79Of", "KE9FD2LjoXXF4CvyxA.01.0r0l8l6ir"].join("-"),
  ])("has the checksum that its issuer computes: %s", (token) => {
    const check = token.startsWith("glsa") ? hasLittleEndianCrc32 : hasRoutableChecksum;
    const last = token.endsWith("a") ? "b" : "a";
    expect([check(token), check(token.slice(0, -1) + last)]).toEqual([true, false]);
  });

  it("tells live from test", () => {
    const random = seeded(3);
    const modes = ["sk_live_", "sk_test_", "rk_live_", "shippo_test_"].map((prefix) => {
      const value = prefix + sampleOf(/[0-9a-f]{40}/, random);
      return findFormats(value).map(({ mode, prefix }) => [mode, prefix]);
    });
    expect(modes).toEqual([[["live", "sk_live_"]], [["test", "sk_test_"]], [["live", "rk_live_"]], [["test", "shippo_test_"]]]);
  });
});

describe("what looks like a format and is none", () => {
  const random = seeded(11);
  const token = (prefix: string, length: number) => prefix + sampleOf(new RegExp(`[0-9A-Za-z]{${length}}`), random);
  it.each([
    ["a placeholder", `sk_live_${"x".repeat(24)}`],
    ["a placeholder in words", ["sk", "live", "your_secret_key_goes_here"].join("_")],
    ["a counted-up value", ["sk", "test", "1234567890abcdefghijklmn"].join("_")],
    ["AWS's example", ["AKIA", "IOSFODNN7", "EXAMPLE"].join("")],
    ["a reference", "postgres://app:${DB_PASSWORD}@db.internal/shop"],
    ["an address without a password", "https://shop@db.internal/shop"],
    ["a local default", "postgres://postgres:postgres@localhost:5432/shop"],
    ["a host of documentation", `https://user:${token("", 16)}@host/`],
    ["a public key", "-----BEGIN PUBLIC KEY-----\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAL\n-----END PUBLIC KEY-----"],
    ["a shortened key", "-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC...\\n-----END PRIVATE KEY-----"],
    ["a key under a passphrase", pem("pkcs1").replace("-----\n", "-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n")],
    ["a token that lived an hour", jwt({ iat: 1_700_000_000, exp: 1_700_003_600 }, random)],
    ["a token without a signature", jwt({ sub: "4711" }, random, { alg: "none" })],
    ["the token of jwt.io", jwt({ sub: "1234567890", name: "John Doe" }, random)],
    ["Firebase's public key", `{ apiKey: "${token("AIza", 35)}", authDomain: "shop.firebaseapp.com" }`],
    ["a SOPS value", `ENC[AES256_GCM,data:${token("", 40)},iv:${token("", 24)},type:str]`],
    ["Adyen's public client key", ["test", sampleOf(/[A-Z2-7]{32}/, random)].join("_")],
    ["an integrity hash", `sha512-${token("", 86)}==`],
    ["an identifier", "test_readsTheValueFromTheEnvironment"],
  ])("%s", (_, text) => {
    expect(findFormats(text)).toEqual([]);
  });
});

describe("a named format", () => {
  it.each(namedFormats.map((format) => [`${format.provider} ${format.kind}`, format] as const))(
    "finds a %s by its name and shape",
    (name, format) => {
      const random = seeded(name.length);
      const value =
        name === "Discord bot token"
          ? `${Buffer.from("793528194613840412").toString("base64url")}.${sampleOf(/[A-Za-z0-9]{6}\.[A-Za-z0-9]{38}/, random)}`
          : sampleOf(new RegExp(format.value.source.slice(1, -1)), random);
      const finding = judgeNamedValue({ name: format.env, value, range: [0, value.length], context: "assignment" });
      expect(finding).toMatchObject({ length: value.length, evidence: { by: "name", name: format.env } });
    },
  );
});
