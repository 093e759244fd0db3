import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync } from "node:fs";
import { join } from "node:path";

import { loadPolicy } from "@holdfast/policy";
import { openRotation, type Step } from "@holdfast/rotation";
import { beforeAll, describe, expect, test } from "vitest";

import { buildIfStale, holdfast, type Ran } from "./built-command.ts";
import { changePolicy, generated, localProject, valuesIn } from "./local-project.ts";

beforeAll(buildIfStale);

const overlapping = { ...generated, overlap: "24h" };

/** Leaves a rotation as a process leaves it that was stopped after `step`. */
async function stopAfter(folder: string, secret: string, step: Step["step"]): Promise<void> {
  const controller = new AbortController();
  const rotation = openRotation({
    policy: loadPolicy(join(folder, "holdfast.yaml")),
    signal: controller.signal,
    onStep: (at) => void (at.step === step && at.when === "after" && controller.abort()),
  });
  await rotation.rotate([secret], { force: true });
  await rotation.close();
}

/** Numbers, dates and ids that differ from run to run. */
function steady(text: string): string {
  return text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/gu, "<time>").replace(/process \d+ on \S+/gu, "<process>");
}

describe("status", () => {
  test("ends with 1 while a secret has no value, with 0 when all are fresh", async () => {
    const cwd = await localProject({ "psp/webhook": generated, session: { rotate: generated.rotate } });
    expect(await holdfast(["status"], { cwd })).toEqual({
      code: 1,
      signal: null,
      stdout: [
        "SECRET       AGE  DUE           PHASE  STORE",
        "psp/webhook  –    no value yet  –      local",
        "session      –    no value yet  –      local",
        "",
        "✖ 2 without a value of 2 secrets. holdfast plan shows what a rotation would do.",
        "",
      ].join("\n"),
      stderr: "",
    });
    await holdfast(["rotate", "--all"], { cwd });
    const { code, stdout } = await holdfast(["status"], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^psp\/webhook {2}\ds {3}in 30d {3}– {6}local$/mu);
    expect(stdout).toMatch(/^session {6}\ds {3}by hand {2}– {6}local$/mu);
    expect(stdout).toMatch(/\n✔ Nothing is overdue in 2 secrets\.\n$/u);
  });

  test("ends with 1 when a secret is overdue", async () => {
    const cwd = await localProject({ "psp/webhook": generated });
    await holdfast(["rotate"], { cwd });
    changePolicy(cwd, (text) => text.replace("30d", "1ms"));
    const { code, stdout } = await holdfast(["status"], { cwd });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^psp\/webhook {2}\ds {3}overdue by \ds/mu);
    expect(stdout).toMatch(/✖ 1 overdue of 1 secret\./u);
  });

  test("shows what is unfinished and how to finish it", async () => {
    const cwd = await localProject({ "psp/webhook": generated });
    await stopAfter(cwd, "psp/webhook", "apply");
    const { stdout } = await holdfast(["status"], { cwd });
    expect(stdout).toMatch(/^psp\/webhook {2}– {4}unfinished {2}applied {2}local$/mu);
    expect(stdout).toContain("holdfast resume finishes what is unfinished.");
  });

  test("--json has every field of every secret", async () => {
    const cwd = await localProject({ "psp/webhook": overlapping, session: generated });
    await holdfast(["rotate", "psp/webhook"], { cwd });
    await holdfast(["rotate", "--force", "psp/webhook"], { cwd });
    const { code, stdout } = await holdfast(["status", "--json"], { cwd });
    expect(code).toBe(1);
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT/u) as string;
    const nothing = { generation: null, phase: null, rotatedAt: null, dueAt: null, overlapEndsAt: null, error: null };
    expect(JSON.parse(stdout)).toEqual({
      holdfast: 1,
      secrets: [
        {
          secret: "psp/webhook",
          store: "local",
          state: "overlap",
          generation: 2,
          phase: "overlap",
          rotatedAt: time,
          dueAt: time,
          overlapEndsAt: time,
          error: null,
        },
        { secret: "session", store: "local", state: "missing", ...nothing },
      ],
    });
  });

  test("says of a store that cannot be opened why, and ends with its exit code", async () => {
    const cwd = await localProject({ "psp/webhook": generated });
    await holdfast(["rotate"], { cwd });
    changePolicy(cwd, (text) => text.replace("age.txt", "missing.txt"));
    const { code, stdout } = await holdfast(["status"], { cwd });
    expect(code).toBe(6);
    expect(stdout).toMatch(/^psp\/webhook {2}– {4}unknown /mu);
    expect(stdout).toMatch(/✖ psp\/webhook: The age identity .*missing\.txt cannot be read/u);
    expect(JSON.parse((await holdfast(["status", "--json"], { cwd })).stdout)).toMatchObject({
      secrets: [{ state: "unknown", error: { code: "key-unavailable" } }],
    });
  });
});

