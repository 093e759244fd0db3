import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parsePolicy } from "@holdfast/policy";
import { beforeAll, describe, expect, test } from "vitest";

import { withSecrets } from "../src/import/add-secrets.ts";
import { buildIfStale, holdfast, inTerminal, temporaryFolder, write } from "./built-command.ts";
import { expectNowhere, outputs, talkative, textsBelow } from "./canary.ts";
import { changePolicy, generated, localProject, valuesIn } from "./local-project.ts";

beforeAll(buildIfStale);

const page = readFileSync(new URL("../../../docs/migrate-from-env.md", import.meta.url), "utf8");
const apiKey = ["sk", "live", "q8ZrT2mXw5"].join("_");

async function initialised(env: string): Promise<string> {
  const cwd = temporaryFolder();
  expect((await holdfast(["init"], { cwd })).code).toBe(0);
  write(cwd, { ".env": env });
  return cwd;
}

test("the page on moving from a .env file says what happens", async () => {
  const example = /<!-- example: \.env -->\n\n```sh\n([\s\S]*?)```/u.exec(page)?.[1] ?? "";
  const cwd = await initialised(example);
  const { code, stdout } = await holdfast(["import", ".env", "--yes"], { cwd });
  expect(code).toBe(0);
  expect(page).toContain(stdout);
  const print = [process.execPath, "-p", "[process.env.PSP_API_KEY, process.env.SESSION_SIGNING_KEY].join()"];
  expect((await holdfast(["exec", "--pristine", "--", ...print], { cwd })).stdout).toBe("example-key-of-the-psp,example-signing-key\n");
});

describe("import", () => {
  test("shows no value, leaves none in any file but the .env, and finds nothing to do the second time", async () => {
    const cwd = await initialised(`export PSP_API_KEY="${apiKey}" # ours\nEMPTY_TOKEN=\n`);
    const first = await holdfast(["import", ".env", "--yes"], { cwd, env: talkative });
    const policy = readFileSync(join(cwd, "holdfast.yaml"), "utf8");
    const second = await holdfast(["import", ".env", "--yes"], { cwd, env: talkative });
    expect([first.code, second.code]).toEqual([0, 0]);
    expect(second.stdout).toContain("is in the store already");
    expect(second.stdout).toMatch(/✔ Nothing had to be written\.\n$/u);
    expect(readFileSync(join(cwd, "holdfast.yaml"), "utf8")).toBe(policy);
    expect(await valuesIn(cwd, "psp/api-key")).toEqual([apiKey]);
    expectNowhere([apiKey], [...outputs([first, second]), ...textsBelow(cwd).filter(([file]) => !file.endsWith("/.env"))]);
  });

  test("writes nothing unless somebody agrees", async () => {
    const cwd = await initialised(`PSP_API_KEY=${apiKey}\n`);
    const before = readFileSync(join(cwd, "holdfast.yaml"), "utf8");
    const { code, stderr } = await holdfast(["import", ".env"], { cwd });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: "holdfast: Nobody agreed to this. Nothing was written. Answer y on a terminal, or use --yes.\n",
    });
    const refused = await inTerminal(["import", ".env"], { cwd, onOutput: answering("n\r") });
    expect(refused.code).toBe(2);
    const inCi = await inTerminal(["import", ".env"], { cwd, env: { CI: "true" } });
    expect(inCi.code).toBe(2);
    expect(readFileSync(join(cwd, "holdfast.yaml"), "utf8")).toBe(before);
    expect(existsSync(join(cwd, ".holdfast", "audit"))).toBe(false);
    const agreed = await inTerminal(["import", ".env"], { cwd, onOutput: answering("y\r") });
    expect(agreed.code).toBe(0);
    expect(agreed.output).not.toContain(apiKey);
    expect(await valuesIn(cwd, "psp/api-key")).toEqual([apiKey]);
  });

  test("says that it would replace a value, and leaves out what a rotator makes", async () => {
    const cwd = await localProject({ session: { ...generated, env: "SESSION_SECRET" }, key: { env: "PSP_API_KEY" } });
    await holdfast(["set", "key"], { cwd, input: "another" });
    write(cwd, { ".env": `SESSION_SECRET=mine\nPSP_API_KEY=${apiKey}\n` });
    const { stdout } = await holdfast(["import", ".env", "--yes"], { cwd });
    expect(stdout).toMatch(/PSP_API_KEY +key +local:key +REPLACES another value in the store\n/u);
    expect(stdout).toMatch(/SESSION_SECRET +session +local:session +is left out: Holdfast makes its values\n/u);
    expect(await valuesIn(cwd, "key")).toEqual([apiKey]);
  });

  test("--json tells a program what was done", async () => {
    const cwd = await localProject({ other: {} });
    write(cwd, { ".env": `PORT=1\nPSP_API_KEY=${apiKey}\n` });
    const { stdout } = await holdfast(["import", ".env", "--yes", "--json", "--prefix", "pay"], { cwd });
    expect(JSON.parse(stdout)).toEqual({
      holdfast: 1,
      secrets: [{ variable: "PSP_API_KEY", secret: "pay/psp-api-key", store: "local", path: "pay/psp-api-key", result: "new" }],
      left: ["PORT"],
    });
  });

  test.each<[string, string[], string, RegExp]>([
    [
      "a file that is not there",
      ["import", "no.env"],
      "",
      /no\.env could not be read: it or its folder does not exist\. Nothing was written\./u,
    ],
    [
      "a variable that is not there",
      ["import", ".env", "NOPE"],
      "A=1\n",
      /\.env has no value for "NOPE"\. Nothing was written\. It has A\./u,
    ],
    [
      "a store that is not there",
      ["import", ".env", "--all", "--store", "x"],
      "A=1\n",
      /has no store "x"\. Nothing was written\. Name one with --store: local\./u,
    ],
    [
      "a name that is taken",
      ["import", ".env", "--all"],
      "OTHER=1\n",
      /OTHER would be the secret other, which there is already\. Nothing was written\./u,
    ],
  ])("of %s ends with 2 and writes nothing", async (_what, args, env, expected) => {
    const cwd = await localProject({ other: {} });
    write(cwd, { ".env": env });
    const before = readFileSync(join(cwd, "holdfast.yaml"), "utf8");
    const { code, stderr } = await holdfast([...args, "--yes"], { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(expected);
    expect(readFileSync(join(cwd, "holdfast.yaml"), "utf8")).toBe(before);
  });

  test("asks for the store when there are several", async () => {
    const cwd = await localProject({ other: {} });
    changePolicy(cwd, (text) => {
      const policy = JSON.parse(text) as { stores: Record<string, object> };
      return JSON.stringify({ ...policy, stores: { ...policy.stores, second: { kind: "vault", address: "https://vault.example" } } });
    });
    write(cwd, { ".env": "A=1\n" });
    expect((await holdfast(["import", ".env", "--all", "--yes"], { cwd })).stderr).toMatch(/has 2 stores\. .*--store: local, second\./u);
  });
});

