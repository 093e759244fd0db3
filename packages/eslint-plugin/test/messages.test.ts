import { readdirSync, readFileSync } from "node:fs";

import { expect, it } from "vitest";

import plugin from "../src/index.ts";

/** Two lines of a terminal of 100 columns: what a person reads at a glance, and what editors show without cutting it off. */
const longest = 200;

it.each(snapshots())("no message in %s is longer than two lines", (_file, messages) => {
  expect(messages.length).toBeGreaterThan(0);
  expect(messages.filter((message) => message.length > longest)).toEqual([]);
});

it("no message is longer than two lines before anything is put into it", () => {
  const templates = Object.entries(plugin.rules).flatMap(([name, { meta }]) =>
    Object.values(meta.messages).map((text) => `${name}: ${text}`),
  );
  expect(templates.filter((template) => template.replace(/^.*?: |\{\{.*?\}\}/gu, "").length > longest)).toEqual([]);
});

it("no message shows what was meant to be a word", () => {
  const all = snapshots().flatMap(([, messages]) => messages);
  expect(all.filter((message) => /\n|\[object |undefined|NaN|\{\{/u.test(message))).toEqual([]);
});

/** The messages and the texts of suggestions that the tests of the rules have on record. */
function snapshots(): [file: string, messages: string[]][] {
  const folder = new URL("rules/", import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".eslintsnap"));
  return files.map((file) => {
    const text = readFileSync(new URL(file, folder), "utf8");
    const said = Array.from(text.matchAll(/^(?:\[\d+\]| {6}-) (?<message>.+)$/gmu), ({ groups }) => groups!["message"]!);
    return [file.replace("__snapshots__/", "").replace(".test.ts.eslintsnap", ""), said];
  });
}
