import fc from "fast-check";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { beforeAll, describe, expect, it } from "vitest";

import { withDocument, withoutDocument } from "../../src/stores/sops/edit-document.ts";
import { documentOf as documentAt } from "../../src/stores/sops/fields.ts";
import { floatText } from "../../src/stores/sops/go-scalar.ts";
import { wrapForAge } from "../../src/stores/sops/keyring.ts";
import { newSopsText } from "../../src/stores/sops/new-file.ts";
import { decryptFile, type OpenedFile } from "../../src/stores/sops/opened-file.ts";
import { findEntry, type MapNode } from "../../src/stores/sops/tree.ts";
import { documentOf, plainOf } from "./plain.ts";

type Plain = Parameters<typeof documentOf>[0];

const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: "grapheme", maxLength: 6 }),
  fc.constantFrom("", "true", "null", "~", "- a", "a: b", "#c", "0777", "\n", " x", "ENC[x]"),
);
const key = fc
  .oneof(fc.constantFrom("value", "previous", "a", "b", "c", "0777", "true", "y", "null", "1_000", "2001-01-01", "<<"), text)
  .filter((name) => name !== "__proto__");
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    text,
    fc.integer(),
    fc.double({ noDefaultInfinity: true, noNaN: true }).map((n) => n + 0),
    fc.boolean(),
    fc.constant(null),
    tie("list"),
    tie("map"),
  ),
  list: fc.array(tie("value"), { maxLength: 3 }),
  map: fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: true }),
}));
const document = fc.dictionary(key, value, { maxKeys: 5, noNullPrototype: true }) as fc.Arbitrary<Plain>;
const path = fc.constantFrom("psp/webhook", "psp/api", "db", "a/b/c", "a/b/d", "a/x");

describe.each(["yaml", "json"] as const)("editing %s", (format) => {
  let recipient: string;
  beforeAll(async () => {
    recipient = await identityToRecipient(await generateX25519Identity());
  });
  const reopen = async (edited: string, { dataKey }: { dataKey: Uint8Array }): Promise<OpenedFile> =>
    (await decryptFile(edited, format, "file", { dataKey })).opened;
  const empty = async (): Promise<OpenedFile> => {
    const { text: fresh, dataKey } = await newSopsText(format, async (key) => [await wrapForAge(recipient, key)]);
    return reopen(fresh, { dataKey });
  };
  const read = (opened: OpenedFile, at: string): unknown => {
    let map: MapNode | undefined = opened.root;
    for (const part of at.split("/")) {
      const next: unknown = map && findEntry(map, part)?.value;
      map = (next as MapNode | undefined)?.kind === "map" ? (next as MapNode) : undefined;
    }
    return map && plainOf(documentAt(map, opened.plain));
  };

  it("any documents one after the other at any paths leaves each as it was last written", async () => {
    const steps = fc.array(fc.record({ at: path, written: fc.option(document, { nil: undefined, freq: 4 }) }), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        const expected = new Map<string, Plain>();
        let opened = await empty();
        for (const { at, written } of list) {
          if (written) expected.set(at, written);
          else expected.delete(at);
          const edited = written ? withDocument(opened, at.split("/"), documentOf(written)) : withoutDocument(opened, at.split("/"));
          opened = await reopen(edited, opened);
          for (const [known, kept] of expected) expect(read(opened, known)).toEqual(kept);
        }
      }),
      { numRuns: 150 },
    );
  });

  it("writing the same document again changes no character", async () => {
    await fc.assert(
      fc.asyncProperty(document, path, async (written, at) => {
        const opened = await empty();
        const once = await reopen(withDocument(opened, at.split("/"), documentOf(written)), opened);
        expect(withDocument(once, at.split("/"), documentOf(written))).toBe(once.text);
      }),
      { numRuns: 50 },
    );
  });
});

describe("the text of a float", () => {
  it("has no exponent, and is the same number", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(floatText(number)).toMatch(/^-?\d+(?:\.\d+)?$/u);
        expect(Number(floatText(number))).toBe(number);
      }),
    );
  });
});
