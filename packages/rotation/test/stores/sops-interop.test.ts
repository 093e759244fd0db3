import { chmod } from "node:fs/promises";

import { describeWithServers, useSops, useVault } from "@holdfast/testing/vitest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { readAgeIdentities } from "../../src/keys/age.ts";
import type { Store } from "../../src/roles.ts";
import { resolveYamlScalar } from "../../src/stores/sops/go-scalar.ts";
import { ageOpener } from "../../src/stores/sops/keyring.ts";
import { openFile } from "../../src/stores/sops/opened-file.ts";
import { createSopsFile } from "../../src/stores/sops-file.ts";
import { documentOf, plainOf } from "./plain.ts";
import { makeWorkspace, type Workspace } from "./sops-workspace.ts";

const document = {
  value: "geheim: ünï 🔑 'single' \"double\" #no comment",
  multi: "first\n  second\n\nlast\n",
  space: "  around  ",
  odd: "\ttab, nul-like \\0, \u0001 control, ENC[AES256_GCM,data:no]",
  empty: "",
  number: 42,
  negative: -7,
  fraction: 0.000_000_1,
  large: 1e21,
  yes: true,
  no: false,
  nothing: null,
  list: [1, "a", true, null, { deep: "x", deeper: { list: [] } }, [], ["nested", ["more"]], {}],
  map: {},
  "a key: with, odd [signs]": "x",
  "0777": "octal",
  true: "word",
  "2001-01-01": "date",
  null: "word",
  "": "no name",
};

const plain = `# at the top
db:
    # above the user
    user: app # beside the user
    password: "secret one"
    port: 5432
    ratio: 1.50
    big: 9007199254740993
    on: true
    none: null
    empty: ""
    when: 2001-12-14T21:59:43.10+01:00
    text: |
        line one
        line two
list:
    - a
    - b: 2
      # inside the list
      c: [1, 2]
    - []
    - {}
octal_unencrypted: 0777
time_unencrypted: 2001-12-14
float_unencrypted: 1e3
grouped_unencrypted: 1_000
tilde_unencrypted: ~
text_unencrypted: in the open
# at the end
---
second: document
third_unencrypted: 1.0
`;

const json = JSON.stringify({
  db: {
    "10": "ten",
    "2": "two",
    password: "a\u00e9<>&\u2028",
    port: 5432,
    ratio: 1.5,
    none: null,
    empty: "",
    on: true,
    list: [1, { k: "v" }, []],
    map: {},
  },
  clear_unencrypted: [1.5, 1e25, 1e-7, "q", false],
});

/** Lines that are in one text and not in the other. */
function changedLines(before: string, after: string): string[] {
  const [a, b] = [before.split("\n"), after.split("\n")];
  return [
    ...a.filter((line) => !b.includes(line)).map((line) => `-${line}`),
    ...b.filter((line) => !a.includes(line)).map((line) => `+${line}`),
  ].map((line) => line.replace(/ENC\[.*\]/u, "ENC"));
}

