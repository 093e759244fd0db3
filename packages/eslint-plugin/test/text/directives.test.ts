import { describe, expect, it } from "vitest";

import { lintSecrets } from "../secrets/run-secrets.ts";
import { sampleOf, seeded } from "../secrets/sample-values.ts";

const key = ["sk", "live", sampleOf(/[0-9A-Za-z]{24}/, seeded(5))].join("_");
const rule = "holdfast/no-hardcoded-secrets";
const lines = (source: string, filename: string) => lintSecrets(source, { filename }).map(({ line }) => line);

describe("a disable comment in a text file", () => {
  it.each([
    [".env", `# eslint-disable-next-line ${rule}`],
    ["a.yaml", `  # eslint-disable-next-line ${rule} -- rotated, kept for the record`],
    ["a.jsonc", `// eslint-disable-next-line ${rule}`],
    ["a.sql", `-- eslint-disable-next-line ${rule} -- rotated`],
    ["a.ini", `; eslint-disable-next-line ${rule}`],
    ["a.xml", `<!-- eslint-disable-next-line ${rule} -->`],
    ["a.css", `/* eslint-disable-next-line ${rule} */`],
    ["a.tex", "% eslint-disable-next-line"],
  ])("silences the next line of %s", (filename, comment) => {
    expect(lines(`A=${key}\n${comment}\nB=${key}\nC=${key}\n`, filename)).toEqual([1, 4]);
  });

  it("silences its own line, or everything until it is enabled again", () => {
    expect(lines(`A=${key} # eslint-disable-line ${rule}\nB=${key}`, ".env")).toEqual([2]);
    expect(lines(`# eslint-disable ${rule}\nA=${key}\n# eslint-enable ${rule}\nB=${key}`, ".env")).toEqual([4]);
  });

  it("silences only the rules it names", () => {
    expect(lines(`# eslint-disable-next-line other/rule\nA=${key}`, ".env")).toContain(2);
    expect(lines(`# eslint-disable-next-line other/rule, ${rule}\nA=${key}`, ".env")).not.toContain(2);
  });

  it("is none in prose, in a value or without an end", () => {
    expect(lines(`write eslint-disable ${rule} above\nA=${key}`, ".env")).toEqual([2]);
    expect(lines(`A=x#eslint-disable ${rule}\nB=${key}`, ".env")).toEqual([2]);
    expect(lines(`<!-- eslint-disable ${rule}\nB=${key}`, "a.xml")).toEqual([2]);
  });
});
