import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { beforeAll, describe, expect, test } from "vitest";

import { buildIfStale, holdfast, type Ran, temporaryFolder } from "./built-command.ts";
import { expectNowhere, outputs, talkative, textsBelow } from "./canary.ts";
import { generated, localProject, valuesIn } from "./local-project.ts";

beforeAll(buildIfStale);

const secrets = { "psp/webhook": { ...generated, env: "PSP_WEBHOOK_SECRET", overlap: "24h" } };

describe("a secret's value", () => {
  test("is in no output, no argument, no temporary file, not in the audit log and in no file of the project", async () => {
    const cwd = await localProject(secrets);
    const temporary = temporaryFolder();
    const env = { ...talkative, TMPDIR: temporary };
    const runs: Ran[] = [];
    const values: string[] = [];
    const run = async (...args: string[]) => {
      const ran = await holdfast(args, { cwd, env });
      runs.push(ran);
      return ran;
    };
    const remember = async () => values.push(...(await valuesIn(cwd, "psp/webhook")));

    await run("rotate");
    await remember();
    await run("rotate", "--force", "psp/webhook");
    await remember();
    await run("rotate", "--force", "psp/webhook", "--json");
    await remember();
    for (const args of [
      ["status"],
      ["status", "--json"],
      ["plan", "--force", "psp/webhook"],
      ["resume"],
      ["audit", "show"],
      ["audit", "verify"],
    ])
      await run(...args);
    const commandLines = "cat /proc/self/cmdline /proc/$PPID/cmdline 2>/dev/null || ps -o args= -p $$ -p $PPID";
    const arguments_ = await run("exec", "--", "sh", "-c", commandLines);
    expect(arguments_.stdout).toContain("exec");
    await run("rotate", "no-such-secret");

    expect(new Set(values).size).toBe(3);
    expectNowhere(values, [...outputs(runs), ...textsBelow(temporary), ...textsBelow(cwd)]);
  });

  test("is not in what a damaged store makes the command say", async () => {
    const cwd = await localProject(secrets);
    await holdfast(["rotate"], { cwd });
    const values = await valuesIn(cwd, "psp/webhook");
    const key = readFileSync(join(cwd, "age.txt"), "utf8").match(/AGE-SECRET-KEY-\w+/u)?.[0] ?? "";
    const file = join(cwd, "secrets.sops.yaml");
    const sound = readFileSync(file, "utf8");
    const damages = [
      sound.replace(/data:./u, "data:~"),
      sound.replace(/tag:./u, "tag:A"),
      sound.slice(0, sound.length / 2),
      sound.replace(/mac: .*/u, "mac: x"),
      `${sound}\n{`,
      "",
    ];
    const runs: Ran[] = [];
    for (const damage of damages) {
      writeFileSync(file, damage);
      for (const args of [["exec", "--", "true"], ["pull"], ["rotate", "--force", "psp/webhook"], ["status"]])
        runs.push(await holdfast(args, { cwd, env: talkative }));
    }
    expect(runs.filter(({ code }) => code === 0)).toEqual([]);
    expectNowhere([...values, key], outputs(runs));
  });

  test("is not in the file that could not be written, nor beside it", async () => {
    const cwd = await localProject(secrets);
    await holdfast(["rotate"], { cwd });
    mkdirSync(join(cwd, "target"));
    const ran = await holdfast(["pull", "--output", "target"], { cwd, env: talkative });
    expect(ran.code).toBe(2);
    expectNowhere(await valuesIn(cwd, "psp/webhook"), [...outputs([ran]), ...textsBelow(cwd)]);
  });
});

test("the search finds a value where there is one", async () => {
  const cwd = await localProject(secrets);
  await holdfast(["rotate"], { cwd });
  const values = await valuesIn(cwd, "psp/webhook");
  const ran = await holdfast(["pull"], { cwd });
  expect(() => expectNowhere(values, outputs([ran]))).toThrow();
});
