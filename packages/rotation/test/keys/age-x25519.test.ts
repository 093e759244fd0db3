import { armor, Decrypter, Encrypter, generateHybridIdentity, generateX25519Identity, identityToRecipient } from "age-encryption";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ageArmor } from "../../src/keys/age.ts";
import { openPlainAgeFile, x25519Scalar } from "../../src/keys/age-x25519.ts";

/** A file for these identities, made by the library. */
async function encryptedTo(identities: readonly string[], plain: Uint8Array): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  for (const identity of identities) encrypter.addRecipient(await identityToRecipient(identity));
  return encrypter.encrypt(plain);
}

describe("an age file that the library wrote", () => {
  it("is opened as the library opens it, by any of its recipients", async () => {
    const [first, second] = [await generateX25519Identity(), await generateX25519Identity()];
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (plain) => {
        const file = await encryptedTo([first, second], plain);
        expect(openPlainAgeFile(file, [first])).toEqual(plain);
        expect(openPlainAgeFile(file, ["not an identity", second])).toEqual(plain);
      }),
      { numRuns: 20 },
    );
  });

  it("is left to the library when it is for somebody else, of another kind or of several chunks", async () => {
    const [mine, theirs] = [await generateX25519Identity(), await generateX25519Identity()];
    const [quantum, large] = [await generateHybridIdentity(), new Uint8Array(65_537)];
    expect(openPlainAgeFile(await encryptedTo([theirs], Uint8Array.of(1)), [mine])).toBeUndefined();
    expect(openPlainAgeFile(await encryptedTo([quantum], Uint8Array.of(1)), [mine, quantum])).toBeUndefined();
    expect(openPlainAgeFile(await encryptedTo([mine], large), [mine])).toBeUndefined();
    expect(openPlainAgeFile(await encryptedTo([mine], large.subarray(1)), [mine])).toEqual(large.subarray(1));
  });

  it("is not opened when a bit of it was changed, wherever that is", async () => {
    const identity = await generateX25519Identity();
    const file = await encryptedTo([identity], new TextEncoder().encode("a data key of a file, 32 bytes .."));
    for (let bit = 0; bit < file.length * 8; bit += 1) {
      const changed = Uint8Array.from(file);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(openPlainAgeFile(changed, [identity]), `bit ${bit}`).toBeUndefined();
    }
  });

  it("is not opened when it was cut short", async () => {
    const identity = await generateX25519Identity();
    const file = await encryptedTo([identity], new Uint8Array(40));
    for (let length = 0; length < file.length; length += 1) expect(openPlainAgeFile(file.subarray(0, length), [identity])).toBeUndefined();
  });
});

describe("an identity", () => {
  it("is told from one with a mistake as the library does it", async () => {
    const identity = await generateX25519Identity();
    expect(x25519Scalar(identity)?.length).toBe(32);
    for (let at = 0; at < identity.length; at += 1) {
      const changed = `${identity.slice(0, at)}${identity[at] === "Q" ? "P" : "Q"}${identity.slice(at + 1)}`;
      expect(x25519Scalar(changed), changed.slice(0, at)).toBeUndefined();
      await expect(identityToRecipient(changed)).rejects.toThrow();
    }
  });
});

describe("armour", () => {
  it("is that of the library, both ways", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => {
        expect(ageArmor.encode(bytes)).toBe(armor.encode(bytes));
        expect(new Uint8Array(ageArmor.decode(armor.encode(bytes)))).toEqual(bytes);
      }),
    );
  });

  it("with a mistake is refused where the library refuses it", () => {
    const text = armor.encode(new Uint8Array(100).fill(9));
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom("", " ", "\n", "=", "A", "-"), (at, other) => {
        const changed = text.slice(0, at) + other + text.slice(at + 1);
        expect(outcomeOf(() => ageArmor.decode(changed))).toBe(outcomeOf(() => armor.decode(changed)));
      }),
    );
  });
});

it("both agree on a file from the library's own decrypter", async () => {
  const identity = await generateX25519Identity();
  const file = await encryptedTo([identity], new TextEncoder().encode("same"));
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  expect(openPlainAgeFile(file, [identity])).toEqual(await decrypter.decrypt(file));
});

function outcomeOf(decode: () => Uint8Array): string {
  try {
    return Buffer.from(decode()).toString("hex");
  } catch {
    return "refused";
  }
}
