import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { parsePolicy, policyJsonSchema, type PolicyProblem } from "../src/index.ts";
import { cases } from "./specification.ts";

/** What no JSON Schema can say: entries and keys that go together, and texts that only look wrong. */
const tiesAndTexts: readonly PolicyProblem["code"][] = [
  "unknown-store",
  "unknown-secret",
  "duplicate",
  "overlap-above-every",
  "secret-in-clear",
  "timeout-above-slo",
];
const tieMessages = /without `rotate`|^`auth` lacks|are both given|matches no call|at most 36500d|`\*\*` is the rest/u;

describe("policyJsonSchema", () => {
  const validate = new Ajv2020({ strict: true, allErrors: true }).compile(policyJsonSchema());

  const readable = cases.filter(
    ({ yaml }) => parsePolicy(yaml).problems.every(({ code }) => !["yaml-syntax", "unreadable"].includes(code)) && yaml !== "",
  );

  it.each(readable)("agrees with the parser on $title", ({ yaml }) => {
    const data: unknown = parse(yaml, { uniqueKeys: false });
    const ofShape = parsePolicy(yaml).problems.filter(({ code, message }) => !tiesAndTexts.includes(code) && !tieMessages.test(message));
    // A key that holds a secret is said to hold one, which hides that it is unknown.
    const hidesUnknownKey = parsePolicy(yaml).problems.some(({ code }) => code === "secret-in-clear");
    if (!hidesUnknownKey) expect(validate(data), JSON.stringify(validate.errors)).toBe(ofShape.length === 0);
    else expect(parsePolicy(yaml).policy).toBeUndefined();
  });

  it("describes every key", () => {
    expect(undescribed(policyJsonSchema() as Schema, "")).toEqual([]);
  });

  it.each([
    ["schema/holdfast.schema.json", "json-schema.ts"],
    ["docs/policy.md", "reference.ts"],
  ])("is what %s was made from", (_, tool) => {
    execFileSync(process.execPath, [new URL(`../tools/${tool}`, import.meta.url).pathname, "--check"], { stdio: "pipe" });
  });
});

describe("docs/policy.md", () => {
  const page = readFileSync(new URL("../../../docs/policy.md", import.meta.url), "utf8");

  it("shows an example without a problem, that uses every section", () => {
    const [, example = ""] = /```yaml\n(.*?)```/su.exec(page) ?? [];
    expect(parsePolicy(example).problems).toEqual([]);
    expect(Object.keys(parse(example) as object)).toEqual(Object.keys(policyJsonSchema().properties ?? {}));
  });

  it("explains every code", () => {
    const source = readFileSync(new URL("../src/problem.ts", import.meta.url), "utf8");
    const codes = [...source.matchAll(/^ {2}\| "(?<code>[a-z-]+)"/gmu)].map(({ groups }) => groups?.["code"]);
    const explained = [...page.matchAll(/^\| `(?<code>[a-z-]+)` +\| (?:error|warning|both)/gmu)].map(({ groups }) => groups?.["code"]);
    expect(codes.length).toBeGreaterThan(8);
    expect(explained.toSorted()).toEqual(codes.toSorted());
  });
});

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | false;
  readonly oneOf?: readonly Schema[];
}

function undescribed({ properties = {}, additionalProperties, oneOf = [] }: Schema, path: string): string[] {
  return [
    ...Object.entries(properties).flatMap(([key, schema]) => [
      ...(schema.description ? [] : [`${path}.${key}`]),
      ...undescribed(schema, `${path}.${key}`),
    ]),
    ...(additionalProperties ? undescribed(additionalProperties, `${path}.*`) : []),
    ...oneOf.flatMap((schema) => undescribed(schema, path)),
  ];
}
