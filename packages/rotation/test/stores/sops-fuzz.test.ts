import { generateX25519Identity, identityToRecipient } from "age-encryption";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

import { RotationError } from "../../src/error.ts";
import { Secret } from "../../src/secret.ts";
import { authenticate } from "../../src/stores/sops/current-file.ts";
import { withDocument } from "../../src/stores/sops/edit-document.ts";
import { ageOpener, type Unwrap, wrapForAge } from "../../src/stores/sops/keyring.ts";
import { newSopsText } from "../../src/stores/sops/new-file.ts";
import { openFile, type OpenedFile } from "../../src/stores/sops/opened-file.ts";
import { documentOf } from "./plain.ts";

/** One change of a text by a mistake, a bad disk or somebody who means harm. Places are fractions of its length. */
const place = fc.double({ min: 0, max: 1, noNaN: true });
const piece = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.constantFrom(
    "\n",
    "ENC[",
    "sops:",
    "&a ",
    "*a",
    "{",
    "[",
    "- ",
    '"',
    "<<: ",
    "---\n",
    "\0",
    "\ufeff",
    "!!binary ",
    "? ",
    "|\n",
    "_unencrypted",
    "%",
  ),
);
const mutation = fc.oneof(
  fc.record({ kind: fc.constant("cut" as const), at: place, length: fc.nat({ max: 60 }) }),
  fc.record({ kind: fc.constant("insert" as const), at: place, text: piece }),
  fc.record({ kind: fc.constant("truncate" as const), at: place }),
  fc.record({ kind: fc.constant("flip" as const), at: place, bit: fc.nat({ max: 6 }) }),
  fc.record({ kind: fc.constant("copy line" as const), at: place, to: place }),
  fc.record({ kind: fc.constant("drop line" as const), at: place }),
);

function mutate(text: string, change: typeof mutation extends fc.Arbitrary<infer T> ? T : never): string {
  const at = Math.floor(change.at * text.length);
  const lines = text.split("\n");
  const line = Math.floor(change.at * (lines.length - 1));
  switch (change.kind) {
    case "cut":
      return text.slice(0, at) + text.slice(at + change.length);
    case "insert":
      return text.slice(0, at) + change.text + text.slice(at);
    case "truncate":
      return text.slice(0, at);
    case "flip":
      return text.slice(0, at) + String.fromCharCode((text.charCodeAt(at) || 32) ^ (1 << change.bit)) + text.slice(at + 1);
    case "copy line":
      return lines.toSpliced(Math.floor(change.to * lines.length), 0, lines[line] ?? "").join("\n");
    case "drop line":
      return lines.toSpliced(line, 1).join("\n");
  }
}

describe.each(["yaml", "json"] as const)("a %s file with mistakes in it", (format) => {
  let text: string;
  let unwrap: Unwrap;
  beforeAll(async () => {
    const identity = await generateX25519Identity();
    const recipient = await identityToRecipient(identity);
    unwrap = ageOpener([Secret.of(identity)]);
    const { text: empty } = await newSopsText(format, async (key) => [await wrapForAge(recipient, key)]);
    const opened = await openFile(empty, format, "file", { unwrap });
    const document = documentOf({ value: "one", previous: "two", n: 3, yes: true, list: ["x", { y: 1.5 }], none: null });
    const first = await authenticate(withDocument(opened, ["psp", "webhook"], document), opened);
    const both = await authenticate(withDocument(first, ["db"], documentOf({ value: "three", map: { deep: "four" } })), first);
    text = both.text;
  });
  /** What the MAC covers. */
  const covered = ({ plain }: OpenedFile): string => [...plain.values()].map((value) => value.text).join("");
  const outcome = async (changed: string): Promise<string | undefined> => {
    const started = performance.now();
    try {
      return covered(await openFile(changed, format, "file", { unwrap }));
    } catch (error) {
      expect(error).toBeInstanceOf(RotationError);
      expect((error as RotationError).code).toMatch(/^(?:damaged|key-unavailable)$/u);
      return undefined;
    } finally {
      expect(performance.now() - started).toBeLessThan(2_000);
    }
  };

  it("opens with the values it had, or says why it does not", async () => {
    const whole = covered(await openFile(text, format, "file", { unwrap }));
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (changes) => {
        const found = await outcome(changes.reduce(mutate, text));
        if (found !== undefined) expect(found).toBe(whole);
      }),
      { numRuns: 400 },
    );
  });

  it("of nothing but noise is refused", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ maxLength: 200 }), fc.json(), fc.string({ unit: "binary", maxLength: 80 })), async (noise) => {
        expect(await outcome(noise)).toBeUndefined();
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ["lists", (n: number) => `{"a": ${"[".repeat(n)}${"]".repeat(n)}, "sops": {}}`],
    ["maps", (n: number) => `${'{"a":'.repeat(n)}1${"}".repeat(n)}`],
  ])("of %s without end is refused", async (_what, nested) => {
    for (const depth of [500, 5_000, 20_000]) expect(await outcome(nested(depth))).toBeUndefined();
  });
});
