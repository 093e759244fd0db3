import { describe, expect, it } from "vitest";

import { callsOf } from "./analyse-project.ts";

/** The timeout that is read from an expression, through axios, where a number is the number and anything unknown is `?`. */
function timeoutOf(expression: string, before = ""): string {
  const [call] = callsOf({ "a.ts": `import axios from "axios";\n${before}\naxios.get("https://x.example/", { timeout: ${expression} });` });
  return call!.replace("GET https://x.example/ ", "").replace(" ms (idle)", "");
}

/** The URL that is read from an expression. */
function urlOf(expression: string, before = ""): string {
  const [call] = callsOf({ "a.ts": `${before}\nfetch(${expression}, { signal: AbortSignal.timeout(1) });` });
  return call!.replace(/^GET /u, "").replace(/ 1 ms \(total\)$/u, "");
}

describe("numbers", () => {
  it.each([
    ["300", "300"],
    ["3_000", "3000"],
    ["30 * 1000", "30000"],
    ["2 ** 10 - 24", "1000"],
    ["Number('250')", "250"],
    ["parseInt('250', 10)", "250"],
    ["Number.parseInt('250')", "250"],
    ["+'250'", "250"],
    ["process.env.TIMEOUT ?? 300", "300"],
    ["Number(process.env.TIMEOUT ?? '300')", "300"],
    ["Number(process.env['TIMEOUT']) || 300", "300"],
    ["(300 as number)!", "300"],
    ["fast ? 300 : 300", "300"],
    ["undefined ?? 300", "300"],
  ])("%s is %s", (expression, expected) => {
    expect(timeoutOf(expression)).toBe(expected);
  });

  it.each([
    ["config.timeout"],
    ["fast ? 300 : 3000"],
    ["Number(process.env.TIMEOUT)"],
    ["compute()"],
    ["fast && 300"],
    ["'soon'"],
    ["limits[name]"],
  ])("%s is unknown", (expression) => {
    expect(timeoutOf(expression)).toBe("?");
  });

  it("0, null and Infinity are no bound", () => {
    expect(["0", "null", "Infinity"].map((expression) => timeoutOf(expression))).toEqual(["unbounded", "unbounded", "unbounded"]);
  });

  it("undefined is absent, as for the library", () => {
    expect(timeoutOf("undefined")).toBe("unbounded");
  });
});

describe("variables", () => {
  it.each([
    ["a constant", "const T = 300;", "T", "300"],
    ["a chain of constants", "const A = 100; const B = A * 3;", "B", "300"],
    ["a let that is assigned once", "let T; T = 300;", "T", "300"],
    ["a let that is assigned again", "let T = 300; T = load();", "T", "?"],
    ["a member of a constant", "const limits = { psp: { timeout: 300 } };", "limits.psp.timeout", "300"],
    ["a member in brackets", "const limits = { 'p-s-p': 300 };", "limits['p-s-p']", "300"],
    ["a frozen object", "const limits = Object.freeze({ psp: 300 });", "limits.psp", "300"],
    ["an object as const", "const limits = { psp: 300 } as const;", "limits.psp", "300"],
    ["Object.assign", "const limits = Object.assign({}, { psp: 100 }, { psp: 300 });", "limits.psp", "300"],
    ["a later property", "const limits = { psp: 100, ...{ psp: 300 } };", "limits.psp", "300"],
    ["a property that a spread may replace", "const limits = { psp: 300, ...others };", "limits.psp", "?"],
    ["a property after a spread", "const limits = { ...others, psp: 300 };", "limits.psp", "300"],
    ["an assigned property", "const limits: any = {}; limits.psp = 300;", "limits.psp", "300"],
    ["a property that is assigned again", "const limits = { psp: 300 }; limits.psp = load();", "limits.psp", "?"],
    ["destructuring", "const { psp: T } = { psp: 300 };", "T", "300"],
    ["destructuring with a default", "const { psp: T = 300 } = {} as { psp?: number };", "T", "300"],
    ["destructuring of an array", "const [, T] = [1, 300];", "T", "300"],
    ["an enum", "enum Limits { Psp = 300 }", "Limits.Psp", "300"],
    ["a static field", "class Limits { static readonly psp = 300; }", "Limits.psp", "300"],
    ["what a function returns", "const timeout = () => 300;", "timeout()", "300"],
    ["what a function returns for its argument", "function ms(seconds: number) { return seconds * 1000; }", "ms(2)", "2000"],
    ["a function with several returns", "function ms(x: boolean) { if (x) return 1; return 2; }", "ms(true)", "?"],
    ["a variable defined by itself", "const T: number = T + 1;", "T", "?"],
    ["two that are defined by each other", "const A: number = B; const B: number = A;", "A", "?"],
    ["a loop variable", "for (const T of [1, 2]) use(T); declare const T: number;", "T", "?"],
  ])("%s", (_what, before, expression, expected) => {
    expect(timeoutOf(expression, before)).toBe(expected);
  });
});

describe("URLs", () => {
  it.each([
    ["'https://x.example/a'", "", "https://x.example/a"],
    ["`https://x.example/${id}`", "", "https://x.example/…"],
    ["base + '/a'", "const base = 'https://x.example';", "https://x.example/a"],
    ["`${base}/a`", "const base = process.env.BASE ?? 'https://x.example';", "https://x.example/a"],
    ["new URL('/a', 'https://x.example')", "", "https://x.example/a"],
    ["new URL(`/a?b=${c}`, base)", "const base = 'https://x.example';", "https://x.example/a"],
    ["new URL('/a', 'https://x.example').toString()", "", "https://x.example/a"],
    ["url.href", "const url = new URL('https://x.example/a'); url.search = 'b=1';", "https://x.example/a"],
    ["url", "const url = new URL('https://x.example/a'); url.host = 'y.example';", "an upstream"],
    ["new Request('https://x.example/a')", "", "https://x.example/a"],
    ["'https://user:secret@x.example/a?token=1#x'", "", "https://x.example/a"],
    ["`${base}/a`", "declare const base: string;", "…/a"],
    ["url", "declare const url: string;", "an upstream"],
  ])("%s", (expression, before, expected) => {
    expect(urlOf(expression, before)).toBe(expected);
  });
});
