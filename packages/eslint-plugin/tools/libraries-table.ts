import type { LibraryDefinition } from "../src/calls/library.ts";

const place = /(<!-- libraries -->\n)[^]*?(\n<!-- end libraries -->)/u;

/** The page with the table of every library that is known: its packages, and what ends a call that sets no timeout. */
export function librariesPage(libraries: readonly LibraryDefinition[], page: string): string {
  if (!place.test(page)) throw new Error("the page has no place for the table of libraries");
  const rows = libraries.toSorted((a, b) => a.name.localeCompare(b.name, "en")).map(row);
  const table = ["| library | imported as | what ends a call that sets no timeout |", "| --- | --- | --- |", ...rows].join("\n");
  return page.replace(place, (_all, start: string, end: string) => `${start}\n${table}\n${end}`);
}

function row({ name, packages, globals = [], vendor, defaultTimeout }: LibraryDefinition): string {
  const imported = [...packages.map((module) => `\`${module}\``), ...globals.map((global) => `the global \`${global}\``)];
  return `| ${vendor === undefined ? name : `${name} (SDK)`} | ${imported.join(", ")} | ${defaultTimeout ?? "–"} |`;
}