describe("plan", () => {
  test("says each step and changes nothing", async () => {
    const cwd = await localProject({ "psp/webhook": generated });
    const before = readdirSync(cwd);
    const { code, stdout } = await holdfast(["plan"], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^psp\/webhook in local: rotate, no value yet\n {2}1\. .*\n {2}2\. /u);
    expect(stdout).toMatch(/\nNothing was changed\. holdfast rotate does this for 1 secret\.\n$/u);
    expect(readdirSync(cwd)).toEqual(before);
  });

  test("has nothing to do when nothing is due, and does with --force", async () => {
    const cwd = await localProject({ "psp/webhook": generated });
    await holdfast(["rotate"], { cwd });
    const store = readFileSync(join(cwd, "secrets.sops.yaml"));
    expect(steady((await holdfast(["plan"], { cwd })).stdout)).toBe(
      "psp/webhook in local: nothing to do, fresh until <time>\n\n✔ Nothing is due. Nothing was changed.\n",
    );
    expect((await holdfast(["plan", "--force", "psp/webhook"], { cwd })).stdout).toContain("holdfast rotate --force psp/webhook does this");
    expect(readFileSync(join(cwd, "secrets.sops.yaml")).equals(store)).toBe(true);
  });

  test("ends with 1 and names what stands in the way", async () => {
    const cwd = await localProject({ "psp/webhook": generated });
    changePolicy(cwd, (text) => text.replace('"secrets.sops.yaml"', '"no-such-folder/secrets.sops.yaml"'));
    const { code, stdout } = await holdfast(["plan"], { cwd });
    expect(code).toBe(1);
    expect(stdout).toMatch(/ {2}✖ .*no-such-folder/u);
    expect(stdout).toMatch(/✖ 1 secret could not be rotated as things are\. Nothing was changed\.\n$/u);
  });

  test("--json has the plan of each secret", async () => {
    const cwd = await localProject({ "psp/webhook": generated });
    expect(JSON.parse((await holdfast(["plan", "--json"], { cwd })).stdout)).toEqual({
      holdfast: 1,
      secrets: [
        {
          secret: "psp/webhook",
          store: "local",
          action: "rotate",
          reason: "no value yet",
          steps: expect.arrayContaining([expect.any(String)]),
          obstacles: [],
        },
      ],
    });
  });
});

