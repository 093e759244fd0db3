import { describe, expect, it } from "vitest";

import { createEngine } from "../src/index.ts";

const engine = createEngine({ unusedDisables: "report" });
const said = (path: string, text: string) =>
  engine.lint({ path, text }).map(({ ruleId, severity, line, message }) => [ruleId, severity, line, message]);
const unused = (rules: string) => `Unused eslint-disable directive (no problems were reported from ${rules}).`;

describe("a disable comment that silences nothing", () => {
  it.each([
    ["a.ts", "// eslint-disable-next-line holdfast/max-retries -- was slow\nexport const a = 1;\n", "'holdfast/max-retries'"],
    [".env", "# eslint-disable-next-line holdfast/no-hardcoded-secrets\nA=1\n", "'holdfast/no-hardcoded-secrets'"],
    ["a.yaml", "# eslint-disable-next-line holdfast/no-hardcoded-secrets\na: 1\n", "'holdfast/no-hardcoded-secrets'"],
    ["a.vue", "<!-- eslint-disable-next-line holdfast/no-hardcoded-secrets -->\n<b/>\n", "'holdfast/no-hardcoded-secrets'"],
  ])("is a warning in %s", (path, text, rules) => {
    expect(said(path, text)).toEqual([[null, 1, 1, unused(rules)]]);
  });

  it("is taken away by a fix", () => {
    const text = "a: 1 # eslint-disable-line holdfast/no-hardcoded-secrets\n";
    expect(engine.fix({ path: "a.yaml", text }).output.trimEnd()).toBe("a: 1");
  });

  it("is none of ours when it names other rules, all rules, or a rule that is not on", () => {
    for (const rules of ["no-console", "", "holdfast/require-circuit-breaker"])
      expect(said("a.ts", `// eslint-disable-next-line ${rules}\nexport const a = 1;\n`)).toEqual([]);
  });

  it("stays where it names other rules too, and says which of ours silences nothing", () => {
    const text = "// eslint-disable-next-line no-console, holdfast/max-retries\nexport const a = 1;\n";
    expect(said("a.ts", text)).toEqual([[null, 1, 1, unused("'holdfast/max-retries'")]]);
    expect(engine.fix({ path: "a.ts", text }).output).toBe(text);
  });

  it("says nothing of a file that was not read as code", () => {
    const text = "// eslint-disable-next-line holdfast/max-retries\nconst = 1;\n";
    expect(engine.lint({ path: "a.ts", text }).filter(({ fatal }) => !fatal)).toEqual([]);
    expect(engine.fix({ path: "a.ts", text }).output).toBe(text);
  });

  it("is no matter without being asked for", () => {
    const text = "// eslint-disable-next-line holdfast/max-retries\nexport const a = 1;\n";
    expect(createEngine().lint({ path: "a.ts", text })).toEqual([]);
  });
});
