import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import { createEngine } from "../src/index.ts";

const engine = createEngine();
const rulesFoundIn = (text: string, path = "client.ts") => engine.lint({ path, text }).map(({ ruleId, message }) => ruleId ?? message);
/** A token of no account, put together so that no scanner takes this file for a leak. */
const token = ["sk", "live", "51Hf0aZ9bY8cX7dW6eV5fU4gT3hS2iR1jQ"].join("_");
const call = `fetch("https://api.psp.example/v1/payments")`;

// Each must end within the runner's own time limit, with what it finds or with a reason.
describe("code that nobody wrote by hand", () => {
  it("finds a secret in five megabytes of minified code on one line", () => {
    const one = (index: number) => `function f${index}(a,b){return a?b:${index}}var v${index}=[f${index}(1,2),"x${index}"];`;
    const code = Array.from({ length: 70_000 }, (_, index) => one(index)).join("");
    expect(code.length).toBeGreaterThan(4_500_000);
    expect(rulesFoundIn(`${code}var t="${token}";`, "vendor.js")).toEqual(["holdfast/no-hardcoded-secrets"]);
  }, 120_000);

  it("reads a line of one megabyte", () => {
    expect(rulesFoundIn(`const text = "${"word ".repeat(190_000)}";\nconst token = "${token}";`)).toEqual([
      "holdfast/no-hardcoded-secrets",
    ]);
  });

  it.each([
    ["calls in calls", `${"f(".repeat(5_000)}${call}${")".repeat(5_000)};`],
    ["calls in a chain", `${call}${".then(f)".repeat(5_000)};`],
    ["parts of a template", `fetch(\`https://api.psp.example/${"${a}/\n".repeat(5_000)}\`);`],
    ["parts of a sum", `fetch("https://api.psp.example/"${' + a + "/"\n'.repeat(2_500)});`],
    ["objects in objects", `fetch("https://api.psp.example/", ${"{ a: ".repeat(5_000)}1${" }".repeat(5_000)});`],
    ["functions in functions", `${"(() => ".repeat(3_000)}${call}${")()".repeat(3_000)};`],
    ["conditions in conditions", `fetch(${"a ? b : ".repeat(5_000)}"https://api.psp.example/");`],
    ["arrays in arrays", `Promise.all(${"[".repeat(5_000)}${call}${"]".repeat(5_000)});`],
    ["awaits in awaits", `${"await ".repeat(5_000)}${call};`],
  ])("ends with a finding or a reason: 5,000 %s", (_name, code) => {
    const found = rulesFoundIn(code);
    expect(found.length).toBeGreaterThan(0);
    for (const one of found) expect(one).toMatch(/^holdfast\/|nested too deeply for a parser/u);
  });

  it("follows imports that go in a circle", () => {
    const folder = mkdtempSync(join(tmpdir(), "holdfast-circle-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const names = ["a", "b", "c"];
    for (const [index, name] of names.entries()) {
      const next = names[(index + 1) % names.length]!;
      writeFileSync(
        join(folder, `${name}.ts`),
        `export * from "./${next}";\nimport { send as next, base as nextBase } from "./${next}";\nexport const base = nextBase;\nexport const send = () => next();\n`,
      );
    }
    const text = `import { send, base } from "./a";\nsend();\nfetch(base);\n${call};`;
    expect(rulesFoundIn(text, join(folder, "main.ts"))).toContain("holdfast/require-timeout");
  });

  it("follows functions that call each other in a circle", () => {
    const functions = Array.from(
      { length: 300 },
      (_, index) => `function f${index}(x) { f${(index + 1) % 300}(x); f${(index + 7) % 300}(x); return ${call}; }`,
    );
    expect(rulesFoundIn(functions.join("\n"), "circle.js")).toContain("holdfast/require-timeout");
  });

  it("reads bytes that are no UTF-8", () => {
    const text = `// ${Buffer.from([0xff, 0xfe, 0xc3, 0x28]).toString("utf8")}\n${call};`;
    expect(rulesFoundIn(text)).toEqual(["holdfast/require-timeout"]);
  });
});
