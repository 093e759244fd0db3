import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { expect, test } from "vitest";
import { parseHead } from "../src/note/checkpoint.ts";
import { formatVerifierKey, openNote, parseVerifierKey, signNote, type Signer } from "../src/note/note.ts";

// Key and note of the documentation of golang.org/x/mod/sumdb/note.
const PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const TEXT =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n" +
  "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

// Verifier key and note of the example of c2sp.org/signed-note.
const EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const EXAMPLE =
  "This is an example message.\n\n" +
  "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
// The other example of that page, and that of c2sp.org/tlog-checkpoint; their keys are not published.
const POEM =
  "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n" +
  "— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";
const CHECKPOINT =
  "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n" +
  "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";

test("the examples of the specifications are read as they say", () => {
  expect(openNote(EXAMPLE, [parseVerifierKey(EXAMPLE_KEY)])).toEqual({
    status: "signed",
    body: "This is an example message.\n",
    by: "example.com/foo",
  });
  expect(openNote(EXAMPLE.replace("example message", "example massage"), [parseVerifierKey(EXAMPLE_KEY)]).status).toBe("bad-signature");
  expect(openNote(POEM, [])).toMatchObject({
    status: "unknown-key",
    body: expect.stringMatching(/^Ognuno .*:\n\ned è subito sera\.\n$/s),
    keys: ["quasimodo.example/salvatore+367ba04b"],
  });
  const opened = openNote(CHECKPOINT, []);
  expect(opened).toMatchObject({ status: "unknown-key", keys: ["example.com/behind-the-sofa+033de0ae"] });
  expect(parseHead(opened.status === "malformed" ? "" : opened.body)).toEqual({
    origin: "example.com/behind-the-sofa",
    size: 20_852_163,
    root: Buffer.from("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=", "base64"),
  });
});

test("a note signed by another implementation opens", () => {
  expect(openNote(TEXT, [parseVerifierKey(PETER)])).toMatchObject({ status: "signed", by: "PeterNeumann" });
});

test("changing any bit of that note rejects it", () => {
  const bytes = Buffer.from(TEXT);
  const accepted: number[] = [];
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const copy = Buffer.from(bytes);
    copy[bit >> 3]! ^= 1 << (bit & 7);
    if (openNote(copy.toString("utf8"), [parseVerifierKey(PETER)]).status === "signed") accepted.push(bit);
  }
  expect(accepted).toEqual([]);
});

test("the key ID is SHA-256(name, newline, 0x01, key), and an altered one is refused", () => {
  const { signer, publicKey } = made("example.com/log");
  const id = createHash("sha256")
    .update(Buffer.concat([Buffer.from("example.com/log\n\u0001"), publicKey]))
    .digest("hex")
    .slice(0, 8);
  expect(signer.verifierKey.split("+")[1]).toBe(id);
  expect(() => parseVerifierKey(PETER.replace("c74f20a3", "c74f20a4"))).toThrow(/altered or mistyped/);
});

test("unknown signatures are ignored; a failing one of a known key rejects the note", async () => {
  const one = made("one");
  const two = made("two");
  const body = "log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
  const byOne = await signNote(body, one.signer);
  const lineOfTwo = (await signNote(body, two.signer)).split("\n\n")[1]!;
  const wrongOfTwo = (await signNote(`x${body}`, two.signer)).split("\n\n")[1]!;
  const keys = [one.signer, two.signer].map((signer) => parseVerifierKey(signer.verifierKey));
  expect(openNote(byOne + lineOfTwo, [keys[0]!]).status).toBe("signed");
  expect(openNote(byOne + wrongOfTwo, [keys[0]!]).status).toBe("signed");
  expect(openNote(byOne + wrongOfTwo, keys).status).toBe("bad-signature");
  expect(openNote(byOne, [keys[1]!]).status).toBe("unknown-key");
  expect(openNote(`${body}\n`, keys).status).toBe("unsigned");
});

function made(name: string): { signer: Signer; publicKey: Buffer } {
  const pair = generateKeyPairSync("ed25519");
  const publicKey = pair.publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  return {
    publicKey,
    signer: { name, verifierKey: formatVerifierKey(name, publicKey), sign: async (bytes) => sign(null, bytes, pair.privateKey) },
  };
}
