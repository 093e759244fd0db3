import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { errorIn, eventIn, parseAnswer, type RotationEvent, secretsIn, verificationIn } from "../src/holdfast/answers.ts";
import { type Holdfast, holdfastCommand } from "../src/holdfast/command.ts";
import { bundleExtension } from "../tools/bundle.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-command-"));
let holdfast: Holdfast;

// The command as the package holds it, in a folder without node_modules.
beforeAll(async () => {
  const dist = join(folder, "dist");
  await bundleExtension("release", dist);
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  holdfast = holdfastCommand({ script: join(dist, "holdfast.js") });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the bundled command", () => {
  let cwd: string;
  beforeEach(async () => {
    cwd = mkdtempSync(join(folder, "workspace-"));
    writeFileSync(join(cwd, "session.ts"), "export const key = process.env.SESSION_SIGNING_KEY;\n");
    expect(await holdfast({ args: ["init"], cwd })).toMatchObject({ exitCode: 0 });
  });
  const secret = "session/signing-key";
  const statusOf = async () => secretsIn(parseAnswer((await holdfast({ args: ["status", "--json"], cwd })).stdout));

  it("answers with the state of every secret", async () => {
    expect(await statusOf()).toEqual([expect.objectContaining({ secret, store: "local", state: "missing", generation: null })]);
  });

  it("tells each step as it happens and how the rotation ended, and leaves a log that verifies", async () => {
    const events: RotationEvent[] = [];
    const onLine = (line: string) => void events.push(eventIn(parseAnswer(line))!);
    expect(await holdfast({ args: ["rotate", secret, "--force", "--json"], cwd, onLine })).toMatchObject({ exitCode: 0 });
    expect(events[0]).toMatchObject({ event: "step", secret, step: "prepare", when: "before" });
    expect(events.at(-1)).toMatchObject({ event: "outcome", secret, result: "rotated", generation: 1, error: null });
    const { stdout } = await holdfast({ args: ["audit", "verify", "--json"], cwd });
    expect(verificationIn(parseAnswer(stdout))).toMatchObject({ ok: true, findings: [] });
  });

  it("stops between two steps when it is cancelled, and resumes", async () => {
    const controller = new AbortController();
    const events: RotationEvent[] = [];
    const onLine = (line: string) => {
      const event = eventIn(parseAnswer(line))!;
      events.push(event);
      if (event.event === "step" && event.step === "prepare") controller.abort();
    };
    const { exitCode } = await holdfast({ args: ["rotate", secret, "--force", "--json"], cwd, onLine, signal: controller.signal });
    expect(exitCode).toBe(4);
    expect(events.at(-1)).toMatchObject({ event: "outcome", result: "failed", error: { code: "unfinished" } });
    expect(await statusOf()).toEqual([expect.objectContaining({ secret, state: "unfinished" })]);

    expect(await holdfast({ args: ["resume", secret, "--json"], cwd })).toMatchObject({ exitCode: 0 });
    expect(await statusOf()).toEqual([expect.objectContaining({ secret, state: "fresh", generation: 1 })]);
  });

  it("says what is wrong with a policy, at which line", async () => {
    writeFileSync(join(cwd, "holdfast.yaml"), `${readFileSync(join(cwd, "holdfast.yaml"), "utf8")}bogus: 1\n`);
    const { exitCode, stdout } = await holdfast({ args: ["status", "--json"], cwd });
    expect(exitCode).toBe(2);
    expect(errorIn(parseAnswer(stdout))).toMatchObject({
      code: "policy-invalid",
      lines: [expect.stringMatching(/holdfast\.yaml:\d+:1 .*bogus/)],
    });
  });
});
