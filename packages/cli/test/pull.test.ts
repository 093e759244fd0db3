import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { loadPolicy } from "@holdfast/policy";
import { Secret } from "@holdfast/rotation";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";

import { openStore } from "../../rotation/src/stores/open-store.ts";
import { buildIfStale, holdfast, inTerminal } from "./built-command.ts";
import { localProject } from "./local-project.ts";

beforeAll(buildIfStale);

const awkward = {
  A: "with space",
  B: 'double "quotes" and $dollar',
  C: "it's",
  D: "two\nlines",
  E: "#hash é€",
  F: "yes",
  G: "0123",
  H: "- a: b",
};

/** A project whose store holds these values, written as any program writes them. */
async function projectWith(values: Readonly<Record<string, string>>): Promise<string> {
  const cwd = await localProject(Object.fromEntries(Object.keys(values).map((env) => [env.toLowerCase(), { env }])));
  const { directory, policy } = loadPolicy(join(cwd, "holdfast.yaml"));
  const store = await openStore(policy.stores[0]!, { directory, env: process.env });
  for (const [env, value] of Object.entries(values)) await store.write(env.toLowerCase(), { value: Secret.of(value) }, "absent");
  await store.close();
  return cwd;
}

describe("every format gives each value back as it was", () => {
  test("dotenv to node --env-file", async () => {
    const cwd = await projectWith(awkward);
    expect((await holdfast(["pull", "--output", ".env"], { cwd })).code).toBe(0);
    const { stdout } = spawnSync(process.execPath, ["--env-file=.env", "-p", "JSON.stringify(process.env)"], { cwd, encoding: "utf8" });
    expect(JSON.parse(stdout)).toMatchObject(awkward);
  });

  test("dotenv to a POSIX shell", async () => {
    const cwd = await projectWith(awkward);
    await holdfast(["pull", "--output", ".env"], { cwd });
    const script = "set -a; . ./.env; exec \"$0\" -p 'JSON.stringify(process.env)'";
    const { stdout } = spawnSync("sh", ["-c", script, process.execPath], { cwd, encoding: "utf8" });
    expect(JSON.parse(stdout)).toMatchObject(awkward);
  });

  test("json", async () => {
    const cwd = await projectWith(awkward);
    expect(JSON.parse((await holdfast(["pull", "--format", "json"], { cwd })).stdout)).toEqual(awkward);
  });

  test("yaml", async () => {
    const cwd = await projectWith(awkward);
    expect(parse((await holdfast(["pull", "--format", "yaml"], { cwd })).stdout)).toEqual(awkward);
  });

  test("k8s, as a Secret with a name that Kubernetes takes", async () => {
    const cwd = await projectWith(awkward);
    const { stdout } = await holdfast(["pull", "--format", "k8s", "--name", "my-app"], { cwd });
    const manifest = parse(stdout) as { metadata: object; data: Record<string, string> };
    expect(manifest).toMatchObject({ apiVersion: "v1", kind: "Secret", metadata: { name: "my-app" }, type: "Opaque" });
    expect(Object.fromEntries(Object.entries(manifest.data).map(([name, data]) => [name, Buffer.from(data, "base64").toString()]))).toEqual(
      awkward,
    );
    const unnamed = parse((await holdfast(["pull", "--format", "k8s"], { cwd })).stdout) as { metadata: { name: string } };
    expect(unnamed.metadata.name).toMatch(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/u);
  });
});