describeWithServers("a SOPS file shared with the real sops", () => {
  const sops = useSops();
  const vault = useVault();
  let work: Workspace;
  beforeEach(async () => {
    work = await makeWorkspace(sops);
  });
  afterEach(() => work.remove());

  const readPlain = async (store: Store, path: string): Promise<unknown> => {
    const found = await store.read(path);
    return found && plainOf(found.document);
  };
  const decrypted = async (file: string): Promise<unknown> => JSON.parse(await work.sops(["decrypt", "--output-type", "json", file]));

  describe.each(["yaml", "json"])("%s", (format) => {
    const file = `secrets.${format}`;

    it("made by Holdfast can be read by sops, with every type", async () => {
      const store = await work.open(file);
      await store.write("psp/webhook", documentOf(document), "absent");
      expect(await decrypted(file)).toEqual({ psp: { webhook: document } });
      expect(await readPlain(store, "psp/webhook")).toEqual(document);
    });

    it("made empty can be filled by sops", async () => {
      await createSopsFile({ file: work.path(file), recipients: work.recipients });
      expect(await decrypted(file)).toEqual({});
      await work.sops(["set", file, '["psp"]', '{"webhook": {"value": "from sops"}}']);
      expect(await readPlain(await work.open(file), "psp/webhook")).toEqual({ value: "from sops" });
    });

    it("goes back and forth: sops set, our write, sops set, sops rotate", async () => {
      const store = await work.open(file);
      await store.write("psp/webhook", documentOf({ value: "one", count: 1 }), "absent");
      await work.sops(["set", file, '["psp"]["webhook"]["value"]', '"two"']);
      const read = await store.read("psp/webhook");
      expect(read && plainOf(read.document)).toEqual({ value: "two", count: 1 });
      await store.write("psp/webhook", documentOf({ value: "three", previous: "two", count: 2 }), read?.version ?? "absent");
      await work.sops(["set", file, '["other"]', '{"value": "x"}']);
      await work.sops(["rotate", "--in-place", file]);
      expect(await readPlain(store, "psp/webhook")).toEqual({ value: "three", previous: "two", count: 2 });
      expect(await readPlain(store, "other")).toEqual({ value: "x" });
      expect(await decrypted(file)).toEqual({ psp: { webhook: { value: "three", previous: "two", count: 2 } }, other: { value: "x" } });
    });

    it("keeps its version when sops changes another value, and changes it when sops changes this one", async () => {
      const store = await work.open(file);
      const { version } = await store.write("a", documentOf({ value: "one", n: 1 }), "absent");
      await work.sops(["set", file, '["b"]', '{"value": "x"}']);
      expect((await store.read("a"))?.version).toBe(version);
      await work.sops(["set", file, '["a"]["value"]', '"two"']);
      await expect(store.write("a", documentOf({ value: "three" }), version)).rejects.toMatchObject({ code: "conflict" });
      expect(await readPlain(store, "a")).toEqual({ value: "two", n: 1 });
    });

    it("is open to every recipient", async () => {
      const store = await work.open(file, "age.txt", work.recipients);
      await store.write("a", documentOf({ value: "both" }), "absent");
      expect(await readPlain(await work.open(file, "other.txt"), "a")).toEqual({ value: "both" });
      expect(
        JSON.parse(await work.sops(["decrypt", "--output-type", "json", file], { SOPS_AGE_KEY_FILE: work.path("other.txt") })),
      ).toEqual({ a: { value: "both" } });
    });

    it("is empty again when all was removed", async () => {
      const store = await work.open(file);
      const first = await store.write("psp/webhook", documentOf({ value: "x" }), "absent");
      const second = await store.write("psp/api", documentOf({ value: "y" }), "absent");
      await store.remove("psp/webhook", first.version);
      expect(await decrypted(file)).toEqual({ psp: { api: { value: "y" } } });
      await store.remove("psp/api", second.version);
      expect(await decrypted(file)).toEqual({});
    });
  });

  it("encrypted by sops with every construct of YAML is read, and only changed lines change", async () => {
    await work.put("plain.yaml", plain);
    await work.put("e.yaml", await work.sops(["encrypt", "--age", work.recipients[0], "plain.yaml"]));
    const before = await work.text("e.yaml");
    const plainBefore = await work.sops(["decrypt", "e.yaml"]);
    const store = await work.open("e.yaml");
    const read = await store.read("db");
    if (!read) throw new Error("db is not there");
    expect(plainOf(read.document)).toEqual({
      ...{ user: "app", password: "secret one", port: 5432, ratio: 1.5, big: "9007199254740993", on: true, none: null, empty: "" },
      ...{ when: "2001-12-14T21:59:43.1+01:00", text: "line one\nline two\n" },
    });
    await store.write("db", { ...read.document, ...documentOf({ password: "secret two" }) }, read.version);
    const changes = changedLines(before, await work.text("e.yaml"));
    expect([...new Set(changes)].filter((line) => !/lastmodified/u.test(line)).sort()).toEqual([
      "+    mac: ENC",
      "+    password: ENC",
      "-    mac: ENC",
      "-    password: ENC",
    ]);
    expect(await work.sops(["decrypt", "e.yaml"])).toBe(plainBefore.replace("secret one", "secret two"));
  });

  it("encrypted by sops as JSON is read, and only changed lines change", async () => {
    await work.put("plain.json", json);
    await work.put("e.json", await work.sops(["encrypt", "--age", work.recipients[0], "plain.json"]));
    const before = await work.text("e.json");
    const store = await work.open("e.json");
    const read = await store.read("db");
    if (!read) throw new Error("db is not there");
    expect(plainOf(read.document)).toEqual((JSON.parse(json) as { db: unknown }).db);
    await store.write("db", { ...read.document, ...documentOf({ password: "new", added: "x" }) }, read.version);
    const changes = changedLines(before, await work.text("e.json")).filter((line) => !/lastmodified|mac/u.test(line));
    expect(changes.sort()).toEqual([
      '+\t\t"added": "ENC"',
      '+\t\t"map": {},',
      '+\t\t"password": "ENC",',
      '-\t\t"map": {}',
      '-\t\t"password": "ENC",',
    ]);
    const after = (await decrypted("e.json")) as { db: object; clear_unencrypted: unknown };
    expect(after.db).toMatchObject({ password: "new", added: "x", "10": "ten" });
    expect(after.clear_unencrypted).toEqual([1.5, 1e25, 1e-7, "q", false]);
  });

  it("gives every plain scalar of YAML the meaning that sops gives it", async () => {
    const scalars = [
      "0777",
      "0o17",
      "0x1F",
      "-0b11",
      "1_000",
      "+12",
      "9007199254740993",
      "08",
      "1e3",
      ".5",
      "1.50",
      "1e-9",
      "-.inf",
      ".NaN",
      "True",
      "yes",
    ];
    scalars.push(
      "word",
      "2001-12-14",
      "2001-1-2",
      "2001-12-14t21:59:43.10-05:00",
      "2001-12-14 21:59:43",
      "2001-12-14T21:59:43",
      "1.2.3",
      "0x",
      "1:30",
    );
    await work.put("plain.yaml", scalars.map((scalar, index) => `k${index}: ${scalar}\n`).join(""));
    const text = await work.sops(["encrypt", "--age", work.recipients[0], "plain.yaml"]);
    const opened = await openFile(text, "yaml", "e.yaml", { unwrap: ageOpener(await readAgeIdentities(work.path("age.txt"))) });
    expect(scalars.map((scalar) => [scalar, resolveYamlScalar(scalar)])).toEqual(
      scalars.map((scalar, index) => [scalar, [...opened.plain.values()][index]]),
    );
  });

  describe("whose rule", () => {
    const source = `a:
    # sops:enc
    value: one
    previous: two
    # sops:clear
    note: clear
    n: 1
# sops:enc
b:
    value: three
    kept: 3
c_clear:
    value: four
`;
    const encryptBy = async (rule: object): Promise<void> => {
      await work.put(".sops.yaml", JSON.stringify({ creation_rules: [{ age: work.recipients[0], ...rule }] }));
      await work.put("plain.yaml", source);
      await work.put("e.yaml", await work.sops(["encrypt", "plain.yaml"]));
    };

    it.each([
      [{ encrypted_regex: "^(value|previous)$" }],
      [{ unencrypted_regex: "(?i)^NOTE" }],
      [{ encrypted_suffix: "e" }],
      [{ unencrypted_suffix: "_clear" }],
      [{ encrypted_comment_regex: "sops:enc" }],
      [{ unencrypted_comment_regex: "sops:clear" }],
    ])("is %j is followed as sops follows it", async (rule) => {
      await encryptBy(rule);
      const store = await work.open("e.yaml");
      const read = await store.read("b");
      expect(read && plainOf(read.document)).toEqual({ value: "three", kept: 3 });
      await store.write("b", documentOf({ value: "five", kept: 3 }), read?.version ?? "absent");
      const after = {
        a: { value: "one", previous: "two", note: "clear", n: 1 },
        b: { value: "five", kept: 3 },
        c_clear: { value: "four" },
      };
      expect(await decrypted("e.yaml")).toEqual(after);
      expect(await work.text("e.yaml")).not.toContain("five");
    });

    it("is mac_only_encrypted leaves values in clear out of the MAC", async () => {
      await encryptBy({ mac_only_encrypted: true, unencrypted_suffix: "_clear" });
      await work.put("e.yaml", (await work.text("e.yaml")).replace("four", "changed"));
      const store = await work.open("e.yaml");
      const read = await store.read("b");
      await store.write("b", documentOf({ value: "five" }), read?.version ?? "absent");
      expect(await decrypted("e.yaml")).toMatchObject({ b: { value: "five" }, c_clear: { value: "changed" } });
    });

    it("leaves a secret in clear makes the write fail", async () => {
      await encryptBy({ encrypted_regex: "^value$" });
      const before = await work.text("e.yaml");
      const store = await work.open("e.yaml");
      const read = await store.read("b");
      await expect(store.write("b", documentOf({ value: "three", previous: "hidden" }), read?.version ?? "absent")).rejects.toMatchObject({
        code: "invalid",
        message: expect.stringMatching(/leave b\/previous in clear.*Nothing was written/u),
      });
      expect(await work.text("e.yaml")).toBe(before);
    });
  });

  it("keeps the other keys of the file, which still decrypt it", async () => {
    const transit = await vault.enableEngine("transit");
    await vault.must("POST", `${transit}/keys/sops`);
    await work.put("plain.yaml", "a:\n    value: one\n");
    const env = { SOPS_AGE_KEY_FILE: work.path("age.txt"), VAULT_TOKEN: vault.token };
    const keys = ["--age", work.recipients[0], "--hc-vault-transit", `${vault.address}/v1/${transit}/keys/sops`];
    await work.put("e.yaml", await work.sops(["encrypt", ...keys, "plain.yaml"], env));
    const store = await work.open("e.yaml");
    const read = await store.read("a");
    await store.write("a", documentOf({ value: "two" }), read?.version ?? "absent");
    expect(await work.sops(["decrypt", "e.yaml"], { VAULT_TOKEN: vault.token })).toBe("a:\n    value: two\n");
  });

  it("split among key groups opens with as many of them as it asks for", async () => {
    await work.put("plain.yaml", "a:\n    value: one\n");
    const group = (recipient: string): object => ({ age: [recipient] });
    const rule = { key_groups: [group(work.recipients[0]), group(work.recipients[1])], shamir_threshold: 2 };
    await work.put(".sops.yaml", JSON.stringify({ creation_rules: [rule] }));
    await work.put("e.yaml", await work.sops(["encrypt", "plain.yaml"]));
    const half = await work.open("e.yaml");
    await expect(half.read("a")).rejects.toMatchObject({
      code: "key-unavailable",
      message: expect.stringContaining("2 of its 2 key groups"),
    });
    await work.put("both.txt", (await work.text("age.txt")) + (await work.text("other.txt")));
    await chmod(work.path("both.txt"), 0o600);
    const store = await work.open("e.yaml", "both.txt");
    const read = await store.read("a");
    await store.write("a", documentOf({ value: "two" }), read?.version ?? "absent");
    expect(await work.sops(["decrypt", "e.yaml"], { SOPS_AGE_KEY_FILE: work.path("both.txt") })).toBe("a:\n    value: two\n");
  });

  it("changed by hand is refused, as sops refuses it", async () => {
    const store = await work.open("secrets.yaml");
    await store.write("a", documentOf({ value: "one" }), "absent");
    await store.write("b", documentOf({ value: "two" }), "absent");
    const text = await work.text("secrets.yaml");
    const [first = "", second = ""] = text.match(/ENC\[[^\]]*type:str\]/gu) ?? [];
    const removed = text.replace(/b:\n.*\n/u, "");
    for (const changed of [removed, text.replace(first, second), `${text}c_unencrypted: added\n`]) {
      await work.put("secrets.yaml", changed);
      await expect(store.read("a")).rejects.toMatchObject({ code: "damaged" });
      await expect(work.sops(["decrypt", "secrets.yaml"])).rejects.toThrow();
    }
  });
});
