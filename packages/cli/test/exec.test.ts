import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { loadPolicy } from "@holdfast/policy";
import { Secret } from "@holdfast/rotation";
import { beforeAll, describe, expect, test } from "vitest";

import { openStore } from "../../rotation/src/stores/open-store.ts";
import { buildIfStale, command, holdfast, inTerminal } from "./built-command.ts";
import { generated, localProject, valuesIn } from "./local-project.ts";

beforeAll(buildIfStale);

const secrets = {
  "psp/webhook": { ...generated, env: "PSP_WEBHOOK_SECRET" },
  session: { ...generated, env: "SESSION_KEY" },
  "not/for-programs": generated,
};

async function rotatedProject(): Promise<string> {
  const cwd = await localProject(secrets);
  await holdfast(["rotate"], { cwd });
  return cwd;
}

const node = process.execPath;
const printEnvironment = [node, "-p", "JSON.stringify(process.env)"];

describe("the program", () => {
  test("gets the secrets beside the environment of the shell", async () => {
    const cwd = await rotatedProject();
    const { code, stdout, stderr } = await holdfast(["exec", "--", ...printEnvironment], {
      cwd,
      env: { MINE: "kept", SESSION_KEY: "old" },
    });
    const environment = JSON.parse(stdout) as NodeJS.ProcessEnv;
    const [webhook, session] = await valuesIn(cwd, "psp/webhook", "session");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(environment).toMatchObject({ MINE: "kept", PSP_WEBHOOK_SECRET: webhook, SESSION_KEY: session });
  });

  test("gets with --pristine nothing else but PATH, HOME and TERM", async () => {
    const cwd = await rotatedProject();
    const { stdout } = await holdfast(["exec", "--pristine", "--", ...printEnvironment], { cwd, env: { MINE: "kept", TERM: "xterm" } });
    expect(Object.keys(JSON.parse(stdout) as object).toSorted()).toEqual(["HOME", "PATH", "PSP_WEBHOOK_SECRET", "SESSION_KEY", "TERM"]);
  });

  test("gets its arguments as they are: no shell reads them", async () => {
    const cwd = await rotatedProject();
    const args = ["$HOME", "*", "a b", "--policy", "x", "`id`", ";", "--"];
    const { stdout } = await holdfast(["exec", node, "-p", "JSON.stringify(process.argv.slice(1))", "--", ...args], { cwd });
    expect(JSON.parse(stdout)).toEqual(args);
  });

  test("reads our standard input", async () => {
    const cwd = await rotatedProject();
    const [program, ...first] = command;
    const { stdout } = spawnSync(program, [...first, "exec", "--", "cat"], { cwd, input: "from the pipe", encoding: "utf8" });
    expect(stdout).toBe("from the pipe");
  });

  test("has the terminal that we have", async () => {
    const cwd = await rotatedProject();
    const script = "console.log([process.stdin, process.stdout, process.stderr].map((stream) => stream.isTTY === true).join())";
    expect((await inTerminal(["exec", "--", node, "-e", script], { cwd })).output.trim()).toBe("true,true,true");
  });
});

describe("the end", () => {
  test.each([0, 1, 7, 255])("is the program's exit code %i", async (code) => {
    expect(await holdfast(["exec", "--", "sh", "-c", `exit ${code}`], { cwd: await rotatedProject() })).toMatchObject({
      code,
      signal: null,
    });
  });

  test.each(["SIGTERM", "SIGINT", "SIGHUP", "SIGKILL"] as const)("is by %s when that ended the program", async (signal) => {
    const name = signal.slice(3);
    expect(await holdfast(["exec", "--", "sh", "-c", `kill -${name} $$`], { cwd: await rotatedProject() })).toMatchObject({
      code: null,
      signal,
    });
  });

  test("is 128 and the number for signals that would write a core file, which would hold the secrets", async () => {
    expect(await holdfast(["exec", "--", "sh", "-c", "kill -QUIT $$"], { cwd: await rotatedProject() })).toMatchObject({
      code: 131,
      signal: null,
    });
  });

  test.each(["SIGTERM", "SIGINT", "SIGHUP", "SIGUSR1", "SIGUSR2"] as const)("%s is passed on, and the program decides", async (signal) => {
    const script = `process.on("${signal}", () => { console.log("got it"); process.exit(5); }); console.log("ready"); setInterval(() => {}, 1000)`;
    const ran = await holdfast(["exec", "--", node, "-e", script], {
      cwd: await rotatedProject(),
      started: (child) => child.stdout?.once("data", () => void child.kill(signal)),
    });
    expect(ran).toMatchObject({ code: 5, signal: null, stdout: "ready\ngot it\n" });
  });

  test("of holdfast by SIGKILL cannot be passed on, so the program sees its parent go", async () => {
    const cwd = await rotatedProject();
    const script = `console.log(process.pid); const parent = process.ppid; setInterval(() => process.ppid === parent || process.exit(), 20)`;
    const ran = await holdfast(["exec", "--", node, "-e", script], {
      cwd,
      started: (child) => child.stdout?.once("data", () => void child.kill("SIGKILL")),
    });
    expect(ran).toMatchObject({ code: null, signal: "SIGKILL" });
  });
});

