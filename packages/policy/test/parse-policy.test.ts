import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parsePolicy, printProblem } from "../src/index.ts";
import { markedProblem } from "./marked-problem.ts";
import { cases, secretsOfCases } from "./specification.ts";

describe("parsePolicy", () => {
  it.each(cases)("reads $title", ({ yaml, problems: expected }) => {
    const { policy, problems } = parsePolicy(yaml);
    expect(problems.map((problem) => markedProblem(problem, yaml))).toEqual(expected);
    expect(policy !== undefined).toBe(problems.every(({ severity }) => severity === "warning"));
  });

  it("prints a problem as editors and terminals link it", () => {
    const [problem] = parsePolicy("version: 2\n", { file: "services/holdfast.yaml" }).problems;
    expect(problem && printProblem(problem)).toBe("services/holdfast.yaml:1:10  expected version: 1");
  });

  it("gives every message in one line", () => {
    const messages = cases.flatMap(({ yaml }) => parsePolicy(yaml).problems.map(({ message }) => message));
    expect(messages.filter((message) => /[\r\n]/u.test(message) || message === "")).toEqual([]);
  });

  it("never repeats the value of a secret", () => {
    const printed = cases.flatMap(({ yaml }) => parsePolicy(yaml).problems.map(({ message }) => message)).join("\n");
    expect(secretsOfCases.filter((secret) => printed.includes(secret))).toEqual([]);
  });

  it.each([
    ["a line that is no YAML", "version: 1\nsecrets:\n|  a: { store: prod, password: correct-horse-battery }\n"],
    ["a value that lost its key", "version: 1\nsecrets: { a: { store: prod, path: a, p correct-horse-battery } }\n"],
  ])("does not repeat %s", (_what, yaml) => {
    const { problems } = parsePolicy(yaml);
    expect(problems).not.toEqual([]);
    expect(JSON.stringify(problems)).not.toContain("correct-horse");
  });

  it("never repeats the value of a secret, however the file around it is broken", () => {
    const secret = "correct-horse-battery";
    const file = `version: 1\nstores: { prod: { kind: vault, address: https://vault.internal } }\nsecrets:\n  a: { store: prod, path: a, password: ${secret} }\n`;
    fc.assert(
      fc.property(edits(file), (broken) => {
        // Without its key nothing tells that the word is a secret.
        fc.pre(broken.includes(`password: ${secret}`));
        for (const { message } of parsePolicy(broken).problems) expect(message).not.toContain(secret);
      }),
    );
  });

  it("never throws and keeps every problem inside the text", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          yamlish,
          fc.constantFrom(...cases).chain(({ yaml }) => edits(yaml)),
        ),
        (text) => {
          const lines = text.replace(/^\u{feff}/u, "").split("\n");
          const { policy, problems } = parsePolicy(text);
          expect(policy === undefined).toBe(problems.some(({ severity }) => severity === "error"));
          for (const { line, column, endLine, endColumn } of problems) {
            expect(column).toBeGreaterThanOrEqual(1);
            expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? -1) + 1);
            expect(endColumn).toBeLessThanOrEqual((lines[endLine - 1]?.length ?? -1) + 1);
            expect(endLine > line || (endLine === line && endColumn >= column)).toBe(true);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("makes data that survives a structured clone and JSON", () => {
    const policies = cases.flatMap(({ yaml }) => parsePolicy(yaml).policy ?? []);
    expect(policies.length).toBeGreaterThan(4);
    for (const policy of policies) {
      expect(structuredClone(policy)).toStrictEqual(policy);
      expect(JSON.parse(JSON.stringify(policy))).toStrictEqual(policy);
    }
  });

  it("fills in what the file leaves out", () => {
    expect(parsePolicy("version: 1\n").policy).toStrictEqual({
      file: "holdfast.yaml",
      defaults: {},
      upstreams: [],
      webhooks: {},
      stores: [],
      secrets: [],
      audit: { log: ".holdfast/audit", key: ".holdfast/audit-key.pem", on: "fail-closed", sinks: [] },
    });
  });

  it("keeps the lines people are referred to", () => {
    const { policy } = parsePolicy("version: 1\n\nupstreams:\n  psp:\n    packages: [psp]\n    retries: 1\nretries: { limit: 3 }\n");
    expect(policy?.upstreams).toMatchObject([{ name: "psp", line: 4, retries: { value: 1, line: 6 } }]);
    expect(policy?.defaults).toStrictEqual({ retries: { value: 3, line: 7 } });
  });

  it.each([
    ["a list nested without end", "[".repeat(200_000)],
    ["maps nested without end", `${"{a: ".repeat(50_000)}${"}".repeat(50_000)}`],
    ["block lists nested without end", "- ".repeat(100_000)],
  ])("refuses %s without exhausting the stack", (_, text) => {
    expect(parsePolicy(text).problems).toMatchObject([{ code: "yaml-syntax", message: "maps and lists are nested more than 20 deep" }]);
  });

  it("reads a list of 300,000 items without exhausting the stack", () => {
    expect(parsePolicy(`version: 1\nupstreams: [${"1,".repeat(300_000)}]\n`).problems).toMatchObject([{ code: "wrong-shape", line: 2 }]);
  });

  it("lists a hundred problems of a file full of them, and says how many more there are", () => {
    const text = `version: 1\n${Array.from({ length: 60_000 }, (_, at) => `key${at}: 1`).join("\n")}\n`;
    const { problems } = parsePolicy(text);
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)).toMatchObject({ code: "too-many", message: "59900 more problems follow", severity: "error" });
  });

  it("refuses more than 1 MB unread", () => {
    expect(parsePolicy(`version: 1\n${"#".repeat(1_000_000)}`).problems).toMatchObject([{ code: "unreadable", line: 1, column: 1 }]);
  });
});

/** The text with a few pieces cut out, doubled or put in. */
function edits(text: string): fc.Arbitrary<string> {
  const piece = fc.constantFrom(
    "\t",
    "\n",
    ":",
    "- ",
    "{",
    "}",
    "[",
    "]",
    '"',
    "'",
    "&a ",
    "*a",
    "!!x ",
    "<<: ",
    "? ",
    "|",
    "#",
    "\0",
    "\r",
    "---\n",
    "%",
    "@",
    "`",
    "é",
    "💥",
  );
  const edit = fc.record({ at: fc.nat(text.length), length: fc.nat(8), insert: fc.option(piece, { nil: "" }) });
  return fc
    .array(edit, { minLength: 1, maxLength: 4 })
    .map((all) => all.reduce((edited, { at, length, insert }) => edited.slice(0, at) + insert + edited.slice(at + length), text));
}

/** Keys of the format in any nesting, with values of any kind. */
const yamlish: fc.Arbitrary<string> = fc
  .letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(1, 300, null, true, "300ms", "prod", "vault", "generated", "https://a.example/**", "__proto__"),
      tie("list"),
      tie("map"),
    ),
    list: fc.array(tie("value"), { maxLength: 3 }),
    map: fc.dictionary(
      fc.constantFrom(
        "version",
        "budgets",
        "upstreams",
        "stores",
        "secrets",
        "audit",
        "slo",
        "kind",
        "store",
        "path",
        "match",
        "auth",
        "method",
        "rotate",
        "with",
        "every",
        "constructor",
        "toString",
      ),
      tie("value"),
      { maxKeys: 5 },
    ),
  }))
  .map.map((map) => JSON.stringify({ version: 1, ...(map as object) }));
