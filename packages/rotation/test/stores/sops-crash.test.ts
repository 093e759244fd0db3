import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmod, chown, copyFile, mkdir, readdir, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { documentOf, plainOf } from "./plain.ts";
import { makeWorkspace, type Workspace } from "./sops-workspace.ts";

const child = join(import.meta.dirname, "fixtures/write-sops-file.ts");
const userNamespaces = spawnSync("unshare", ["-rm", "true"]).status === 0;

describe.each(["secrets.yaml", "secrets.json"])("%s, when its writer dies or the disk fails", (file) => {
  let work: Workspace;
  beforeEach(async () => {
    work = await makeWorkspace({ executable: "sops" });
  });
  afterEach(() => work.remove());

  const counted = async (): Promise<{ count: number; value: string }> => {
    const found = await (await work.open(file)).read("counter");
    return found ? (plainOf(found.document) as { count: number; value: string }) : { count: 0, value: "" };
  };
  /** What a lock looks like some seconds after its holder was killed. */
  const ageLock = async (): Promise<void> => {
    const past = new Date(Date.now() - 60_000);
    await utimes(work.path(`${file}.lock`), past, past).catch(() => undefined);
  };

  it("is whole after each of ten kills in the middle of writing, and holds every write that was acknowledged", async () => {
    for (let round = 0; round < 10; round += 1) {
      const writer = spawn(process.execPath, ["--conditions=holdfast-source", child, work.folder, file, work.recipients[0]], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const acknowledged = await killAfter(writer, 1 + (round % 3), Math.random() * 12);
      const { count, value } = await counted();
      expect(count).toBeGreaterThanOrEqual(acknowledged);
      expect(count).toBeLessThanOrEqual(acknowledged + 1);
      expect(value).toBe(`value ${count} `.repeat(200));
      await ageLock();
    }
    await (await work.open(file)).write("other", documentOf({ value: "x" }), "absent");
    expect((await readdir(work.folder)).sort()).toEqual(["age.txt", "other.txt", file].sort());
  });

  it("takes over the lock of a writer that died, and removes the temporary file it left when it is opened", async () => {
    await (await work.open(file)).write("a", documentOf({ value: "x" }), "absent");
    await mkdir(work.path(`${file}.lock`));
    await ageLock();
    await writeFile(work.path(`.${file}.99999-0123456789ab.holdfast-tmp`), "half a fi");
    await writeFile(work.path(`.${file}.notes`), "not ours");
    await work.open(file);
    expect((await readdir(work.folder)).sort()).toEqual([`.${file}.notes`, "age.txt", "other.txt", file].sort());
  });

  it.skipIf(!userNamespaces)("is left as it was when the disk is full", async () => {
    // A file system of 64 KiB in a mount namespace of its own; the file is copied out before it goes away.
    await mkdir(work.path("small"));
    await mkdir(work.path("copy"));
    const script =
      'mount -t tmpfs -o size=64k small small && cp age.txt small && "$0" --conditions=holdfast-source "$1" small "$2" "$3"; cp -r small/. copy';
    await writeFile(work.path("fill.ts"), filler());
    const { stdout } = spawnSync("unshare", ["-rm", "sh", "-c", script, process.execPath, "fill.ts", file, work.recipients[0]], {
      cwd: work.folder,
      encoding: "utf8",
    });
    expect(stdout).toMatch(/^quota .*is full \(ENOSPC\)\. The file was left as it was\. Free some space/mu);
    await copyFile(work.path(join("copy", file)), work.path(file));
    const found = await (await work.open(file)).read("big");
    expect(found && plainOf(found.document)).toMatchObject({ value: expect.stringMatching(/^x+$/u) });
    expect((await readdir(work.path("copy"))).sort()).toEqual(["age.txt", file].sort());
  });

  it.skipIf(!userNamespaces)("can be read but not written on a read-only file system", async () => {
    await (await work.open(file)).write("big", documentOf({ value: "xx" }), "absent");
    await writeFile(work.path("fill.ts"), filler());
    const script = 'mount --bind . . && mount -o remount,bind,ro . && cd . && "$0" --conditions=holdfast-source "$1" . "$2" "$3"';
    const { stdout } = spawnSync("unshare", ["-rm", "sh", "-c", script, process.execPath, work.path("fill.ts"), file, work.recipients[0]], {
      cwd: work.folder,
      encoding: "utf8",
    });
    expect(stdout).toMatch(/^probe true false .*read-only/mu);
    expect(stdout).toMatch(/^read-only .*left as it was/mu);
  });

  it("keeps the mode of the file, and makes a new one for its user alone", async () => {
    const store = await work.open(file);
    const { version } = await store.write("a", documentOf({ value: "x" }), "absent");
    expect((await stat(work.path(file))).mode & 0o777).toBe(0o600);
    await chmod(work.path(file), 0o640);
    await store.write("a", documentOf({ value: "y" }), version);
    expect((await stat(work.path(file))).mode & 0o777).toBe(0o640);
  });

  it.skipIf(process.getuid?.() !== 0)("leaves the file to its owner when root writes it", async () => {
    const store = await work.open(file);
    const { version } = await store.write("a", documentOf({ value: "x" }), "absent");
    await chown(work.path(file), 65_534, 65_533);
    await store.write("a", documentOf({ value: "y" }), version);
    expect(await stat(work.path(file))).toMatchObject({ uid: 65_534, gid: 65_533 });
  });

  /** A program that doubles a document until it cannot be written any more, then tells why. */
  function filler(): string {
    const source = join(import.meta.dirname, "../../src");
    return `
      import { Secret } from ${JSON.stringify(join(source, "secret.ts"))};
      import { openSopsFile } from ${JSON.stringify(join(source, "stores/sops-file.ts"))};
      const [directory, file, recipient] = process.argv.slice(2);
      const key = { age: { recipients: [recipient], identityFile: "age.txt" } };
      const store = await openSopsFile({ kind: "sops", name: "local", line: 1, file, key }, { directory, env: {} });
      const { canRead, canWrite, why } = await store.probe("big");
      console.log("probe", canRead, canWrite, why);
      try {
        for (let size = 1024; ; size *= 2) {
          const found = await store.read("big");
          await store.write("big", { value: Secret.of("x".repeat(size)) }, found?.version ?? "absent");
        }
      } catch (error) {
        console.log(error.code, error.message);
      }
    `;
  }
});

/** Kills the writer at some moment after it acknowledged so many writes; gives the last one acknowledged. */
async function killAfter(writer: ChildProcess, writes: number, delayMs: number): Promise<number> {
  let acknowledged = 0;
  let seen = 0;
  if (!writer.stdout) throw new Error("the writer has no output");
  const lines = createInterface({ input: writer.stdout });
  const closed = new Promise((settle) => writer.once("close", settle));
  for await (const line of lines) {
    acknowledged = Number(line);
    seen += 1;
    if (seen === writes) setTimeout(() => writer.kill("SIGKILL"), delayMs);
  }
  await closed;
  return acknowledged;
}
