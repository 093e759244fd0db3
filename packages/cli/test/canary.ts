import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { expect } from "vitest";

import type { Ran } from "./built-command.ts";

/** Everything that could tell more than it should is asked to. */
export const talkative = { DEBUG: "*", NODE_DEBUG: "http,https,tls,fs,module,stream,undici", FORCE_COLOR: "1" };

/** Every file below a folder with its text; bytes that are no text stay searchable. */
export function textsBelow(folder: string): (readonly [string, string])[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => [path, readFileSync(path, "latin1")] as const);
}

export function expectNowhere(values: readonly string[], texts: readonly (readonly [string, string])[]): void {
  const spellings = values.flatMap((value) => [
    value,
    Buffer.from(value).toString("base64"),
    Buffer.from(value).toString("hex"),
    encodeURIComponent(value),
  ]);
  const found = texts.filter(([, text]) => spellings.some((spelling) => text.includes(spelling))).map(([where]) => where);
  expect(found).toEqual([]);
}

export function outputs(runs: readonly Ran[]): (readonly [string, string])[] {
  return runs.flatMap(
    ({ stdout, stderr }, index) =>
      [
        [`stdout of run ${index}`, stdout],
        [`stderr of run ${index}`, stderr],
      ] as const,
  );
}