describe("rotate", () => {
  test("makes first values, then has nothing to do until they are due", async () => {
    const cwd = await localProject({
      "psp/webhook": { ...generated, rotate: { with: "generated", prefix: "whsec_" } },
      session: generated,
    });
    const first = await holdfast(["rotate"], { cwd });
    expect(first).toEqual({
      code: 0,
      signal: null,
      stdout: "✔ psp/webhook rotated: generation 1\n✔ session rotated: generation 1\n2 rotated of 2 secrets.\n",
      stderr: ["psp/webhook", "session"]
        .flatMap((name) =>
          [
            "new value stored as pending",
            "new value made valid",
            "new value works",
            "programs get the new value",
            "no older value is valid any more",
          ].map((what) => `${name}  generation 1  ${what}\n`),
        )
        .join(""),
    });
    const values = await valuesIn(cwd, "psp/webhook", "session");
    expect(values[0]).toMatch(/^whsec_.{43}$/u);
    const second = await holdfast(["rotate"], { cwd });
    expect({ ...second, stdout: steady(second.stdout) }).toEqual({
      code: 0,
      signal: null,
      stdout:
        "- psp/webhook skipped: generation 1, fresh until <time>\n- session skipped: generation 1, fresh until <time>\n✔ Nothing is due.\n",
      stderr: "",
    });
    expect(await valuesIn(cwd, "psp/webhook", "session")).toEqual(values);
  });

  test("--force rotates the named one only", async () => {
    const cwd = await localProject({ "psp/webhook": overlapping, session: generated });
    await holdfast(["rotate"], { cwd });
    const [webhook, session] = await valuesIn(cwd, "psp/webhook", "session");
    const { code, stdout } = await holdfast(["rotate", "--force", "psp/webhook"], { cwd });
    expect(code).toBe(0);
    expect(steady(stdout)).toBe(
      "✔ psp/webhook rotated: generation 2, the previous value stays valid until <time>\n1 rotated of 1 secret.\n",
    );
    const [newWebhook, sameSession] = await valuesIn(cwd, "psp/webhook", "session");
    expect(newWebhook).not.toBe(webhook);
    expect(sameSession).toBe(session);
  });

  test("--json prints one object a line as it happens", async () => {
    const cwd = await localProject({ "psp/webhook": generated });
    const { stdout, stderr } = await holdfast(["rotate", "--json"], { cwd });
    expect(stderr).toBe("");
    const events = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events[0]).toEqual({
      holdfast: 1,
      event: "step",
      secret: "psp/webhook",
      generation: 1,
      rotation: expect.any(String),
      step: "prepare",
      when: "before",
    });
    expect(events.at(-1)).toEqual({
      holdfast: 1,
      event: "outcome",
      secret: "psp/webhook",
      result: "rotated",
      generation: 1,
      phase: "retired",
      note: null,
      error: null,
    });
  });

  test("a name that the policy lacks ends with 2 and nothing is done", async () => {
    const cwd = await localProject({ "psp/webhook": generated });
    const { code, stdout, stderr } = await holdfast(["rotate", "psp/webhok"], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("psp/webhok");
    expect(existsSync(join(cwd, "secrets.sops.yaml"))).toBe(false);
  });

  test("one that fails does not stop the others, and the exit code tells of it", async () => {
    const cwd = await localProject({ broken: generated, session: generated });
    changePolicy(cwd, (text) => {
      const policy = JSON.parse(text) as { stores: Record<string, object>; secrets: Record<string, { store: string }> };
      policy.stores["other"] = { ...policy.stores["local"], file: "no-such-folder/secrets.sops.yaml" };
      policy.secrets["broken"] = { ...policy.secrets["broken"], store: "other" };
      return JSON.stringify(policy);
    });
    const { code, stdout } = await holdfast(["rotate"], { cwd });
    expect(code).toBeGreaterThan(1);
    expect(stdout).toMatch(/^✖ broken: .*no-such-folder/mu);
    expect(stdout).toMatch(/^✔ session rotated: generation 1$/mu);
    expect(stdout).toMatch(/^1 failed, 1 rotated of 2 secrets\./mu);
  });

  test("a missing variable with the key ends with 6, names it, and nothing is done", async () => {
    const cwd = await localProject({ "psp/webhook": generated });
    changePolicy(cwd, (text) => text.replace('"identityFile": "age.txt"', '"identityEnv": "MY_AGE_KEY"'));
    const { code, stdout } = await holdfast(["rotate"], { cwd });
    expect(code).toBe(6);
    expect(stdout).toMatch(/✖ psp\/webhook: .*MY_AGE_KEY, which is not set/u);
    expect(existsSync(join(cwd, "secrets.sops.yaml"))).toBe(false);
  });

  test("runs at once rotate a secret once, and one that finds it held says so and ends with 4", async () => {
    const cwd = await localProject({ "psp/webhook": generated });
    const runs = await Promise.all([1, 2, 3].map(() => holdfast(["rotate", "--json"], { cwd })));
    const results = runs.map(({ stdout }) => (JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as { result: string }).result);
    expect(results.filter((result) => result === "rotated")).toHaveLength(1);
    expect(runs.map(({ code }) => code)).toEqual(results.map((result) => (result === "busy" ? 4 : 0)));
    expect(JSON.parse((await holdfast(["status", "--json"], { cwd })).stdout)).toMatchObject({ secrets: [{ generation: 1 }] });
  });

  test("of a secret that another runner holds ends with 4 and says who holds it", async () => {
    const cwd = await localProject({ "psp/webhook": generated });
    let ran: Ran | undefined;
    const rotation = openRotation({
      policy: loadPolicy(join(cwd, "holdfast.yaml")),
      onStep: async ({ step, when }) => {
        if (step === "apply" && when === "before") ran = await holdfast(["rotate"], { cwd });
      },
    });
    await rotation.rotate();
    await rotation.close();
    expect({ ...ran, stdout: steady(ran?.stdout ?? "") }).toEqual({
      code: 4,
      signal: null,
      stdout:
        "▲ psp/webhook is held by another runner: generation 1, held by <process> until <time> unless it is renewed\n1 busy of 1 secret.\n",
      stderr: "",
    });
  });
});