describe("the program is not started", () => {
  const touch = ["sh", "-c", "touch started"];

  test("when a secret has no value", async () => {
    const cwd = await localProject(secrets);
    await holdfast(["rotate", "session"], { cwd });
    const { code, stdout, stderr } = await holdfast(["exec", "--", ...touch], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(
      /^holdfast: The store local holds no value of psp\/webhook at psp\/webhook\. .*The program was not started\.\n$/u,
    );
    expect(existsSync(join(cwd, "started"))).toBe(false);
  });

  test("when the store was damaged", async () => {
    const cwd = await rotatedProject();
    const file = join(cwd, "secrets.sops.yaml");
    writeFileSync(
      file,
      readFileSync(file, "utf8")
        .replace(/data:./u, "data:A")
        .replace(/iv:./u, "iv:B"),
    );
    const { code, stderr } = await holdfast(["exec", "--", ...touch], { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^holdfast: .*secrets\.sops\.yaml.* The program was not started\.\n$/u);
    expect(existsSync(join(cwd, "started"))).toBe(false);
  });

  test("when the key cannot be read by us only", async () => {
    const cwd = await rotatedProject();
    spawnSync("chmod", ["644", join(cwd, "age.txt")]);
    const { code, stderr } = await holdfast(["exec", "--", ...touch], { cwd });
    expect(code).toBe(6);
    expect(stderr).toMatch(/has mode 0644: other users can read it.* The program was not started\.\n$/u);
    expect(existsSync(join(cwd, "started"))).toBe(false);
  });

  test("when no secret has an env name", async () => {
    const cwd = await localProject({ session: generated });
    const { code, stderr } = await holdfast(["exec", "--", ...touch], { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^holdfast: No secret of .*holdfast\.yaml has an `env` name\. The program was not started\. Add for example/u);
  });

  test("when a value holds a NUL character, which is not shown", async () => {
    const cwd = await rotatedProject();
    const { directory, policy } = loadPolicy(join(cwd, "holdfast.yaml"));
    const store = await openStore(policy.stores[0]!, { directory, env: process.env });
    const current = await store.read("session");
    await store.write("session", { ...current?.document, value: Secret.of("before\0after") }, current!.version);
    await store.close();
    const { code, stderr } = await holdfast(["exec", "--", ...touch], { cwd });
    expect(code).toBe(2);
    expect(stderr).toBe(
      "holdfast: The value of SESSION_KEY holds a NUL character, which no environment variable can carry. The program was not started. Use holdfast pull --format json for this secret.\n",
    );
    expect(existsSync(join(cwd, "started"))).toBe(false);
  });

  test.each(["child_process", "http,CHILD_PROCESS", "net", "*", "child*"])(
    "when NODE_DEBUG=%s would print the secrets",
    async (NODE_DEBUG) => {
      const cwd = await rotatedProject();
      const { code, stderr } = await holdfast(["exec", "--", ...touch], { cwd, env: { NODE_DEBUG } });
      expect(code).toBe(2);
      expect(stderr).toContain("holdfast: NODE_DEBUG asks Node to print what ");
      for (const value of await valuesIn(cwd, "psp/webhook", "session")) expect(stderr).not.toContain(value);
      expect(existsSync(join(cwd, "started"))).toBe(false);
    },
  );

  test("when there is no such program", async () => {
    const { code, stderr } = await holdfast(["exec", "--", "no-such-program"], { cwd: await rotatedProject() });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^holdfast: no-such-program could not be started: there is no such program\. Nothing was run\./u);
  });
});

test("neither the linter nor the client of a store that is not used is loaded", async () => {
  const cwd = await rotatedProject();
  const log = join(cwd, "loaded.txt");
  const hook = [
    'import { registerHooks } from "node:module"; import { appendFileSync } from "node:fs";',
    `registerHooks({ load(url, context, next) { appendFileSync(${JSON.stringify(log)}, url + "\\n"); return next(url, context); } });`,
  ].join("");
  const [, ...first] = command;
  const child = spawn(node, ["--import", `data:text/javascript,${encodeURIComponent(hook)}`, ...first, "exec", "--", "true"], { cwd });
  expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
  const loaded = readFileSync(log, "utf8").split("\n");
  expect(loaded.some((url) => url.includes("/cli/"))).toBe(true);
  expect(loaded.filter((url) => /eslint|typescript|\/engine\/|vault-kv|node-vault|axios/u.test(url))).toEqual([]);
});
