import { beforeAll, describe, expect, test } from "vitest";

import { buildIfStale, holdfast, inTerminal } from "./built-command.ts";
import { expectNowhere, outputs, talkative, textsBelow } from "./canary.ts";
import { generated, localProject, valuesIn } from "./local-project.ts";

beforeAll(buildIfStale);

const issued = { "psp/api-key": { env: "PSP_API_KEY" } };
const value = ["sk", "live", "q8ZrT2mXw5"].join("_");

describe("set", () => {
  test("takes the value from standard input, without the newline at its end; nothing but the store has it", async () => {
    const cwd = await localProject(issued);
    const ran = await holdfast(["set", "psp/api-key"], { cwd, input: `${value}\n`, env: talkative });
    expect({ ...ran, stderr: "" }).toEqual({ code: 0, signal: null, stdout: "✔ psp/api-key is set in local\n", stderr: "" });
    expect(await valuesIn(cwd, "psp/api-key")).toEqual([value]);
    expectNowhere([value], [...outputs([ran]), ...textsBelow(cwd)]);
    expect((await holdfast(["audit", "show"], { cwd })).stdout).toMatch(/ set +psp\/api-key /u);
    expect((await holdfast(["status"], { cwd })).code).toBe(0);
  });

  test("replaces a value", async () => {
    const cwd = await localProject(issued);
    await holdfast(["set", "psp/api-key"], { cwd, input: "first" });
    await holdfast(["set", "psp/api-key"], { cwd, input: "two\nlines" });
    expect(await valuesIn(cwd, "psp/api-key")).toEqual(["two\nlines"]);
  });

  test("asks on a terminal, where nothing of it is shown", async () => {
    const cwd = await localProject(issued);
    let typed = false;
    const { code, output } = await inTerminal(["set", "psp/api-key"], {
      cwd,
      onOutput: (shown) => {
        if (typed || !shown.includes("(not shown): ")) return undefined;
        typed = true;
        return `wrong\u0015${value}x\u007f\r`;
      },
    });
    expect({ code, output }).toEqual({ code: 0, output: "Value of psp/api-key (not shown): \n✔ psp/api-key is set in local\n" });
    expect(await valuesIn(cwd, "psp/api-key")).toEqual([value]);
  });

  test("given up with Ctrl-C at the question writes nothing", async () => {
    const cwd = await localProject(issued);
    const { code, output } = await inTerminal(["set", "psp/api-key"], {
      cwd,
      onOutput: (shown) => (shown.endsWith("(not shown): ") ? "\u0003" : undefined),
    });
    expect(code).toBe(2);
    expect(output).toMatch(/holdfast: No value was given\. Nothing was written\.\n$/u);
  });

  test.each<[string, string, string | Uint8Array, RegExp]>([
    ["no value", "psp/api-key", "", /^holdfast: No value was given for psp\/api-key\. Nothing was written\./u],
    ["bytes that are no text", "psp/api-key", Uint8Array.of(0xff, 0xfe), /^holdfast: The value is not UTF-8 text\. Nothing was written\./u],
    ["a secret that Holdfast makes", "session", "mine", /^holdfast: session has a `rotate:` line, so its values are made and not set\./u],
    ["a name that the policy lacks", "psp/key", "mine", /^holdfast: .*names no secret "psp\/key"\. Nothing was done\./u],
  ])("of %s ends with 2 and writes nothing", async (_what, name, input, expected) => {
    const cwd = await localProject({ ...issued, session: generated });
    const { code, stdout, stderr } = await holdfast(["set", name], { cwd, input });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(expected);
    expect((await holdfast(["status", "psp/api-key", "session"], { cwd })).stdout).toContain("2 without a value");
  });

  test("takes no value as an argument, and does not repeat it", async () => {
    const cwd = await localProject(issued);
    const { code, stdout, stderr } = await holdfast(["set", "psp/api-key", value], { cwd });
    expect(code).toBe(2);
    expect(stdout + stderr).not.toContain(value);
  });
});