describe("resume", () => {
  test.each(["prepare", "apply", "verify", "promote"] as const)("finishes what was stopped after %s", async (step) => {
    const cwd = await localProject({ "psp/webhook": generated });
    await stopAfter(cwd, "psp/webhook", step);
    const { code, stdout } = await holdfast(["resume"], { cwd });
    expect(code).toBe(0);
    expect(stdout).toBe("✔ psp/webhook resumed: generation 1\n1 resumed of 1 secret.\n");
    expect((await valuesIn(cwd, "psp/webhook"))[0]).toMatch(/^.{43}$/u);
  });

  test("has nothing to do when nothing is unfinished", async () => {
    const cwd = await localProject({ "psp/webhook": generated });
    await holdfast(["rotate"], { cwd });
    expect((await holdfast(["resume"], { cwd })).stdout).toMatch(/✔ Nothing is unfinished\.\n$/u);
  });
});

describe("Ctrl-C", () => {
  test("stops between two phases, says how to go on, ends with 4, and resume finishes", async () => {
    const cwd = await localProject({ "psp/webhook": generated });
    const { code, stdout, stderr } = await holdfast(["rotate"], {
      cwd,
      started: (child) =>
        child.stderr?.once("data", () => {
          child.kill("SIGINT");
        }),
    });
    expect({ code, stdout: stdout.split("\n").at(-2) }).toEqual({
      code: 4,
      stdout: "1 failed of 1 secret. holdfast resume finishes what is unfinished.",
    });
    expect(stderr).toContain("Stopping after the step that runs now; press Ctrl-C again to stop at once.\n");
    expect((await holdfast(["resume"], { cwd })).stdout).toContain("✔ psp/webhook resumed: generation 1\n");
  });

  test("pressed twice ends the process at once, by the signal", async () => {
    const cwd = await localProject({ "psp/webhook": generated });
    holdLock(join(cwd, "secrets.sops.yaml"));
    const { signal, stdout } = await holdfast(["rotate", "--json"], {
      cwd,
      started: (child) => child.stdout?.on("data", () => void child.kill("SIGINT")),
    });
    expect(signal).toBe("SIGINT");
    expect(stdout).toMatch(/\{"holdfast":1,"event":"stopping"\}\n$/u);
  });
});

/** The lock of a process that writes the store and takes its time: whoever wants to write waits. */
function holdLock(file: string): void {
  mkdirSync(`${file}.lock`);
  const later = new Date(Date.now() + 3_600_000);
  utimesSync(`${file}.lock`, later, later);
}
