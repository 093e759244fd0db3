import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { exitCodes } from "../src/failure.ts";
import { helpPages, withHelp } from "../tools/documented-help.ts";

const document = readFileSync(new URL("../../../docs/cli.md", import.meta.url), "utf8");

test("docs/cli.md has the help of every command as it is now (node --conditions=holdfast-source tools/write-help.ts writes it)", () => {
  expect(document).toBe(withHelp(document));
  const documented = [...document.matchAll(/^<!-- help: ?(?<name>[a-z ]*?) ?-->$/gmu)].map(({ groups }) => groups?.["name"]);
  // Prints its two commands, which have sections of their own.
  const expected = [...helpPages().keys()].filter((name) => name !== "audit");
  expect(documented).toEqual(expected);
});

test("docs/cli.md explains every exit code", () => {
  const explained = [...document.matchAll(/^\| (?<code>\d) +\|/gmu)].map(({ groups }) => Number(groups?.["code"]));
  expect(explained).toEqual(Object.values(exitCodes).toSorted());
});
