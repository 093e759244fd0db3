import { readdirSync } from "node:fs";

import { beforeAll, describe, expect, test } from "vitest";

import manifest from "../package.json" with { type: "json" };
import { buildIfStale, holdfast, temporaryFolder, write } from "./built-command.ts";

beforeAll(buildIfStale);

describe("help", () => {
  test("--version prints the version alone", async () => {
    expect(await holdfast(["--version"], { cwd: temporaryFolder() })).toEqual({
      code: 0,
      signal: null,
      stdout: `${manifest.version}\n`,
      stderr: "",
    });
  });

  test("--help goes to standard output and names every command and exit code", async () => {
    const { code, stdout, stderr } = await holdfast(["--help"], { cwd: temporaryFolder() });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const command of ["init", "check", "status", "plan", "rotate", "resume", "set", "exec", "pull", "audit"])
      expect(stdout).toMatch(new RegExp(`^  ${command} `, "mu"));
    expect(stdout).toContain("Exit codes: 0 done, 1 findings or overdue, 2 usage");
  });

  test.each(["init", "check", "status", "plan", "rotate", "resume", "set", "exec", "pull", "audit verify", "audit show"])(
    "%s --help has examples and ends with 0",
    async (command) => {
      const { code, stdout } = await holdfast([...command.split(" "), "--help"], { cwd: temporaryFolder() });
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`\nExamples:\n  holdfast ${command}`, "u"));
    },
  );

  test("without a command the help goes to standard error and the exit code is 2", async () => {
    const { code, stdout, stderr } = await holdfast([], { cwd: temporaryFolder() });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^Usage: holdfast/u);
  });
});

describe("mistyped commands and options end with 2 and say what there is", () => {
  test.each([
    [["rotat"], "holdfast: unknown command 'rotat'. Did you mean rotate?\n"],
    [["frobnicate"], "holdfast: unknown command 'frobnicate'. Run holdfast --help for what there is.\n"],
    [["check", "--fx"], "holdfast: unknown option '--fx'. Did you mean --fix?\n"],
    [["status", "--token=hunter2"], "holdfast: unknown option '--token'. Run holdfast --help for what there is.\n"],
    [["exec"], "holdfast: missing required argument 'program'. Run holdfast --help for what there is.\n"],
    [
      ["check", "--format", "xml"],
      "holdfast: option '--format <name>' argument 'xml' is invalid. Allowed choices are stylish, json, sarif, github, html. Run holdfast --help for what there is.\n",
    ],
    [
      ["check", "--max-warnings", "few"],
      "holdfast: option '--max-warnings <n>' argument 'few' is invalid. Expected a whole number, such as 10. Run holdfast --help for what there is.\n",
    ],
    [
      ["rotate", "--force"],
      "holdfast: --force needs the names of the secrets, or --all. Nothing was done. For example: holdfast rotate --force psp/webhook.\n",
    ],
  ])("%j", async (args, expected) => {
    expect(await holdfast(args, { cwd: temporaryFolder() })).toEqual({ code: 2, signal: null, stdout: "", stderr: expected });
  });

  test("with --json the failure is one JSON object on standard output", async () => {
    const { code, stdout, stderr } = await holdfast(["rotate", "--force", "--json"], { cwd: temporaryFolder() });
    expect({ code, stderr }).toEqual({ code: 2, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({
      holdfast: 1,
      error: {
        code: "usage",
        message: "--force needs the names of the secrets, or --all.",
        left: "Nothing was done.",
        next: "For example: holdfast rotate --force psp/webhook.",
      },
    });
  });
});

describe("a policy that cannot be used ends every command with 2 and does nothing", () => {
  const broken: [string, string, RegExp][] = [
    ["broken YAML", "version: 1\nsecrets: {", /holdfast\.yaml:2:\d+ {2}\w/u],
    ["a wrong unit", "version: 1\nbudgets:\n  slo: 400\n", /holdfast\.yaml:3:8 {2}.*300ms, 2s/u],
    ["no version", "budgets: {}\n", /holdfast\.yaml:\d+:\d+ {2}.*version/u],
    ["not UTF-8", "version: 1 # \u{0}", /holdfast\.yaml:/u],
  ];
  const commands = [
    ["check"],
    ["status"],
    ["plan"],
    ["rotate"],
    ["resume"],
    ["exec", "--", "true"],
    ["pull"],
    ["audit", "verify"],
    ["audit", "show"],
  ];

  test.each(commands.map((args) => [args.join(" "), args] as const))("%s", async (_name, args) => {
    const cwd = temporaryFolder();
    write(cwd, { "holdfast.yaml": "version: 1\nbudgetz: {}\n", "a.ts": "export {};\n" });
    const { code, stdout, stderr } = await holdfast(args, { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(
      /^holdfast: holdfast\.yaml has a problem\. (?:Nothing was done|The program was not started)\. Correct what these lines say:\n/u,
    );
    expect(stderr).toMatch(/\n {2}holdfast\.yaml:2:1 {2}.*budgetz.*budgets/u);
    expect(readdirSync(cwd).toSorted()).toEqual(["a.ts", "holdfast.yaml"]);
  });

  test.each(broken)("%s is named with its place", async (_name, text, line) => {
    const cwd = temporaryFolder();
    write(cwd, { "holdfast.yaml": text });
    const { code, stdout, stderr } = await holdfast(["status"], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(line);
  });

  test("with --json it names the problems with their places", async () => {
    const cwd = temporaryFolder();
    write(cwd, { "holdfast.yaml": "version: 1\nbudgetz: {}\n" });
    const { code, stdout } = await holdfast(["status", "--json"], { cwd });
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: "policy-invalid", problems: [{ code: "unknown-key", line: 2, column: 1 }] },
    });
  });

  test("a secret in clear is named by its place, never repeated", async () => {
    const cwd = temporaryFolder();
    const secret = ["whsec", "x7Kq2mPzR9tLw4Bv8NcJf3Hs6Dg1YaTe"].join("_");
    write(cwd, { "holdfast.yaml": `version: 1\nsecrets:\n  psp/webhook:\n    store: local\n    path: psp\n    value: ${secret}\n` });
    const { code, stdout, stderr } = await holdfast(["rotate"], { cwd });
    expect(code).toBe(2);
    expect(stdout + stderr).not.toContain(secret);
    expect(stderr).toContain("holdfast.yaml:6:");
  });

  test("no policy at all says how to get one", async () => {
    const cwd = temporaryFolder();
    const { code, stderr } = await holdfast(["rotate"], { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^holdfast: There is no holdfast\.yaml in .* Nothing was done\. Run holdfast init to write one/u);
  });

  test("--policy names another file, and one that is missing is said to be", async () => {
    const cwd = temporaryFolder();
    write(cwd, { "other.yaml": "version: 1\n" });
    expect(await holdfast(["status", "--policy", "other.yaml"], { cwd })).toMatchObject({
      code: 0,
      stdout: "The policy names no secret.\n",
    });
    const { code, stderr } = await holdfast(["status", "--policy", "missing.yaml"], { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(/missing\.yaml:1:1 {2}there is no such file/u);
  });
});
