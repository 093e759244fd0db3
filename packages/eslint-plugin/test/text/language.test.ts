import { Linter } from "eslint";
import { describe, expect, it } from "vitest";
import { noHardcodedSecrets } from "../../src/rules/no-hardcoded-secrets.ts";
import { text } from "../../src/text/index.ts";

const key = ["sk", "live", "4eC39HqLyjWDarjtT1zdp7dc"].join("_");
const plugin = { languages: { text }, rules: { "no-hardcoded-secrets": noHardcodedSecrets } };

function lint(source: string, filename: string) {
  return new Linter().verify(
    source,
    [
      {
        files: ["**/*.*", "**/.*"],
        plugins: { holdfast: plugin as never },
        language: "holdfast/text",
        rules: { "holdfast/no-hardcoded-secrets": "error" },
      },
    ],
    { filename },
  );
}

describe("text", () => {
  it("gives a finding its line and column in any file", () => {
    expect(lint(`A=1\nSTRIPE=${key}\n`, ".env")).toMatchObject([{ line: 2, column: 8, endLine: 2, endColumn: 8 + key.length }]);
  });

  it.each(["\n", "\r\n", "\r"])("counts lines that end with %j", (end) => {
    expect(lint(["# 😀", "", `key: ${key}`].join(end), "a.yaml")).toMatchObject([{ line: 3, column: 6 }]);
  });

  it("does not count a byte order mark", () => {
    expect(lint(`\uFEFF${key}`, "a.txt")).toMatchObject([{ line: 1, column: 1 }]);
  });

  it("counts UTF-16 units, as editors do", () => {
    expect(lint(`😀 ${key}`, "a.txt")).toMatchObject([{ line: 1, column: 4 }]);
  });
});
