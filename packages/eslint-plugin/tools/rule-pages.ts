import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { format, resolveConfig } from "prettier";

import { librariesPage } from "./libraries-table.ts";
import { type RulePart, rulePage, rulesIndex } from "./rule-page.ts";
import * as knownLibraries from "../src/calls/known-libraries.ts";
import { rules } from "../src/rules.ts";

/**
 * Writes what follows from the rules into docs/rules: each page's head and its table of options, and the table of all rules; and the known libraries into
 * docs/clients.md.
 * With `--check` it writes nothing and fails when a page is not as it would be written.
 */
const folder = fileURLToPath(new URL("../../../docs/rules/", import.meta.url));
const stale: string[] = [];

for (const [name, rule] of Object.entries(rules)) await update(`${name}.md`, (page) => rulePage(name, rule as RulePart, page));
await update("README.md", (page) => rulesIndex(rules as Readonly<Record<string, RulePart>>, page));
await update("../clients.md", (page) => librariesPage(Object.values(knownLibraries), page));

if (stale.length > 0) {
  console.error(`Not as generated: ${stale.join(", ")}. Run: pnpm --filter eslint-plugin-holdfast generate`);
  process.exitCode = 1;
}

async function update(file: string, write: (page: string) => string): Promise<void> {
  const path = `${folder}${file}`;
  const before = readFileSync(path, "utf8");
  const after = await format(write(before), { ...(await resolveConfig(path)), parser: "markdown" });
  if (after === before) return;
  if (process.argv.includes("--check")) stale.push(file);
  else writeFileSync(path, after);
}
