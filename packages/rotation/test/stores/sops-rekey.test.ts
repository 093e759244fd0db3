import { randomUUID } from "node:crypto";

import type { SopsStorePolicy } from "@holdfast/policy";
import { describeWithServers, useSops, useVault } from "@holdfast/testing/vitest";
import { afterEach, beforeEach, expect, it } from "vitest";

import { readAgeIdentities } from "../../src/keys/age.ts";
import { ageOpener } from "../../src/stores/sops/keyring.ts";
import { decryptFile, openFile } from "../../src/stores/sops/opened-file.ts";
import { rotateDataKey, setRecipients } from "../../src/stores/sops/rekey.ts";
import type { Format } from "../../src/stores/sops/tree.ts";
import { documentOf, plainOf } from "./plain.ts";
import { makeWorkspace, type Workspace } from "./sops-workspace.ts";

const canary = ["canary", randomUUID()].join("-");

const plain: Readonly<Record<string, string>> = {
  yaml: `# at the top
db:
    # above the password
    password: ${canary} # beside it
    port: 5432
    on: true
    none: null
    empty: ""
    text: |
        line one
        line two
list:
    # in the list
    - a
    - b: [1, "x"]
clear_unencrypted: 1e3
---
second: document
`,
  json: JSON.stringify({
    db: { password: canary, port: 5432, on: true, none: null, empty: "", list: [1, { k: "v" }] },
    clear_unencrypted: 1.5,
  }),
};

