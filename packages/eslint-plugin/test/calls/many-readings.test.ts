import { describe, expect, it } from "vitest";

import { callsOf } from "./analyse-project.ts";

const levels = Array.from({ length: 40 }, (_, index) => index + 1);

/** Code in which the ways to one value double with each line: each must be gone once. */
describe("values that are reached in very many ways", () => {
  it("in the body of a function that is followed for one call of it", () => {
    const lines = levels.map((level) => `  const part${level} = join(part${level - 1}, part${level - 1});`);
    expect(
      callsOf({
        "a.ts": `
        const join = (left, right) => left + right;
        const address = (part0) => {
          ${lines.join("\n")}
          return "https://api.psp.example/" + part${levels.length};
        };
        fetch(address("a"));
      `,
      }),
    ).toHaveLength(1);
  });

  it("through functions that call each other twice", () => {
    const functions = levels.map((level) => `const f${level} = (x) => f${level - 1}(x) + f${level - 1}(x);`);
    expect(
      callsOf({ "a.ts": `const f0 = (x) => x;\n${functions.join("\n")}\nfetch("https://api.psp.example/" + f${levels.length}("a"));` }),
    ).toHaveLength(1);
  });

  it("through functions that call themselves and each other", () => {
    expect(
      callsOf({
        "a.ts": `
        const even = (x) => odd(x) + even(x) + odd(x);
        const odd = (x) => even(x) + odd(x) + even(x);
        fetch("https://api.psp.example/" + even("a"));
      `,
      }),
    ).toHaveLength(1);
  });

  it.each(["`v1/`", "`v1/${process.argv[2]}`"])("that is a text which grows beyond all bounds (%s)", (first) => {
    const lines = levels.map(
      (level) => `fetch("https://api.psp.example/" + part${level - 1});\nconst part${level} = part${level - 1} + part${level - 1};`,
    );
    expect(callsOf({ "a.ts": `const part0 = ${first};\n${lines.join("\n")}` })).toHaveLength(40);
  });
});
