import { chmod, mkdir, readdir, readFile, rename, symlink, unlink, writeFile } from "node:fs/promises";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { inspect } from "node:util";

import { withOrdinaryRights } from "@holdfast/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Store } from "../../src/roles.ts";
import { openStore } from "../../src/stores/open-store.ts";
import { createSopsFile } from "../../src/stores/sops-file.ts";
import { documentOf, plainOf } from "./plain.ts";
import { makeWorkspace, policyOf, type Workspace } from "./sops-workspace.ts";

const canary = ["canary", randomUUID()].join("-");

let work: Workspace;
beforeEach(async () => {
  work = await makeWorkspace({ executable: "sops" });
});
afterEach(() => work.remove());

const readPlain = async (store: Store, path: string): Promise<unknown> => {
  const found = await store.read(path);
  return found && plainOf(found.document);
};
const failure = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe.each(["secrets.yaml", "secrets.json"])("a store in %s", (file) => {
  it("is empty when there is no file, and reading makes none", async () => {
    const store = await work.open(file);
    expect(await store.read("psp/webhook")).toBeUndefined();
    expect(await store.probe("psp/webhook")).toEqual({ canRead: true, canWrite: true });
    expect(await readdir(work.folder)).not.toContain(file);
  });

  it("refuses to create what exists, and to write over what changed", async () => {
    const store = await work.open(file);
    const first = await store.write("a", documentOf({ value: "one" }), "absent");
    await expect(store.write("a", documentOf({ value: "two" }), "absent")).rejects.toMatchObject({ code: "conflict" });
    await store.write("a", documentOf({ value: "three" }), first.version);
    await expect(store.write("a", documentOf({ value: "four" }), first.version)).rejects.toMatchObject({ code: "conflict" });
    await expect(store.remove("a", first.version)).rejects.toMatchObject({ code: "conflict" });
    await expect(store.write("gone", documentOf({ value: "five" }), first.version)).rejects.toMatchObject({ code: "conflict" });
    expect(await readPlain(store, "a")).toEqual({ value: "three" });
  });

  it("gives another version to the same document written after another one", async () => {
    const store = await work.open(file);
    const one = await store.write("a", documentOf({ value: "one" }), "absent");
    const two = await store.write("a", documentOf({ value: "two" }), one.version);
    const again = await store.write("a", documentOf({ value: "one" }), two.version);
    expect(new Set([one.version, two.version, again.version]).size).toBe(3);
    expect((await store.read("a"))?.version).toBe(again.version);
  });

  it("leaves the file as it is when a document is written that it holds already", async () => {
    const store = await work.open(file);
    const { version } = await store.write("a", documentOf({ value: "one", n: 1 }), "absent");
    const before = await work.text(file);
    expect(await store.write("a", documentOf({ n: 1, value: "one" }), version)).toEqual({ version });
    expect(await work.text(file)).toBe(before);
  });

  it("lets one of many simultaneous writers win, and loses no write to another document", async () => {
    const stores = await Promise.all([work.open(file), work.open(file)]);
    const { version } = await (stores[0] as Store).write("race", documentOf({ value: "start" }), "absent");
    const racing = stores.flatMap((store) => [1, 2].map((n) => store.write("race", documentOf({ value: `${n}` }), version)));
    const apart = stores.flatMap((store, s) =>
      [1, 2, 3].map((n) => store.write(`apart/${s}-${n}`, documentOf({ value: `${n}` }), "absent")),
    );
    const results = await Promise.allSettled(racing);
    await Promise.all(apart);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const path of ["apart/0-1", "apart/0-3", "apart/1-2"])
      expect(await readPlain(stores[0] as Store, path)).toEqual({ value: path.slice(-1) });
  });

  it("writes nothing over a change that another program makes meanwhile", async () => {
    const store = await work.open(file);
    const { version } = await store.write("a", documentOf({ value: "one" }), "absent");
    const before = await work.text(file);
    await store.write("a", documentOf({ value: "two" }), version);
    const after = await work.text(file);
    // Puts another text into the file whenever it sees the temporary file of a write.
    const meddler = spawn(
      process.execPath,
      [
        "-e",
        `const fs = require("fs"); fs.watch(".", (_, name) => { if (name?.endsWith("holdfast-tmp")) fs.writeFileSync(${JSON.stringify(file)}, process.argv[1]); }); console.log("watching");`,
        before,
      ],
      { cwd: work.folder, stdio: ["ignore", "pipe", "inherit"] },
    );
    await new Promise((settle) => meddler.stdout.once("data", settle));
    let conflicts = 0;
    for (let round = 0; round < 20; round += 1) {
      const current = await store.read("a");
      const written = await failure(store.write("a", documentOf({ value: `${round}` }), current?.version ?? "absent"));
      if ((written as { code?: string } | undefined)?.code === "conflict") conflicts += 1;
      expect([`{"value":"${round}"}`, '{"value":"one"}']).toContain(JSON.stringify(await readPlain(store, "a")));
    }
    meddler.kill("SIGKILL");
    expect(conflicts).toBeGreaterThan(0);
    expect(after).not.toBe(before);
  });

  it("changes only the document it writes", async () => {
    const store = await work.open(file);
    for (const path of ["a/one", "a/two", "b"])
      await store.write(path, documentOf({ value: path, list: [path, { deep: path }] }), "absent");
    const read = await store.read("a/two");
    const before = (await work.text(file)).split("\n");
    await store.write("a/two", { ...read?.document, ...documentOf({ value: "new" }) }, read?.version ?? "absent");
    const after = (await work.text(file)).split("\n");
    const changed = after.filter((line, index) => line !== before[index]).map((line) => /(?<key>\w+)"?: /u.exec(line)?.groups?.["key"]);
    expect(changed.filter((key) => key !== "lastmodified")).toEqual(["value", "mac"]);
    expect(after).toHaveLength(before.length);
  });

  it("adds, removes and changes the type of fields", async () => {
    const store = await work.open(file);
    const shapes = [
      { value: "a", b: { c: { d: "x" } }, l: [1, 2] },
      { value: { now: "a map" }, b: { c: "not a map" }, l: [2] },
      { b: {}, l: [] },
      { only: null },
      {},
      { value: [[["deep"]]], last: { x: { y: { z: 0 } } } },
      { last: { x: { y: { z: 0, more: "1" }, w: [{ a: "1", b: "2" }, { c: "3" }] } } },
      { last: { x: { w: [{ a: "1", b: "2" }, { c: "4" }] } }, first: true },
    ];
    let expected: Parameters<Store["write"]>[2] = "absent";
    for (const shape of shapes) {
      expected = (await store.write("deep/down", documentOf(shape), expected)).version;
      await store.write(`beside/${JSON.stringify(expected).length}-${randomUUID()}`, documentOf({ value: "x" }), "absent");
      expect(await readPlain(store, "deep/down")).toEqual(shape);
    }
  });

  it("follows a symbolic link, also one to a file that is not there yet", async () => {
    await mkdir(work.path("elsewhere"));
    await symlink(join("elsewhere", file), work.path(file));
    const store = await work.open(file);
    const { version } = await store.write("a", documentOf({ value: "one" }), "absent");
    await store.write("a", documentOf({ value: "two" }), version);
    expect(await readdir(work.path("elsewhere"))).toEqual([file]);
    expect(await readPlain(await work.open(`elsewhere/${file}`), "a")).toEqual({ value: "two" });
  });

  it("holds no value in clear", async () => {
    const store = await work.open(file);
    await store.write("a", documentOf({ value: canary, list: [canary] }), "absent");
    for (const spelling of [canary, Buffer.from(canary).toString("base64").slice(0, -2)])
      expect(await work.text(file)).not.toContain(spelling);
    expect(inspect(await store.read("a"), { depth: 9 })).not.toContain(canary);
  });

  it.each(["", "a//b", "/a", "a/", "sops", "sops/mac"])("refuses the path %j", async (path) => {
    const store = await work.open(file);
    await expect(store.write(path, documentOf({ value: "x" }), "absent")).rejects.toMatchObject({ code: "invalid" });
  });

  it("refuses a path through a value, and a text or number that cannot be kept", async () => {
    const store = await work.open(file);
    const { version } = await store.write("a", documentOf({ value: "one", list: [] }), "absent");
    await expect(store.write("a/value/b", documentOf({ value: "x" }), "absent")).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringContaining("a/value is a single value"),
    });
    await expect(store.read("a/list")).rejects.toMatchObject({ code: "invalid" });
    await expect(store.write("a", documentOf({ value: "\ud800" }), version)).rejects.toMatchObject({ code: "invalid" });
    await expect(store.write("a", documentOf({ value: Number.NaN }), version)).rejects.toMatchObject({ code: "invalid" });
    expect(await readPlain(store, "a")).toEqual({ value: "one", list: [] });
  });
});

