/** A place that a message names as its evidence. Lines count from 1. */
export type NamedPlace =
  | { readonly in: "this file"; readonly line: number }
  /** `path` counts from the folder of the linted file. */
  | { readonly in: "another file"; readonly path: string; readonly line: number }
  | { readonly in: "policy"; readonly line: number };

/**
 * Reads back what `printPlace` and `limitOf` write into messages: `line 7`, `./psp-client.ts:13`, `holdfast.yaml:8`. A linter's report carries nothing but its text, and every
 * host, format and editor gets at the text. A path with spaces or brackets is not read: it names no place rather than a wrong one.
 */
export function namedPlaces(message: string, policyName = "holdfast.yaml"): NamedPlace[] {
  const place = new RegExp(
    String.raw`(?:(?<path>\.{1,2}\/[^\s():,]+):|(?<policy>(?<![\w./-])${escaped(policyName)}):|\bline )(?<line>\d+)\b`,
    "gu",
  );
  const places = Array.from(message.matchAll(place), ({ groups = {} }): NamedPlace => {
    const line = Number(groups["line"]);
    if (groups["policy"] !== undefined) return { in: "policy", line };
    return groups["path"] === undefined ? { in: "this file", line } : { in: "another file", path: groups["path"], line };
  });
  return [...new Map(places.map((named) => [JSON.stringify(named), named])).values()];
}

function escaped(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\/-]/gu, String.raw`\$&`);
}
