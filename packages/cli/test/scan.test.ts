import { join } from "node:path";

import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";

import { finderOf } from "../src/scan/find-all.ts";
import { spellingsOf } from "../src/scan/spellings.ts";
import { buildIfStale, holdfast, write } from "./built-command.ts";
import { expectNowhere, outputs } from "./canary.ts";
import { generated, localProject, valuesIn } from "./local-project.ts";

beforeAll(buildIfStale);

describe("scan", () => {
  test("finds a value in every spelling, names file, line and secret, and never the value", async () => {
    const cwd = await localProject({ session: { ...generated, overlap: "1d" }, key: {} });
    const awkward = 'pa"ss wörd/&=';
    await holdfast(["set", "key"], { cwd, input: awkward });
    await holdfast(["rotate", "session"], { cwd });
    const [old = ""] = await valuesIn(cwd, "session");
    await holdfast(["rotate", "--force", "session"], { cwd });
    const [value = ""] = await valuesIn(cwd, "session");
    write(cwd, {
      "src/a.ts": `// first line\nconst key = "${value}";\n`,
      "src/old.txt": `\n\n${old}\n`,
      "url.txt": `https://x.example/?k=${encodeURIComponent(awkward)}\n`,
      "hex.bin": `\u0000\u0001${Buffer.from(value).toString("hex").toUpperCase()}`,
      "b64.txt": Buffer.from(`x:${value}:y`).toString("base64"),
      "clean.txt": "nothing\n",
    });
    const ran = await holdfast(["scan"], { cwd });
    expect(ran.code).toBe(1);
    expect(ran.stdout.split("\n").filter((line) => /:\d+ {2}/u.test(line))).toEqual([
      "b64.txt:1  the value of session",
      "hex.bin:1  the value of session",
      "src/a.ts:2  the value of session",
      "src/old.txt:3  the previous value of session",
      "url.txt:1  the value of key",
    ]);
    expect(ran.stdout).toContain("- secrets.sops.yaml was not searched: it is the store\n");
    expectNowhere([value, old, awkward], outputs([ran]));
    const json = await holdfast(["scan", "src", "--json"], { cwd });
    expect(JSON.parse(json.stdout)).toMatchObject({
      holdfast: 1,
      files: 2,
      found: [{ file: "src/a.ts", line: 2, secret: "session", which: "current" }, {}],
    });
  });

  test("of a tree without a value ends with 0, and of one that is not there with 2", async () => {
    const cwd = await localProject({ session: generated });
    await holdfast(["rotate"], { cwd });
    write(cwd, { "src/a.ts": "clean\n" });
    expect(await holdfast(["scan", "src"], { cwd })).toMatchObject({ code: 0, stdout: "✔ No value of the store is in 1 file.\n" });
    expect((await holdfast(["scan", join(cwd, "no")], { cwd })).code).toBe(2);
  });
});

test("every word is found wherever it is, as a search for each by itself finds it", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 60 }), (words, text) => {
      const found = new Set<string>();
      finderOf([...new Set(words)].map((word) => [word, word] as const)).search(text, (word, end) => found.add(`${word} ${end}`));
      const expected = new Set<string>();
      for (const word of words)
        for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) expected.add(`${word} ${at + word.length}`);
      expect(found).toEqual(expected);
    }),
  );
});

test("a value is found in base64 of a longer text, whatever stands around it", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 8 }), fc.string(), fc.string(), (value, before, after) => {
      const text = Buffer.from(before + value + after).toString("base64");
      expect([...spellingsOf(value)].some((spelling) => text.includes(spelling))).toBe(true);
    }),
  );
});
