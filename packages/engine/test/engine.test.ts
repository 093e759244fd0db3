import { describe, expect, it } from "vitest";
import { createEngine } from "../src/index.ts";

const engine = createEngine();

/** `rule at line:column` for every message; `syntax` for a fatal one. */
function lint(path: string, text: string): string[] {
  return engine.lint({ path, text }).map(({ ruleId, fatal, line, column }) => `${fatal ? "fatal" : ruleId} ${line}:${column}`);
}

const parses: [string, string, string][] = [
  ["JSX in a .js file", "view.js", "export const view = () => <a href='x'>y</a>;"],
  ["JSX in a .tsx file", "view.tsx", "export const view = <T,>(x: T) => <a>{String(x)}</a>;"],
  ["a type assertion in angle brackets in a .ts file", "a.ts", "const a = <number>JSON.parse('1'); export { a };"],
  ["decorators", "service.ts", "@Injectable() class A { constructor(@Inject() private readonly b: B) {} @Get() c(@Param() d: string) {} }"],
  ["CommonJS with a return at the top level", "a.cjs", "if (module.parent) return;\nmodule.exports = {};"],
  ["a return at the top level of a .js file", "a.js", "const a = require('a');\nreturn a;"],
  ["await at the top level", "a.mjs", "const a = await import('a'); export default a;"],
  ["await at the top level of a .js file without imports", "a.js", "await fetch('/a');"],
  ["a TypeScript CommonJS file", "a.cts", "import a = require('a');\nexport = a;"],
  ["sloppy code", "old.js", "with (a) { b = 010; }\nvar await = 1;"],
  ["a shebang and a byte order mark", "a.js", "\uFEFF#!/usr/bin/env node\nlet a;"],
  ["import attributes, using and enums", "a.mts", "import a from './a.json' with { type: 'json' }; enum B { C } { using c = a; }"],
  ["an empty file", "a.ts", ""],
];

describe("code files", () => {
  it.each(parses)("reads %s", (_what, path, text) => {
    expect(lint(path, text).filter((message) => message.startsWith("fatal"))).toEqual([]);
  });

  it("gives a syntax error as one fatal message with its place, and other files go on", () => {
    expect(engine.lint({ path: "a.ts", text: "const a = {\n  b: ,\n};" })).toEqual([
      expect.objectContaining({
        ruleId: null,
        fatal: true,
        severity: 2,
        line: 2,
        column: 6,
        message: expect.stringContaining("Parsing error"),
      }),
    ]);
    expect(lint("b.ts", "export {};")).toEqual([]);
  });

  it("does not repeat what inline comments for other tools ask for", () => {
    expect(
      lint("a.ts", "/* eslint no-undef: error, nothing/here: error */\n// eslint-disable-next-line foo/bar\nundefinedName();"),
    ).toEqual([]);
  });

  it("reads a file whose comments configure an older ESLint", () => {
    const text = `/* eslint-env node */\nfetch("https://api.psp.example/v1/payments");`;
    expect(engine.lint({ path: "a.js", text }).map(({ ruleId }) => ruleId)).toEqual(["holdfast/require-timeout"]);
  });

  it("lints files below node_modules when it is given them", () => {
    expect(lint("/a/node_modules/b/index.js", "const = 1")).toEqual(["fatal 1:7"]);
  });
});
