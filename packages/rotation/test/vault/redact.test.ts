import { randomBytes } from "node:crypto";

import { describe, expect, it } from "vitest";

import { Secret } from "../../src/secret.ts";
import { redact } from "../../src/vault/redact.ts";

const value = `pä"ss wörd/+${randomBytes(6).toString("hex")}\n<&>`;
const bytes = Buffer.from(value, "utf8");

describe("redact", () => {
  it.each([
    ["in clear", value],
    ["in JSON", JSON.stringify({ value }).slice(1, -1)],
    ["in JSON inside JSON", JSON.stringify(JSON.stringify(value))],
    ["in a URL", encodeURIComponent(value)],
    ["in a URL with small letters", encodeURIComponent(value).replaceAll(/%../gu, (code) => code.toLowerCase())],
    ["in a form", new URLSearchParams({ value }).toString()],
    ["in base64", bytes.toString("base64")],
    ["in base64url", bytes.toString("base64url")],
    ["in base64 with a user name before it", Buffer.from(`user:${value}`).toString("base64")],
    ["in base64 with something on both sides", Buffer.from(`{"v":"${value}"}`).toString("base64")],
    ["in hexadecimal", bytes.toString("hex").toUpperCase()],
  ])("takes out a value %s", (_how, spelled) => {
    const shown = redact(`it said ${spelled}, and no more`, [Secret.of(value)]);
    expect(shown).toMatch(/^it said .*\[secret\].*, and no more$/su);
    for (const piece of pieces()) expect(shown).not.toContain(piece);
  });

  it("takes out a value that is not valid Unicode", () => {
    expect(redact("it said half \ud83d, no more", [Secret.of("half \ud83d")])).toBe("it said [secret], no more");
  });

  it("leaves other text as it is", () => {
    expect(redact("permission denied", [Secret.of(value)])).toBe("permission denied");
  });

  it("takes out a value that another one is a part of", () => {
    expect(redact("longer-value and value", [Secret.of("value"), Secret.of("longer-value")])).toBe("[secret] and [secret]");
  });

  it("shows nothing of a text that may hold a value too short to be told apart", () => {
    expect(redact("pin 123 refused", [Secret.of("123")])).toBeUndefined();
    expect(redact("pin refused", [Secret.of("123")])).toBe("pin refused");
  });
});

/** What must not be left of the value, however it is spelled. */
function pieces(): string[] {
  const inside = [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), bytes])
      .toString("base64")
      .slice(4, -4),
  );
  return [
    value,
    bytes.toString("hex"),
    value.slice(12, 24),
    ...inside,
    ...inside.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")),
  ];
}
