import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Verification } from "@holdfast/audit";
import { beforeAll, describe, expect, test } from "vitest";

import { buildIfStale, holdfast } from "./built-command.ts";
import { changePolicy, generated, localProject } from "./local-project.ts";

beforeAll(buildIfStale);

async function projectWithLog(): Promise<{ cwd: string; log: string }> {
  const cwd = await localProject({ "psp/webhook": { ...generated, env: "PSP_WEBHOOK_SECRET" } });
  await holdfast(["rotate"], { cwd });
  return { cwd, log: join(cwd, ".holdfast", "audit") };
}

function edit(log: string, change: (lines: string[]) => string[]): void {
  const file = join(log, "records.jsonl");
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  writeFileSync(file, `${change(lines).join("\n")}\n`);
}

describe("audit verify", () => {
  test("ends with 0 for a log as it was written, and says what it could not have noticed", async () => {
    const { cwd } = await projectWithLog();
    const { code, stdout, stderr } = await holdfast(["audit", "verify"], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^✔ \d+ records, all of them signed, are as written\.\n {2}Checked with the key on this machine/u);
    expect(stdout).toContain("Not compared with anything outside the log");
  });

  test.each<[string, (lines: string[]) => string[], string]>([
    ["a changed record", (lines) => lines.with(2, lines[2]!.replace("psp/webhook", "psp/webhooc")), "edited"],
    ["a removed record", (lines) => lines.toSpliced(2, 1), "removed"],
    ["two records in another order", (lines) => lines.with(2, lines[3]!).with(3, lines[2]!), "reordered"],
    ["a cut end", (lines) => lines.slice(0, 4), "truncated"],
  ])("finds %s, shows the record, and ends with 5", async (_name, change, finding) => {
    const { cwd, log } = await projectWithLog();
    edit(log, change);
    const { code, stdout } = await holdfast(["audit", "verify"], { cwd });
    expect(code).toBe(5);
    expect(stdout).toMatch(new RegExp(`^error ${finding} line \\d+\n  `, "mu"));
    if (finding !== "truncated") expect(stdout).toMatch(/^ {2}record \d+ {2}\d{4}-.* {2}(?:intent|outcome) {2}/mu);
    expect(stdout).toMatch(/✖ \d+ errors? in \d+ records: .* is not what was signed\./u);
    const verification = JSON.parse((await holdfast(["audit", "verify", "--json"], { cwd })).stdout) as Verification;
    expect(verification.ok).toBe(false);
    expect(verification.findings.map(({ code }) => code)).toContain(finding);
  });

  test("reads a copy with --log", async () => {
    const { cwd, log } = await projectWithLog();
    cpSync(log, join(cwd, "copy"), { recursive: true });
    edit(join(cwd, "copy"), (lines) => lines.toSpliced(1, 1));
    expect((await holdfast(["audit", "verify", "--log", "copy"], { cwd })).code).toBe(5);
    expect((await holdfast(["audit", "verify"], { cwd })).code).toBe(0);
  });

  test("ends with 5 when there is no log or no key to check it with", async () => {
    const { cwd, log } = await projectWithLog();
    rmSync(log, { recursive: true });
    const missing = await holdfast(["audit", "verify"], { cwd });
    expect(missing.code).toBe(5);
    expect(missing.stdout).toContain("error missing");
    rmSync(join(cwd, ".holdfast"), { recursive: true });
    const keyless = await holdfast(["audit", "verify"], { cwd });
    expect(keyless.code).toBe(5);
    expect(keyless.stderr).toMatch(/^holdfast: There is no key to verify the audit log with/u);
  });

  test("trusts the keys of the policy and no other", async () => {
    const { cwd, log } = await projectWithLog();
    const trust = readFileSync(join(log, "verifier.pub"), "utf8").trim();
    changePolicy(cwd, (text) => JSON.stringify({ ...(JSON.parse(text) as object), audit: { trust: [trust] } }));
    expect((await holdfast(["audit", "verify"], { cwd })).stdout).not.toContain("Checked with the key on this machine");
    const { log: other } = await projectWithLog();
    expect((await holdfast(["audit", "verify", "--log", other], { cwd })).code).toBe(5);
  });
});

describe("a log that was changed", () => {
  test("stops a rotation before it does anything, with exit code 5", async () => {
    const { cwd, log } = await projectWithLog();
    edit(log, (lines) => lines.slice(0, 4));
    const store = readFileSync(join(cwd, "secrets.sops.yaml"));
    const { code, stdout } = await holdfast(["rotate", "--force", "psp/webhook"], { cwd });
    expect(code).toBe(5);
    expect(stdout).toMatch(/^✖ psp\/webhook: /u);
    expect(readFileSync(join(cwd, "secrets.sops.yaml")).equals(store)).toBe(true);
  });

  test("hands out no value", async () => {
    const { cwd, log } = await projectWithLog();
    edit(log, (lines) => lines.slice(0, 4));
    expect(await holdfast(["pull"], { cwd })).toMatchObject({ code: 5, stdout: "" });
    expect((await holdfast(["exec", "--", "true"], { cwd })).code).toBe(5);
  });
});

describe("audit show", () => {
  test("prints a line a record, and with --json the records themselves", async () => {
    const { cwd, log } = await projectWithLog();
    await holdfast(["pull"], { cwd });
    const { code, stdout } = await holdfast(["audit", "show"], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^# .*TIME .*WHO .*WHAT .*SECRET .*GEN .*RESULT$/mu);
    expect(stdout).toMatch(/^0 .* prepare .* psp\/webhook {2}1 /mu);
    expect(stdout).toMatch(/^\d+ .* read .* psp\/webhook {2}1$/mu);
    const json = (await holdfast(["audit", "show", "--json"], { cwd })).stdout;
    expect(json).toBe(readFileSync(join(log, "records.jsonl"), "utf8"));
  });

  test("--secret leaves out the others", async () => {
    const { cwd } = await projectWithLog();
    const { stdout, stderr } = await holdfast(["audit", "show", "--secret", "other"], { cwd });
    expect({ stdout, stderr }).toEqual({ stdout: "The audit log has no record of other.\n", stderr: "" });
  });

  test("of no log says that there is none yet", async () => {
    const cwd = await localProject({ "psp/webhook": generated });
    const { code, stdout } = await holdfast(["audit", "show"], { cwd });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "There is no audit log yet: the first rotation or read begins it.\n" });
  });
});
