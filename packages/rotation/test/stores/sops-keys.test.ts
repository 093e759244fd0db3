import { randomUUID } from "node:crypto";

import type { SopsStorePolicy } from "@holdfast/policy";
import { describeWithServers, useKms, useSops, useVault } from "@holdfast/testing/vitest";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { awsKmsKey } from "../../src/keys/aws-kms.ts";
import { vaultTransitKey } from "../../src/keys/vault-transit.ts";
import { openStores } from "../../src/open-stores.ts";
import type { Store } from "../../src/roles.ts";
import { openStore } from "../../src/stores/open-store.ts";
import { openVaultKv } from "../../src/stores/vault-kv.ts";
import { documentOf, plainOf } from "./plain.ts";
import { makeWorkspace, type Workspace } from "./sops-workspace.ts";

const canary = ["canary", randomUUID()].join("-");
type KeyPolicy = SopsStorePolicy["key"];

describeWithServers("a SOPS file protected by servers", () => {
  const sops = useSops();
  const vault = useVault();
  const kms = useKms();
  let work: Workspace;
  let arn: string;
  let mount: string;
  let env: Record<string, string>;
  beforeAll(async () => {
    arn = await kms.createKey();
    mount = await vault.enableEngine("transit");
    await vault.must("POST", `${mount}/keys/sops`);
    // The SDK reads its chain of credentials from the environment of the process.
    process.env["AWS_ACCESS_KEY_ID"] = kms.credentials.accessKeyId;
    process.env["AWS_SECRET_ACCESS_KEY"] = kms.credentials.secretAccessKey;
    env = {
      AWS_ACCESS_KEY_ID: kms.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: kms.credentials.secretAccessKey,
      AWS_ENDPOINT_URL_KMS: kms.endpoint,
      VAULT_TOKEN: vault.token,
    };
  });
  beforeEach(async () => {
    work = await makeWorkspace(sops);
  });
  afterEach(() => work.remove());

  const awsKey = (more: object = {}): KeyPolicy => ({ "aws-kms": { arns: [arn], endpoint: kms.endpoint, ...more } });
  const transitKey = (more: object = {}): KeyPolicy => ({ "vault-transit": { address: vault.address, mount, key: "sops", ...more } });
  const open = (file: string, key: KeyPolicy): Promise<Store> =>
    openStore({ kind: "sops", name: "local", line: 1, file, key }, { directory: work.folder, env });
  const readPlain = async (store: Store, path: string): Promise<unknown> => {
    const found = await store.read(path);
    return found && plainOf(found.document);
  };

  describe.each([
    ["AWS KMS", () => awsKey(), () => ["--kms", arn]],
    [
      "AWS KMS with a context",
      () => awsKey({ context: { app: "pay", env: "test" } }),
      () => ["--kms", arn, "--encryption-context", "app:pay,env:test"],
    ],
    ["Vault Transit", () => transitKey(), () => ["--hc-vault-transit", `${vault.address}/v1/${mount}/keys/sops`]],
  ])("%s", (_name, key, flags) => {
    it.each(["yaml", "json"])("as %s goes both ways", async (format) => {
      const ours = await open(`ours.${format}`, key());
      await ours.write("psp", documentOf({ value: canary, list: [1, "a"] }), "absent");
      expect(await work.text(`ours.${format}`)).not.toContain(canary);
      expect(JSON.parse(await work.sops(["decrypt", "--output-type", "json", `ours.${format}`], env))).toEqual({
        psp: { value: canary, list: [1, "a"] },
      });
      await work.put("plain.json", JSON.stringify({ psp: { value: canary } }));
      await work.put(
        `theirs.${format}`,
        await work.sops(["encrypt", "--input-type", "json", "--output-type", format, ...flags(), "plain.json"], env),
      );
      const theirs = await open(`theirs.${format}`, key());
      const found = await theirs.read("psp");
      expect(found && plainOf(found.document)).toEqual({ value: canary });
      await theirs.write("psp", documentOf({ value: "new" }), found?.version ?? "absent");
      expect(JSON.parse(await work.sops(["decrypt", "--output-type", "json", `theirs.${format}`], env))).toEqual({ psp: { value: "new" } });
      await theirs.close();
      await ours.close();
    });
  });

  it("of several kinds is opened by any one of them, by us and by sops", async () => {
    const all: KeyPolicy = { age: { recipients: [work.recipients[0]], identityFile: "age.txt" }, ...awsKey(), ...transitKey() };
    const store = await open("secrets.yaml", all);
    await store.write("a", documentOf({ value: canary }), "absent");
    const alone: readonly KeyPolicy[] = [{ age: { recipients: [work.recipients[0]], identityFile: "age.txt" } }, awsKey(), transitKey()];
    for (const key of alone) expect(await readPlain(await open("secrets.yaml", key), "a")).toEqual({ value: canary });
    // An identity that is missing does not stop the others, nor does a server that is away.
    const broken: KeyPolicy = {
      age: { recipients: [work.recipients[0]], identityFile: "no.txt" },
      ...awsKey({ endpoint: "http://127.0.0.1:9" }),
    };
    expect(await readPlain(await open("secrets.yaml", { ...broken, ...transitKey() }), "a")).toEqual({ value: canary });
    const { VAULT_TOKEN: token = "", ...aws } = env;
    for (const only of [{ SOPS_AGE_KEY_FILE: work.path("age.txt") }, aws, { VAULT_TOKEN: token }])
      expect(await work.sops(["decrypt", "--extract", '["a"]["value"]', "secrets.yaml"], only)).toBe(canary);
    await store.close();
  });

  it("takes the login of another store of the policy", async () => {
    const file = {
      directory: work.folder,
      policy: {
        stores: [
          { kind: "vault", name: "prod", line: 1, address: `${vault.address}/` },
          { kind: "sops", name: "local", line: 2, file: "s.yaml", key: { "vault-transit": { store: "prod", mount, key: "sops" } } },
        ],
      },
    } as unknown as Parameters<typeof openStores>[0];
    const stores = openStores(file, env);
    const store = await stores.open("local");
    await store.write("a", documentOf({ value: canary }), "absent");
    expect(await work.text("s.yaml")).toContain(`vault_address: ${JSON.stringify(vault.address)}`);
    expect(await work.sops(["decrypt", "--extract", '["a"]["value"]', "s.yaml"], env)).toBe(canary);
    await stores.close();
  });

  it("asks no server for a key that the policy does not name", async () => {
    await (await open("secrets.yaml", awsKey())).write("a", documentOf({ value: canary }), "absent");
    const other = await kms.createKey();
    const stranger = await open("secrets.yaml", awsKey({ arns: [other] }));
    await expect(stranger.read("a")).rejects.toMatchObject({
      code: "key-unavailable",
      message: expect.stringMatching(new RegExp(`do not open it; it is encrypted to ${arn}`, "u")),
    });
    const elsewhere = await open("secrets.yaml", transitKey());
    await expect(elsewhere.read("a")).rejects.toMatchObject({ code: "key-unavailable" });
    await elsewhere.close();
  });

  it("says that KMS cannot be reached, that the key is gone, and that the context was changed", async () => {
    await (await open("secrets.yaml", awsKey({ context: { app: "pay" } }))).write("a", documentOf({ value: canary }), "absent");
    await expect((await open("secrets.yaml", awsKey({ endpoint: "http://127.0.0.1:9" }))).read("a")).rejects.toMatchObject({
      code: "unreachable",
      message: expect.stringMatching(/AWS KMS cannot unwrap a data key with arn:.*Nothing was changed/u),
    });
    await work.put("changed.yaml", (await work.text("secrets.yaml")).replace("app: pay", "app: other"));
    await expect((await open("changed.yaml", awsKey())).read("a")).rejects.toMatchObject({
      code: "key-unavailable",
      message: expect.stringContaining("encryption context"),
    });
    const gone = arn.replace(/key\/.*/u, `key/${randomUUID()}`);
    await expect(
      (await open("new.yaml", awsKey({ arns: [gone] }))).write("a", documentOf({ value: canary }), "absent"),
    ).rejects.toMatchObject({
      code: "key-unavailable",
      message: expect.stringMatching(/no such key.*NotFoundException/u),
    });
  });

  it("says that Vault has no such engine or may not be asked, without telling the data key", async () => {
    const { vault: session, close } = await openVaultKv(
      { kind: "vault", name: "v", line: 1, address: vault.address },
      { directory: "/", env },
    );
    const secret = Buffer.from(canary.slice(0, 32));
    const nowhere = await vaultTransitKey({ vault: session, mount: "nowhere", key: "k" })
      .wrap(secret)
      .catch((thrown: unknown) => thrown);
    expect(nowhere).toHaveProperty("name", "RotationError");
    expect(String(nowhere)).not.toContain(secret.toString("base64"));
    const wrong = vaultTransitKey({ vault: session, mount, key: "sops" }).unwrap({ key: "", ciphertext: Buffer.from("vault:v1:AAAA") });
    await expect(wrong).rejects.toMatchObject({ code: "key-unavailable" });
    await close();
    const refused = await open("a.yaml", transitKey());
    env = { ...env, VAULT_TOKEN: "hvs.wrong" };
    const denied = await open("b.yaml", transitKey());
    await expect(denied.write("a", documentOf({ value: canary }), "absent")).rejects.toMatchObject({ code: "denied" });
    env = { ...env, VAULT_TOKEN: vault.token };
    await refused.close();
    await denied.close();
  });

  it("wraps and unwraps with an alias, and only with the same context", async () => {
    const alias = `${kms.aliasPrefix}sops`;
    await kms.call("CreateAlias", { AliasName: alias, TargetKeyId: arn });
    const aliasArn = arn.replace(/key\/.*/u, alias);
    const key = awsKmsKey({ arn: aliasArn, context: { a: "1" }, endpoint: kms.endpoint });
    const wrapped = await key.wrap(Buffer.alloc(32, 7));
    expect(Buffer.from(await key.unwrap(wrapped))).toEqual(Buffer.alloc(32, 7));
    const other = awsKmsKey({ arn: aliasArn, context: { a: "2" }, endpoint: kms.endpoint });
    await expect(other.unwrap(wrapped)).rejects.toMatchObject({ code: "key-unavailable" });
  });
});
