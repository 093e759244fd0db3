import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What a person who read the code says of a finding. */
export interface Label {
  readonly repository: string;
  readonly path: string;
  readonly line: number;
  readonly verdict: "right" | "wrong";
  /** Why it is wrong, in a word or two that several share: "token page", "retried read". */
  readonly kind?: string;
}

/** A place that was found by searching the text, not by the rule, and whether the rule should report it. */
export interface Site {
  readonly repository: string;
  readonly path: string;
  /** First and last line within which a finding counts. */
  readonly lines: readonly [first: number, last: number];
  /** What stands there, in a few words. */
  readonly note?: string;
}

const folder = fileURLToPath(new URL("../../accuracy/", import.meta.url));

export function labelsOf(rule: string): readonly Label[] {
  return read<Label>(join(folder, "labels", `${rule}.json`));
}

export function sitesOf(rule: string): readonly Site[] {
  return read<Site>(join(folder, "sites", `${rule}.json`));
}

/** Places that look like what the rule reports and are in order, found by searching the text. */
export function silentPlacesOf(rule: string): readonly Site[] {
  return read<Site>(join(folder, "silent", `${rule}.json`));
}

export function labelledRules(): string[] {
  return existsSync(join(folder, "labels")) ? readdirSync(join(folder, "labels")).map((name) => name.replace(/\.json$/u, "")) : [];
}

export function writeLabels(rule: string, labels: readonly Label[]): void {
  writeFileSync(join(folder, "labels", `${rule}.json`), `${JSON.stringify(labels, null, 2)}\n`);
}

function read<T>(file: string): readonly T[] {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as T[]) : [];
}
