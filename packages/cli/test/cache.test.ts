import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { beforeAll, describe, expect, test } from "vitest";

import { cacheFolder } from "../src/files/cache-folder.ts";
import { buildIfStale, command, holdfast, temporaryFolder, write } from "./built-command.ts";
import { generated, localProject, valuesIn } from "./local-project.ts";

beforeAll(buildIfStale);

/** The built command keeps a cache; the sources, which may change between two runs, do not. */
const isBuilt = command[1]?.endsWith("holdfast.js") ?? false;

describe("the folder of the cache", () => {
  test("is made below XDG_CACHE_HOME, for this user alone", () => {
    const root = temporaryFolder();
    const folder = cacheFolder({ XDG_CACHE_HOME: root });
    expect(folder).toBe(join(root, "holdfast", "command"));
    expect(statSync(folder ?? "").mode & 0o777).toBe(0o700);
  });

  test("is none with HOLDFAST_CACHE=off, with a relative path, and where none can be made", () => {
    const root = temporaryFolder();
    writeFileSync(join(root, "file"), "");
    expect(cacheFolder({ HOLDFAST_CACHE: "off", XDG_CACHE_HOME: root })).toBeUndefined();
    expect(cacheFolder({ HOLDFAST_CACHE: "somewhere" })).toBeUndefined();
    expect(cacheFolder({ HOLDFAST_CACHE: join(root, "file", "below") })).toBeUndefined();
    expect(readdirSync(root)).toEqual(["file"]);
  });

  test("is none when others may write to it or when it is a link, as what is in it is run", () => {
    const root = temporaryFolder();
    mkdirSync(join(root, "open"));
    chmodSync(join(root, "open"), 0o770);
    mkdirSync(join(root, "mine"), { mode: 0o700 });
    symlinkSync("mine", join(root, "link"));
    expect(cacheFolder({ HOLDFAST_CACHE: join(root, "open") })).toBeUndefined();
    expect(cacheFolder({ HOLDFAST_CACHE: join(root, "link") })).toBeUndefined();
    expect(cacheFolder({ HOLDFAST_CACHE: join(root, "mine") })).toBe(join(root, "mine"));
  });
});

describe.runIf(isBuilt)("a policy that was read before", () => {
  test("is taken from the cache, and not once a character of it has changed", async () => {
    const [cwd, cache] = [await localProject({ session: generated }), join(temporaryFolder(), "cache")];
    const env = { HOLDFAST_CACHE: cache };
    const first = await holdfast(["status"], { cwd, env });
    expect(readdirSync(join(cache, "policies")).length).toBe(1);
    expect(await holdfast(["status"], { cwd, env })).toEqual(first);
    const policy = readFileSync(join(cwd, "holdfast.yaml"), "utf8");
    write(cwd, { "holdfast.yaml": policy.replace('"session"', '"other"') });
    expect((await holdfast(["status"], { cwd, env })).stdout).toContain("other");
    write(cwd, { "holdfast.yaml": policy.replace('"30d"', '"30"') });
    const { code, stderr } = await holdfast(["status"], { cwd, env });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("expected a duration with its unit") as string });
  });

  test("is read again when its cache was damaged", async () => {
    const [cwd, cache] = [await localProject({ session: generated }), join(temporaryFolder(), "cache")];
    const env = { HOLDFAST_CACHE: cache };
    const first = await holdfast(["status"], { cwd, env });
    for (const name of readdirSync(join(cache, "policies"))) writeFileSync(join(cache, "policies", name), "{");
    expect(await holdfast(["status"], { cwd, env })).toEqual(first);
  });

  test("leaves no value in the cache", async () => {
    const [cwd, cache] = [await localProject({ session: { ...generated, env: "SESSION_KEY" } }), join(temporaryFolder(), "cache")];
    const env = { HOLDFAST_CACHE: cache };
    await holdfast(["rotate"], { cwd, env });
    expect((await holdfast(["exec", "--", "true"], { cwd, env })).code).toBe(0);
    const [value] = await valuesIn(cwd, "session");
    const texts = readdirSync(cache, { recursive: true, encoding: "utf8" })
      .map((name) => join(cache, name))
      .filter((file) => statSync(file).isFile())
      .map((file) => readFileSync(file, "latin1"));
    expect(texts.length).toBeGreaterThan(0);
    expect(texts.filter((text) => text.includes(value ?? ""))).toEqual([]);
  });

  test("is not needed: with HOLDFAST_CACHE=off everything is the same, and no folder is made", async () => {
    const [cwd, home] = [await localProject({ session: generated }), temporaryFolder()];
    const { code } = await holdfast(["status"], { cwd, env: { HOLDFAST_CACHE: "off", HOME: home } });
    expect({ code, made: existsSync(join(home, ".cache")) }).toEqual({ code: 1, made: false });
  });
});
