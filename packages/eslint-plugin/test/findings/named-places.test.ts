import type { Bound } from "@holdfast/policy";
import { describe, expect, it } from "vitest";

import type { SourceFile } from "../../src/calls/source-file.ts";
import type { Origin } from "../../src/calls/value.ts";
import { limitOf } from "../../src/findings/limits.ts";
import { namedPlaces } from "../../src/findings/named-places.ts";
import { printPlace } from "../../src/findings/words.ts";

const from = { path: "/service/src/payments.ts" } as SourceFile;
const at = (path: string, line: number) => ({ file: { path }, node: { loc: { start: { line } } } }) as unknown as Origin;
const limit = (file: string, upstream?: string): Bound<number> => ({
  value: 2,
  source: { kind: "policy", file, line: 9, ...(upstream && { upstream }) },
});

describe("a place in a message is read as it was written", () => {
  it.each([
    ["in the same file", printPlace(at("/service/src/payments.ts", 7), from), { in: "this file", line: 7 }],
    ["beside it", printPlace(at("/service/src/psp-client.ts", 13), from), { in: "another file", path: "./psp-client.ts", line: 13 }],
    ["further up", printPlace(at("/service/lib/psp.ts", 1), from), { in: "another file", path: "../lib/psp.ts", line: 1 }],
    ["of a budget", limitOf(undefined, limit("/service/holdfast.yaml")).says, { in: "policy", line: 9 }],
    ["of an upstream's budget", limitOf(undefined, limit("/service/holdfast.yaml", "psp")).says, { in: "policy", line: 9 }],
  ])("%s: %s", (_where, written, place) => {
    expect(namedPlaces(`POST https://api.psp.example:443/v1 may run 6 times (axios-retry: 5 retries, ${written}); it may.`)).toEqual([
      place,
    ]);
  });

  it("of a budget in a policy of another name", () => {
    expect(namedPlaces(limitOf(undefined, limit("/service/budgets.prod.yaml")).says, "budgets.prod.yaml")).toEqual([
      { in: "policy", line: 9 },
    ]);
    expect(namedPlaces("my-budgets.prod.yaml:3, budgetsXprod.yaml:3", "budgets.prod.yaml")).toEqual([]);
  });

  it("once each, and all of them", () => {
    expect(namedPlaces("(p-retry, line 6; loop, line 3; again line 6; holdfast.yaml:4)")).toEqual([
      { in: "this file", line: 6 },
      { in: "this file", line: 3 },
      { in: "policy", line: 4 },
    ]);
  });

  it("or not at all where a path has spaces, and numbers that are no places are none", () => {
    const written = printPlace(at("/service/src/psp client (old).ts", 13), from);
    expect(namedPlaces(`${written}; https://api.example:8443/v1 takes 300 ms; deadline 5; pipeline 7`)).toEqual([]);
  });
});
