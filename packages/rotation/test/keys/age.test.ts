import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { ageKey, createAgeIdentity, readAgeIdentities } from "../../src/keys/age.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "holdfast-age-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("an age key", () => {
  it("unwraps what it wrapped, and nothing that was wrapped for another", async () => {
    const [mine, theirs] = await Promise.all(["mine", "theirs"].map((name) => createAgeIdentity(join(folder, name))));
    const identities = await readAgeIdentities(join(folder, "mine"));
    const dataKey = new Uint8Array(32).fill(7);
    const key = ageKey({ recipient: mine?.recipient ?? "", identities });
    const wrapped = await key.wrap(dataKey);
    expect(Buffer.from(await key.unwrap(wrapped))).toEqual(Buffer.from(dataKey));
    const other = await ageKey({ recipient: theirs?.recipient ?? "", identities: [] }).wrap(dataKey);
    await expect(key.unwrap(other)).rejects.toMatchObject({
      code: "key-unavailable",
      message: expect.stringContaining(theirs?.recipient ?? ""),
    });
  });

  it("refuses a recipient with a mistake in it", async () => {
    await expect(ageKey({ recipient: "age1notone", identities: [] }).wrap(new Uint8Array(32))).rejects.toMatchObject({ code: "invalid" });
  });
});

describe("createAgeIdentity", () => {
  it("makes a file that only its user can read, as age-keygen does", async () => {
    const file = join(folder, "age.txt");
    const { recipient } = await createAgeIdentity(file);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, "utf8")).toMatch(
      new RegExp(`^# created: [\\dT:Z-]+\\n# public key: ${recipient}\\nAGE-SECRET-KEY-1[A-Z0-9]{58}\\n$`, "u"),
    );
  });

  it("never writes over a file", async () => {
    const file = join(folder, "age.txt");
    await createAgeIdentity(file);
    const before = await readFile(file, "utf8");
    await expect(createAgeIdentity(file)).rejects.toMatchObject({ code: "invalid", message: expect.stringContaining("left as it was") });
    expect(await readFile(file, "utf8")).toBe(before);
  });

  it("says that the folder is missing", async () => {
    await expect(createAgeIdentity(join(folder, "no", "age.txt"))).rejects.toMatchObject({ message: expect.stringContaining("ENOENT") });
  });
});
