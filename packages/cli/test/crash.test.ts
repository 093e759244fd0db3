import { readdirSync } from "node:fs";

import { beforeAll, expect, test } from "vitest";

import { buildIfStale, holdfast } from "./built-command.ts";
import { generated, localProject, valuesIn } from "./local-project.ts";

beforeAll(buildIfStale);

const projects = 3;
const killsEach = 10;

interface Status {
  readonly secrets: readonly [{ readonly state: string; readonly generation: number }];
}

/** The tests of packages/rotation stop at every step on purpose; here the real command is killed wherever it happens to be. */
test(`rotations killed at ${projects * killsEach} random instants lose nothing, and resume finishes them`, async () => {
  const folders = [];
  for (let index = 0; index < projects; index += 1) folders.push(await localProject({ "psp/webhook": { ...generated, env: "KEY" } }));
  await Promise.all(folders.map((cwd) => killAgainAndAgain(cwd)));
}, 600_000);

async function killAgainAndAgain(cwd: string): Promise<void> {
  const started = performance.now();
  await holdfast(["rotate"], { cwd });
  const wholeRunMs = performance.now() - started;
  let generation = 1;
  for (let kill = 0; kill < killsEach; kill += 1) {
    const afterMs = Math.random() * wholeRunMs;
    const told = `killed ${afterMs.toFixed(1)} ms after the start, generation ${generation}`;
    const [before] = await valuesIn(cwd, "psp/webhook");
    await holdfast(["rotate", "--force", "psp/webhook"], { cwd, started: (child) => setTimeout(() => child.kill("SIGKILL"), afterMs) });
    const [between] = await valuesIn(cwd, "psp/webhook");
    expect(between, `${told}: programs always get a value`).toMatch(/^[\w-]{43}$/u);

    expect(await holdfast(["resume"], { cwd }), told).toMatchObject({ code: 0 });
    const [status] = (JSON.parse((await holdfast(["status", "--json"], { cwd })).stdout) as Status).secrets;
    expect(status, told).toMatchObject({ state: "fresh" });
    expect([generation, generation + 1], told).toContain(status.generation);
    const [after] = await valuesIn(cwd, "psp/webhook");
    expect(after === before, `${told}: a new generation is a new value, and no other`).toBe(status.generation === generation);
    generation = status.generation;
  }
  expect((await holdfast(["rotate", "--force", "psp/webhook"], { cwd })).code).toBe(0);
  expect((await holdfast(["audit", "verify"], { cwd })).code).toBe(0);
  expect(readdirSync(cwd).toSorted()).toEqual([".holdfast", "age.txt", "holdfast.yaml", "secrets.sops.yaml"]);
}