describe("secrets are added to a holdfast.yaml", () => {
  const added = [{ name: "new/one", store: "local", path: "new/one", env: "NEW_ONE" }];
  const entry = (indent: string) =>
    ["new/one:", "  store: local", "  path: new/one", "  env: NEW_ONE", ""].map((line) => line && indent + line).join("\n");

  test.each<[string, string, string]>([
    [
      "at the end of the file",
      "version: 1\nsecrets:\n  a: # why\n    store: local\n    path: a # here\n",
      `version: 1\nsecrets:\n  a: # why\n    store: local\n    path: a # here\n${entry("  ")}`,
    ],
    [
      "before the next section",
      "secrets:\n    a: { store: local, path: a }\n\n# of the log\naudit:\n  log: x\n",
      `secrets:\n    a: { store: local, path: a }\n${entry("    ")}\n# of the log\naudit:\n  log: x\n`,
    ],
    [
      "without a newline at the end",
      "secrets:\n  a: { store: local, path: a }",
      `secrets:\n  a: { store: local, path: a }\n${entry("  ")}`,
    ],
    ["that has none", "version: 1 # first\n\n", `version: 1 # first\n\nsecrets:\n${entry("  ")}`],
  ])("%s, and the rest keeps its characters", (_where, before, after) => {
    expect(withSecrets(before, added)).toBe(after);
  });

  test("in one line, which stays right", () => {
    const text = withSecrets(
      '{ "version": 1, "stores": { "local": { "kind": "vault", "address": "https://v.example" } }, "secrets": {} }',
      added,
    );
    expect(parsePolicy(text).policy?.secrets.map(({ name, env }) => [name, env])).toEqual([["new/one", "NEW_ONE"]]);
  });
});

/** Answers the question once. */
function answering(answer: string): (output: string) => string | undefined {
  let done = false;
  return (output) => {
    if (done || !output.includes("[y/N]")) return undefined;
    done = true;
    return answer;
  };
}
