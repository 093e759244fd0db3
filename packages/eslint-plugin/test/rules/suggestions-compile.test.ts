import { readdirSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { problemsOf, suggestionsFor } from "./suggestions-compile.ts";
import type { SuggestionCase } from "./suggestions/case.ts";

/** A library's cases are a file in ./suggestions that exports them as `cases`. */
const folder = new URL("./suggestions/", import.meta.url);
const files = readdirSync(folder).filter((name) => name !== "case.ts");
const libraries = await Promise.all(
  files.map(async (name) => {
    const { cases } = (await import(new URL(name, folder).href)) as { cases: readonly SuggestionCase[] };
    return { library: name.replace(".ts", ""), cases: cases.map((one) => ({ ...one, suggested: suggestionsFor(one) })) };
  }),
);

const modules = [
  ...new Set(libraries.flatMap(({ cases }) => cases.flatMap(({ code, suggested }) => [code, ...suggested.map(({ output }) => output)]))),
];
const problems = problemsOf(modules);

const problemsIn = (text: string) => problems[modules.indexOf(text)];

describe.each(libraries)("suggestions for $library", ({ cases }) => {
  it.each(cases)("compile: $name", ({ code, from, suggested }) => {
    expect(problemsIn(code), code).toEqual([]);
    expect(suggested.map(({ rule }) => rule)).toEqual(expect.arrayContaining([...from]));
    for (const { says, output } of suggested) expect(problemsIn(output), `${says}\n${output}`).toEqual([]);
  });
});