describe("what is pulled", () => {
  test("is all secrets with an env name, or those that are named", async () => {
    const cwd = await projectWith({ FIRST: "1", SECOND: "2" });
    expect(await holdfast(["pull"], { cwd })).toEqual({ code: 0, signal: null, stdout: "FIRST=1\nSECOND=2\n", stderr: "" });
    expect((await holdfast(["pull", "second"], { cwd })).stdout).toBe("SECOND=2\n");
  });

  test("is nothing when one name is unknown", async () => {
    const cwd = await projectWith({ FIRST: "1" });
    const { code, stdout, stderr } = await holdfast(["pull", "first", "thrid"], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^holdfast: .*holdfast\.yaml has no secret "thrid"\. Nothing was read\. It has first\.\n$/u);
  });

  test("is nothing when one value is missing", async () => {
    const cwd = await localProject({ first: { env: "FIRST" } });
    const { code, stdout } = await holdfast(["pull"], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  test("is nothing when a value cannot be written without changing it", async () => {
    const cwd = await projectWith({ KEY: `it's "$both"` });
    const { code, stderr } = await holdfast(["pull", "--output", ".env"], { cwd });
    expect({ code, files: readdirSync(cwd).includes(".env") }).toEqual({ code: 2, files: false });
    expect(stderr).toMatch(
      /^holdfast: The value of KEY holds characters that programs reading dotenv files disagree about\. Nothing was written\./u,
    );
    expect(stderr).not.toContain("both");
  });
});

describe("--output", () => {
  test("makes a file of mode 0600 whatever the umask, and leaves nothing else", async () => {
    const cwd = await projectWith({ FIRST: "1" });
    const before = readdirSync(cwd);
    const { stdout, stderr } = await holdfast(["pull", "--output", ".env"], { cwd });
    expect({ stdout, stderr }).toEqual({ stdout: "", stderr: "1 secret in the clear in .env, which only you can read (mode 0600).\n" });
    expect(statSync(join(cwd, ".env")).mode & 0o777).toBe(0o600);
    expect(readdirSync(cwd).filter((name) => !before.includes(name) && name !== ".holdfast")).toEqual([".env"]);
  });

  test("replaces a file as a whole and takes away what others could read of it", async () => {
    const cwd = await projectWith({ FIRST: "1" });
    writeFileSync(join(cwd, ".env"), "OLD=1\n".repeat(100), { mode: 0o644 });
    expect((await holdfast(["pull", "--output", ".env"], { cwd })).code).toBe(0);
    expect(readFileSync(join(cwd, ".env"), "utf8")).toBe("FIRST=1\n");
    expect(statSync(join(cwd, ".env")).mode & 0o777).toBe(0o600);
  });

  test("replaces a link itself: the file behind it, which others may read, stays as it was", async () => {
    const cwd = await projectWith({ FIRST: "1" });
    writeFileSync(join(cwd, "shared"), "shared");
    symlinkSync("shared", join(cwd, ".env"));
    expect((await holdfast(["pull", "--output", ".env"], { cwd })).code).toBe(0);
    expect(readFileSync(join(cwd, "shared"), "utf8")).toBe("shared");
  });

  test.each([
    ["a folder", "folder", "it is a folder"],
    ["a folder that is missing", "no/such/.env", "it or its folder does not exist"],
  ])("that cannot be written (%s) ends with 2 and changes nothing", async (_name, target, reason) => {
    const cwd = await projectWith({ FIRST: "1" });
    mkdirSync(join(cwd, "folder"));
    const { code, stderr } = await holdfast(["pull", "--output", target], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain(`${target} could not be written: ${reason}. What was there before is unchanged.`);
  });

  test("in a folder where we may not write ends with 2", async () => {
    const cwd = await projectWith({ FIRST: "1" });
    chmodSync(cwd, 0o755);
    mkdirSync(join(cwd, "closed"), { mode: 0o555 });
    mkdirSync(join(cwd, ".holdfast"), { mode: 0o777 });
    chmodSync(join(cwd, ".holdfast"), 0o777);
    const { code, stderr } = await holdfast(["pull", "--output", "closed/.env"], { cwd, rights: "ordinary" });
    expect(code).toBe(2);
    expect(stderr).toContain("closed/.env could not be written: permission denied. What was there before is unchanged.");
  });
});

test("on a terminal the values are printed, with a word about where they are now", async () => {
  const cwd = await projectWith({ FIRST: "1" });
  const { output } = await inTerminal(["pull"], { cwd });
  expect(output).toBe(
    "FIRST=1\nholdfast: these values are now in the history of this terminal; --output writes them to a file that only you can read.\n",
  );
});
