import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";

import { beforeAll, describe, expect, test } from "vitest";

import { buildIfStale, holdfast, inTerminal, temporaryFolder, write } from "./built-command.ts";
import { generated, localProject, valuesIn } from "./local-project.ts";

beforeAll(buildIfStale);

const escape = "\u001b[";
const call = "export const rates = () => fetch('https://rates.example/v1');\n";

describe("colours", () => {
  test("are there on a terminal, and not elsewhere", async () => {
    const cwd = temporaryFolder();
    write(cwd, { "a.ts": call });
    const { output } = await inTerminal(["check"], { cwd });
    const { stdout } = await holdfast(["check"], { cwd });
    expect(output).toContain(escape);
    expect(stdout).not.toContain(escape);
    expect(stripVTControlCharacters(output)).toBe(stdout);
  });

  test.each([{ NO_COLOR: "1" }, { TERM: "dumb" }])("are not there with %j", async (env) => {
    const cwd = temporaryFolder();
    write(cwd, { "a.ts": call });
    expect((await inTerminal(["check"], { cwd, env })).output).not.toContain(escape);
  });

  test("are there where FORCE_COLOR asks for them, as CI services do", async () => {
    const cwd = temporaryFolder();
    write(cwd, { "a.ts": call });
    expect((await holdfast(["check"], { cwd, env: { FORCE_COLOR: "1" } })).stdout).toContain(escape);
    expect((await holdfast(["check"], { cwd, env: { FORCE_COLOR: "1", NO_COLOR: "1" } })).stdout).not.toContain(escape);
  });
});

describe("rotate on a terminal", () => {
  test("shows each secret on a line of its own while it works, and leaves only the outcome", async () => {
    const cwd = await localProject({ "psp/webhook": generated, session: generated });
    const { code, output } = await inTerminal(["rotate"], { cwd });
    expect(code).toBe(0);
    expect(output).toContain("  psp/webhook  generation 1  trying the new value …");
    expect(onScreen(output)).toEqual([
      "✔ psp/webhook rotated: generation 1",
      "✔ session rotated: generation 1",
      "2 rotated of 2 secrets.",
      "",
    ]);
    for (const value of await valuesIn(cwd, "psp/webhook", "session")) expect(output).not.toContain(value);
  });

  test("with its output in a file keeps the file free of progress", async () => {
    const cwd = await localProject({ session: generated });
    await inTerminal(["rotate"], { cwd, intoFile: "out.txt" });
    expect(readFileSync(join(cwd, "out.txt"), "utf8")).toBe("✔ session rotated: generation 1\n1 rotated of 1 secret.\n");
  });

  test("stops on Ctrl-C typed there, between two steps", async () => {
    const cwd = await localProject(Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`secret-${index}`, generated])));
    let pressed = false;
    const { code, output } = await inTerminal(["rotate"], {
      cwd,
      onOutput: (shown) => {
        if (pressed || !shown.includes("secret-2")) return undefined;
        pressed = true;
        return "\u0003";
      },
    });
    expect(code).toBe(4);
    expect(onScreen(output).at(-2)).toMatch(/^(?:1 failed, )?\d+ not begun, \d+ rotated of 30 secrets\./u);
    expect(onScreen(output).join("\n")).not.toContain("secret-29");
  });
});

test("an error is broken at words, not in them", async () => {
  const cwd = await localProject({ session: generated });
  const { output } = await inTerminal(["rotate", "a-name-that-nobody-gave-to-any-secret-of-this-policy"], { cwd });
  expect(output.split("\n").filter((line) => line.length > 100)).toEqual([]);
});

/** What a reader sees in the end: lines that were erased again are gone. */
function onScreen(output: string): string[] {
  const lines = [""];
  for (const [part] of output.matchAll(/\u001b\[\d*[A-Za-z]|[^\u001b]+/gu)) {
    const up = /^\u001b\[(?<count>\d+)A$/u.exec(part)?.groups?.["count"];
    if (up !== undefined) lines.splice(lines.length - 1 - Number(up), Number(up) + 1, "");
    else if (!part.startsWith(escape)) {
      const [first = "", ...rest] = part.split("\n");
      lines[lines.length - 1] += first;
      lines.push(...rest);
    }
  }
  return lines;
}