describe("a SOPS file that cannot be used", () => {
  const attempts = async (file: string): Promise<string> => {
    const store = await work.open(file);
    const found = [await failure(store.read("a")), await failure(store.write("a", documentOf({ value: canary }), "absent"))];
    for (const error of found) expect(error).toHaveProperty("name", "RotationError");
    const [reading, writing] = found as [Error & { code: string }, Error & { code: string }];
    expect(writing.code).toBe(reading.code);
    expect(inspect(found, { depth: 9, showHidden: true }) + JSON.stringify(found)).not.toContain(canary);
    return `${reading.code}: ${reading.message}`;
  };
  const valid = async (file: string): Promise<string> => {
    await (await work.open(file)).write("a", documentOf({ value: canary }), "absent");
    return work.text(file);
  };

  it.each([
    ["cut short", (text: string) => text.slice(0, text.length / 2)],
    ["cut to nothing", () => ""],
    ["with a key twice", (text: string) => `a: 1\n${text}`],
    ["with a value from elsewhere", (text: string) => text.replace(/data:..../u, "data:AAAA")],
    ["with a shortened tag", (text: string) => text.replace(/tag:[^,]*/u, "tag:AAAA")],
    ["with a value in clear", (text: string) => text.replace(/value: ENC.*/u, "value: x")],
    ["without a MAC", (text: string) => text.replace(/ {4}mac: .*\n/u, "")],
    ["with the MAC of another time", (text: string) => text.replace(/lastmodified: ".*"/u, 'lastmodified: "2020-01-01T00:00:00Z"')],
    ["with a list at the top", (text: string) => text.replaceAll(/^/gmu, "- ")],
    ["with an alias", (text: string) => text.replace("value: ", "value: &x ").replace("sops:", "b: *x\nsops:")],
  ])("%s is called damaged and left as it is", async (_how, change) => {
    const changed = change(await valid("secrets.yaml"));
    await work.put("secrets.yaml", changed);
    expect(await attempts("secrets.yaml")).toMatch(/^damaged: .*secrets\.yaml: .*The file was left as it was\. \S/u);
    expect(await work.text("secrets.yaml")).toBe(changed);
  });

  it.each([
    ["secrets.yaml", `a:\n    value: ${canary}\n`],
    ["secrets.json", `{"a": {"value": "${canary}"}}`],
  ])("%s that was never encrypted is named as such, without its values", async (file, text) => {
    await work.put(file, text);
    expect(await attempts(file)).toMatch(/damaged: .*no `sops` block.*sops encrypt --in-place/u);
  });

  it.each([
    ["secrets.yaml", `a:\n    value: "${canary}\n`],
    ["secrets.json", `{"a": {"value": "${canary}"}`],
  ])("%s with a syntax error is named as such, without its values", async (file, text) => {
    await work.put(file, text);
    expect(await attempts(file)).toMatch(/damaged: .*not valid (?:YAML|JSON)/u);
  });

  it("with merge conflict markers names their line", async () => {
    const text = await valid("secrets.yaml");
    await work.put("secrets.yaml", text.replace("sops:", "<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> topic\nsops:"));
    expect(await attempts("secrets.yaml")).toMatch(/damaged: .*a merge conflict stands in line 3/u);
  });

  it("that is not UTF-8 is called damaged", async () => {
    await writeFile(work.path("secrets.yaml"), Buffer.from([0x61, 0x3a, 0x20, 0xff, 0xfe]));
    expect(await attempts("secrets.yaml")).toMatch(/damaged: .*UTF-8/u);
  });

  it("that is a folder, or in a folder that is not there, is refused", async () => {
    await mkdir(work.path("folder.yaml"));
    expect(await attempts("folder.yaml")).toMatch(/invalid: .*is a folder/u);
    expect(await attempts("missing/secrets.yaml")).toMatch(
      /invalid: .*missing of the secrets file does not exist\. Nothing was written\./u,
    );
  });

  it("with an unknown extension is refused when it is opened", async () => {
    await expect(work.open("secrets.env")).rejects.toMatchObject({ code: "invalid", message: expect.stringContaining(".yaml") });
  });

  it("is refused to whom its mode and its folder's shut out, who is told what is missing", async () => {
    await valid("secrets.yaml");
    await chmod(work.path("secrets.yaml"), 0);
    await chmod(work.folder, 0o555);
    const code = `
      const { openSopsFile } = await import(${JSON.stringify(join(import.meta.dirname, "../../src/stores/sops-file.ts"))});
      const key = { age: { recipients: [], identityFile: "age.txt" } };
      const store = await openSopsFile({ kind: "sops", name: "local", line: 1, file: "secrets.yaml", key }, { directory: process.argv[1], env: {} });
      await store.read("a").catch((error) => console.log(error.code, error.message));
      await store.write("a", {}, "absent").catch((error) => console.log(error.code, error.message));`;
    const node = [process.execPath, "--conditions=holdfast-source", "--input-type=module", "-e", code, work.folder] as const;
    const [program, ...args] = withOrdinaryRights([...node]);
    const child = spawn(program, args, { cwd: "/" });
    let output = "";
    for await (const chunk of child.stdout) output += String(chunk);
    await chmod(work.folder, 0o755);
    expect(output).toMatch(
      /^denied Cannot read .*permission was denied \(EACCES\)\. The file was left as it was\. Give this user the right/mu,
    );
    expect(output).toMatch(/^denied Cannot lock .*permission was denied/mu);
  });

  it("is read again while sops is still writing it", async () => {
    const whole = await valid("secrets.yaml");
    await work.put("secrets.yaml", whole.slice(0, 100));
    const reading = (await work.open("secrets.yaml")).read("a");
    // As sops does it: the file is cut first and filled afterwards.
    await work.put("secrets.yaml", whole);
    const found = await reading;
    expect(found && plainOf(found.document)).toEqual({ value: canary });
  });
});