describeWithServers("the data key of a SOPS file", () => {
  const sops = useSops();
  const vault = useVault();
  let work: Workspace;
  beforeEach(async () => {
    work = await makeWorkspace(sops);
  });
  afterEach(() => work.remove());

  const policy = (file: string, key: SopsStorePolicy["key"]): SopsStorePolicy => ({ kind: "sops", name: "local", line: 1, file, key });
  const age = (recipients: readonly string[], identityFile = "age.txt") => ({ age: { recipients: [...recipients], identityFile } });
  const options = (env: NodeJS.ProcessEnv = {}) => ({ directory: work.folder, env });
  const encrypted = async (format: string, recipients: readonly string[]): Promise<string> => {
    await work.put(`plain.${format}`, plain[format] ?? "");
    await work.put(`e.${format}`, await work.sops(["encrypt", "--age", recipients.join(","), `plain.${format}`]));
    return `e.${format}`;
  };
  const failure = async (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => undefined,
      (error: unknown) => error,
    );

  it.each(["yaml", "json"] as const)(
    "of %s is replaced: sops reads the same values and comments, the old data key reads nothing",
    async (format: Format) => {
      const file = await encrypted(format, work.recipients);
      const [before, shown] = [await work.text(file), await work.sops(["decrypt", file])];
      const opened = await openFile(before, format, file, { unwrap: ageOpener(await readAgeIdentities(work.path("age.txt"))) });
      expect(await rotateDataKey(policy(file, age([work.recipients[0]])), options())).toEqual({
        added: [],
        removed: [],
        kept: [...work.recipients],
      });
      const after = await work.text(file);
      expect(await work.sops(["decrypt", file])).toBe(shown);
      expect(await work.sops(["decrypt", file], { SOPS_AGE_KEY_FILE: work.path("other.txt") })).toBe(shown);
      // No ciphertext is what it was, and none opens with the old key.
      const sealed = (text: string): string[] => text.match(/ENC\[[^\]]*\]/gu) ?? [];
      expect(sealed(after)).toHaveLength(sealed(before).length);
      expect(sealed(after).filter((value) => before.includes(value))).toEqual([]);
      expect(await failure(decryptFile(after, format, file, { dataKey: opened.dataKey }))).toMatchObject({ code: "damaged" });
      expect(after.replaceAll(/ENC\[[^\]]*\]/gu, "").split("sops")[0]).toBe(before.replaceAll(/ENC\[[^\]]*\]/gu, "").split("sops")[0]);
      // The store and sops go on with it.
      const store = await work.open(file);
      const found = await store.read("db");
      await store.write("db", documentOf({ value: "new" }), found?.version ?? "absent");
      expect(await work.sops(["decrypt", "--extract", '["db"]["value"]', file])).toBe("new");
    },
  );

  it.each(["yaml", "json"])("of %s is not opened any more by a recipient who was taken out", async (format) => {
    const file = await encrypted(format, work.recipients);
    const shown = await work.sops(["decrypt", file]);
    expect(await setRecipients(policy(file, age([work.recipients[0]])), options())).toEqual({
      added: [],
      removed: [work.recipients[1]],
      kept: [work.recipients[0]],
    });
    expect(await work.sops(["decrypt", file])).toBe(shown);
    await expect(work.sops(["decrypt", file], { SOPS_AGE_KEY_FILE: work.path("other.txt") })).rejects.toThrow();
  });

  it("is opened by keys of another kind that were put in", async () => {
    const mount = await vault.enableEngine("transit");
    await vault.must("POST", `${mount}/keys/sops`);
    const file = await encrypted("yaml", [work.recipients[0]]);
    const shown = await work.sops(["decrypt", file]);
    const key = { ...age([work.recipients[0]]), "vault-transit": { address: vault.address, mount, key: "sops" } };
    const name = `${vault.address}/v1/${mount}/keys/sops`;
    const env = { VAULT_TOKEN: vault.token };
    expect(await setRecipients(policy(file, key), options(env))).toEqual({ added: [name], removed: [], kept: [work.recipients[0]] });
    expect(await work.sops(["decrypt", file], env)).toBe(shown);
    await rotateDataKey(policy(file, key), options(env));
    expect(await work.sops(["decrypt", file], env)).toBe(shown);
    // Without the key of Vault in the policy it cannot be wrapped for, so nothing is done.
    const before = await work.text(file);
    expect(await failure(rotateDataKey(policy(file, age([work.recipients[0]])), options()))).toMatchObject({
      code: "invalid",
      message: expect.stringContaining(name),
    });
    expect(await work.text(file)).toBe(before);
  });

  it("is left as it is when the store itself would be shut out, or a key of another kind would be", async () => {
    const file = await encrypted("yaml", [work.recipients[0]]);
    const before = await work.text(file);
    const shutOut = await failure(setRecipients(policy(file, age([work.recipients[1]])), options()));
    expect(shutOut).toMatchObject({ code: "key-unavailable" });
    expect(await work.text(file)).toBe(before);
    const withPgp = before.replace(
      /^sops:\n/mu,
      "sops:\n    pgp:\n        - fp: 85D77543B3D624B63CEA9E6DBC17301B491B3F21\n          enc: x\n",
    );
    await work.put(file, withPgp);
    for (const change of [rotateDataKey, setRecipients])
      expect(await failure(change(policy(file, age([work.recipients[0]])), options()))).toMatchObject({
        code: "invalid",
        message: expect.stringContaining("pgp 85D7"),
      });
    expect(await work.text(file)).toBe(withPgp);
    expect(String(shutOut)).not.toContain(canary);
    expect((await setRecipients(policy(file, age([work.recipients[0]])), options(), "remove")).removed).toEqual([
      expect.stringContaining("pgp"),
    ]);
    expect(await work.sops(["decrypt", "--extract", '["db"]["password"]', file])).toBe(canary);
  });

  it("is replaced between writes of others without losing one", async () => {
    const store = await work.open("s.yaml");
    await store.write("start", documentOf({ value: canary }), "absent");
    const names = ["a", "b", "c", "d", "e", "f"];
    const writes = names.map((name) => store.write(name, documentOf({ value: name }), "absent"));
    const changes = [1, 2].map(() => rotateDataKey(policy("s.yaml", age([work.recipients[0]])), options()));
    await Promise.all([...writes, ...changes]);
    for (const name of names) {
      const found = await store.read(name);
      expect(found && plainOf(found.document)).toEqual({ value: name });
    }
    expect(await work.sops(["decrypt", "--extract", '["start"]["value"]', "s.yaml"])).toBe(canary);
  });

  it("cannot be replaced where there is no file", async () => {
    expect(await failure(rotateDataKey(policy("none.yaml", age([work.recipients[0]])), options()))).toMatchObject({ code: "invalid" });
  });
});
