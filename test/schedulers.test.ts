import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire, registerHooks } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { CronJob } from "kubernetes-models/batch/v1/CronJob";
import { Job } from "kubernetes-models/batch/v1/Job";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";

import { root } from "./documents.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-schedulers-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const textOf = (name: string): string => readFileSync(join(root, "examples", "schedulers", name), "utf8");

// GitHub's parser imports its own JSON as bundlers let it.
registerHooks({
  load: (url, context, next) => next(url, url.endsWith(".json") ? { ...context, importAttributes: { type: "json" } } : context),
});
const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = await import("@actions/workflow-parser");

describe("the example for GitHub Actions", () => {
  const errorsIn = async (content: string): Promise<string[]> => {
    const { context, value } = parseWorkflow({ name: "rotate.yml", content }, new NoOperationTraceWriter());
    if (value) await convertWorkflowTemplate(context, value);
    return context.errors.getErrors().map(({ message }) => message);
  };

  it("is a workflow", async () => expect(await errorsIn(textOf("github-actions.yml"))).toEqual([]));

  it("would not be one with a wrong key", async () =>
    expect(await errorsIn(textOf("github-actions.yml").replace("fail-fast:", "fail-quick:"))).not.toEqual([]));
});

describe("the example for GitLab CI", () => {
  const check = (content: string) => {
    const project = mkdtempSync(join(folder, "gitlab-"));
    writeFileSync(join(project, ".gitlab-ci.yml"), content);
    execFileSync("git", ["init", "--quiet", project]);
    execFileSync("git", ["-C", project, "remote", "add", "origin", "git@gitlab.example:team/project.git"]);
    const command = createRequire(import.meta.url).resolve("gitlab-ci-local/dist/index.js");
    const { status, stderr } = spawnSync(process.execPath, [command, "--list"], {
      cwd: project,
      encoding: "utf8",
      env: { PATH: process.env["PATH"], HOME: project, CI_PIPELINE_SOURCE: "schedule" },
    });
    return { status, stderr };
  };

  it("is a pipeline", () => expect(check(textOf("gitlab-ci.yml"))).toMatchObject({ status: 0 }));

  it("would not be one with a wrong value", () =>
    expect(check(textOf("gitlab-ci.yml").replace("when: always", "when: sometimes")).status).not.toBe(0));
});

describe("the examples for Kubernetes", () => {
  it("are a CronJob and a Job of its API", () => {
    new CronJob(parse(textOf("kubernetes-cronjob.yaml"))).validate();
    new Job(parse(textOf("kubernetes-indexed-job.yaml"))).validate();
  });

  it("would not be with a wrong value", () => {
    const job = textOf("kubernetes-indexed-job.yaml").replace("completions: 100", "completions: all");
    expect(() => new Job(parse(job)).validate()).toThrow(/completions/u);
  });

  it("give every index a shard, and no more", () => {
    const { spec } = parse(textOf("kubernetes-indexed-job.yaml")) as {
      spec: { completions: number; template: { spec: { containers: { command: string[] }[] } } };
    };
    expect(spec.template.spec.containers[0]?.command.at(-1)).toContain(`--shard "$((JOB_COMPLETION_INDEX + 1))/${spec.completions}"`);
  });
});

describe("the examples for systemd", () => {
  const isInstalled = spawnSync("systemd-analyze", ["--version"]).status === 0;

  it.runIf(isInstalled)("are units", () => {
    const units = ["holdfast-rotate.service", "holdfast-rotate.timer"].map((name) => {
      copyFileSync(join(root, "examples", "schedulers", name), join(folder, name));
      return join(folder, name);
    });
    const { status, stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", ...units], { encoding: "utf8" });
    expect({ status, stderr: stderr.split("\n").filter((line) => line.includes("holdfast-rotate")) }).toEqual({ status: 0, stderr: [] });
  });
});
