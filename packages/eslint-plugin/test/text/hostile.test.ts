import { describe, expect, it } from "vitest";

import { text } from "../../src/text/index.ts";
import { lintSecrets } from "../secrets/run-secrets.ts";
import { sampleOf, seeded } from "../secrets/sample-values.ts";

const key = ["sk", "live", sampleOf(/[0-9A-Za-z]{24}/, seeded(5))].join("_");
const minified = "function(e,t){return e.token=t.key||'x'};";

/** What is too large or binary never gets here: the walk over a folder leaves it out and says so. */
describe("text that nobody wrote by hand", () => {
  it.each([
    ["a line of a megabyte", `const a="${"x".repeat(1 << 20)}";const k="${key}"`],
    ["five megabytes of minified code in a line", minified.repeat((5 << 20) / minified.length) + `k="${key}"`],
    ["half a million lines", `${"a: 1\n".repeat(500_000)}key: ${key}\n`],
    ["lines of nothing but quotes", `${"\"'`".repeat(300_000)}\n${key}\n`],
    ["control characters", `\u0000\u0001\uFFFD\uD800 ${key} \uDC00\u0000`],
  ])("gives its finding in %s", (_, source) => {
    expect(lintSecrets(source, { filename: "dist/bundle.txt" })).toMatchObject([{ ruleId: "holdfast/no-hardcoded-secrets" }]);
  });

  it("reads bytes that are no UTF-8", () => {
    const body = Buffer.concat([Buffer.from([0xff, 0xfe, 0xc3, 0x28]), Buffer.from(`\nkey = ${key}\n`)]);
    const parsed = text.parse({ body, bom: false });
    const sourceCode = text.createSourceCode({ body, bom: false }, parsed);
    expect(sourceCode.text).toContain(key);
    expect(sourceCode.getLocFromIndex(sourceCode.text.indexOf(key))).toEqual({ line: 2, column: 6 });
  });
});