describe("the identity of a store", () => {
  const openWith = (identity: object, env: NodeJS.ProcessEnv = {}): Promise<Store> =>
    openStore(
      { ...policyOf("secrets.yaml", work.recipients, undefined), key: { age: { recipients: [work.recipients[0]], ...identity } } },
      { directory: work.folder, env },
    );
  beforeEach(async () => {
    await (await work.open("secrets.yaml")).write("a", documentOf({ value: "x" }), "absent");
  });

  it.each([
    ["identityFile", async () => openWith({ identityFile: "age.txt" })],
    ["identityFile in the home folder", async () => openWith({ identityFile: "~/age.txt" }, { HOME: work.folder })],
    ["identityEnv", async () => openWith({ identityEnv: "MY_KEY" }, { MY_KEY: await work.text("age.txt") })],
    ["SOPS_AGE_KEY", async () => openWith({}, { SOPS_AGE_KEY: await work.text("age.txt") })],
    ["SOPS_AGE_KEY_FILE", async () => openWith({}, { SOPS_AGE_KEY_FILE: work.path("age.txt") })],
  ])("comes from %s", async (_source, open) => {
    expect(await readPlain(await open(), "a")).toEqual({ value: "x" });
  });

  it.each([
    ["none is named", {}, {}, /no age identity.*SOPS_AGE_KEY_FILE/u],
    ["the variable is not set", { identityEnv: "MY_KEY" }, {}, /MY_KEY, which is not set/u],
    ["the file is missing", { identityFile: "no.txt" }, {}, /no\.txt cannot be read \(ENOENT\)/u],
    ["the file is a folder", { identityFile: "." }, {}, /is not a file/u],
    ["it is another one", { identityFile: "other.txt" }, {}, /do not open it; it is encrypted to age1/u],
    ["the text is empty", { identityEnv: "MY_KEY" }, { MY_KEY: "# nothing\n" }, /holds no age identity/u],
  ])("is missed with advice when %s", async (_case, identity, env, message) => {
    const store = await openWith(identity, env);
    await expect(store.read("a")).rejects.toMatchObject({ code: "key-unavailable", message: expect.stringMatching(message) });
    await expect(store.write("b", documentOf({ value: "y" }), "absent")).rejects.toMatchObject({ code: "key-unavailable" });
    expect(await store.probe("a")).toMatchObject({ canRead: false, canWrite: false, why: expect.stringMatching(message) });
  });

  it("is not used from a file that other users can read", async () => {
    await chmod(work.path("age.txt"), 0o640);
    await expect((await openWith({ identityFile: "age.txt" })).read("a")).rejects.toMatchObject({
      code: "key-unavailable",
      message: expect.stringMatching(/mode 0640.*chmod 600/u),
    });
  });

  it("is never told, not even a wrong one", async () => {
    const secretKey = ["AGE-SECRET-KEY-1", "Q".repeat(58)].join("");
    const error = await failure((await openWith({ identityEnv: "MY_KEY" }, { MY_KEY: secretKey })).read("a"));
    expect(error).toMatchObject({
      code: "key-unavailable",
      message: expect.stringContaining("MY_KEY has a line that is not an age identity"),
    });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("QQQQ");
  });

  it("is needed before a first write makes a file that nobody could read", async () => {
    await unlink(work.path("secrets.yaml"));
    await expect((await openWith({ identityFile: "no.txt" })).write("a", documentOf({ value: "x" }), "absent")).rejects.toMatchObject({
      code: "key-unavailable",
    });
    expect(await readdir(work.folder)).not.toContain("secrets.yaml");
  });
});

describe("createSopsFile", () => {
  it("leaves a file that exists as it is", async () => {
    await work.put("secrets.yaml", "mine\n");
    await expect(createSopsFile({ file: work.path("secrets.yaml"), recipients: work.recipients })).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringContaining("exists already"),
    });
    expect(await readFile(work.path("secrets.yaml"), "utf8")).toBe("mine\n");
  });

  it("refuses no recipient, and one that is none", async () => {
    await expect(createSopsFile({ file: work.path("secrets.yaml"), recipients: [] })).rejects.toMatchObject({ code: "invalid" });
    const mistyped = `${work.recipients[0].slice(0, -1)}${work.recipients[0].endsWith("q") ? "p" : "q"}`;
    await expect(createSopsFile({ file: work.path("secrets.yaml"), recipients: [mistyped] })).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringContaining("checksum"),
    });
    await rename(work.path("age.txt"), work.path("moved.txt"));
    expect(await readdir(work.folder)).not.toContain("secrets.yaml");
  });
});
