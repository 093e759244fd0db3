import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { VaultStorePolicy } from "@holdfast/policy";
import { describeWithServers, useSealableVault, useVault } from "@holdfast/testing/vitest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { Store, Version } from "../../src/roles.ts";
import { openStore } from "../../src/stores/open-store.ts";
import { documentOf, plainOf } from "./plain.ts";

const canary = ["canary", randomUUID()].join("-");
const full = {
  value: canary,
  previous: 'ünï\n"code" 🔑',
  rotation: { generation: 3, done: false, at: null, list: [1, "a", { b: [] }] },
  empty: "",
};

function policyOf(address: string, mount: string, more: Partial<VaultStorePolicy> = {}): VaultStorePolicy {
  return { kind: "vault", name: "prod", line: 1, address, mount, ...more };
}

async function readPlain(store: Store, path: string): Promise<unknown> {
  const found = await store.read(path);
  return found && plainOf(found.document);
}

async function versionAt(store: Store, path: string): Promise<Version> {
  const found = await store.read(path);
  if (!found) throw new Error(`nothing at ${path}`);
  return found.version;
}

describeWithServers("a store in Vault", () => {
  const vault = useVault();
  let store: Store;
  const open = (mount: string, token: string, more: Partial<VaultStorePolicy> = {}): Promise<Store> =>
    openStore(policyOf(vault.address, mount, more), { directory: "/", env: { VAULT_TOKEN: token } });
  const tokenWith = async (hcl: string): Promise<string> => {
    const name = `holdfast-${randomUUID().slice(0, 8)}`;
    await vault.must("PUT", `sys/policies/acl/${name}`, { policy: hcl });
    return (await vault.must("POST", "auth/token/create", { policies: [name] })).body.auth.client_token as string;
  };
  beforeAll(async () => {
    store = await open(vault.mount, vault.token);
  });
  afterAll(() => store.close());

  it("reads back what it wrote, with the version and the time of Vault", async () => {
    const { version, request } = await store.write("a/full", documentOf(full), "absent");
    const found = await store.read("a/full");
    expect(found && plainOf(found.document)).toEqual(full);
    expect(found?.version).toBe(version);
    expect(request).toMatch(/^[0-9a-f-]{36}$/u);
    const { body } = await vault.must("GET", `${vault.mount}/metadata/a/full`);
    expect(found?.writtenAtMs).toBe(Date.parse(body.data.versions["1"].created_time));
  });

  it("knows nothing of a path that was never written", async () => {
    expect(await store.read("never/written")).toBeUndefined();
  });

  it("refuses to create what exists, and to write over what changed", async () => {
    const first = await store.write("a/cas", documentOf({ value: "one" }), "absent");
    await expect(store.write("a/cas", documentOf({ value: "two" }), "absent")).rejects.toMatchObject({ code: "conflict" });
    await store.write("a/cas", documentOf({ value: "three" }), first.version);
    await expect(store.write("a/cas", documentOf({ value: "four" }), first.version)).rejects.toMatchObject({ code: "conflict" });
    expect(await readPlain(store, "a/cas")).toEqual({ value: "three" });
  });

  it("lets one of many simultaneous writers win", async () => {
    const { version } = await store.write("a/race", documentOf({ value: "start" }), "absent");
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, (_, n) => store.write("a/race", documentOf({ value: `writer ${n}` }), version)),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  it.each(["deleted", "destroyed"])("creates anew where the newest version was %s", async (how) => {
    const path = `a/${how}`;
    await store.write(path, documentOf({ value: "old" }), "absent");
    await store.write(path, documentOf({ value: "older" }), await versionAt(store, path));
    await (how === "deleted"
      ? vault.must("DELETE", `${vault.mount}/data/${path}`)
      : vault.must("PUT", `${vault.mount}/destroy/${path}`, { versions: [2] }));
    expect(await store.read(path)).toBeUndefined();
    const { version } = await store.write(path, documentOf({ value: "new" }), "absent");
    expect(version).toMatch(/^3@/u);
    expect(await readPlain(store, path)).toEqual({ value: "new" });
  });

  it.each(["deleted", "destroyed"])("says that the newest version was %s, once, and how to get it back", async (how) => {
    const path = `a/told-${how}`;
    await store.write(path, documentOf({ value: canary }), "absent");
    await (how === "deleted"
      ? vault.must("DELETE", `${vault.mount}/data/${path}`)
      : vault.must("PUT", `${vault.mount}/destroy/${path}`, { versions: [1] }));
    const warnings: string[] = [];
    const told = await openStore(policyOf(vault.address, vault.mount), {
      ...{ directory: "/", env: { VAULT_TOKEN: vault.token } },
      onWarning: (message) => void warnings.push(message),
    });
    expect([await told.read(path), await told.read(path)]).toEqual([undefined, undefined]);
    expect(warnings).toEqual([expect.stringMatching(new RegExp(`version 1 of ${vault.mount}/data/${path}.*was ${how}`, "u"))]);
    if (how === "deleted") {
      // As the message says: undelete brings it back.
      await vault.must("POST", `${vault.mount}/undelete/${path}`, { versions: [1] });
      expect(await readPlain(told, path)).toEqual({ value: canary });
    }
  });

  it("works where the mount keeps one version and wants check-and-set with every write", async () => {
    const mount = await vault.enableEngine("kv", { options: { version: "2" } });
    await expect.poll(async () => (await vault.request("GET", `${mount}/config`)).status).toBe(200);
    await vault.must("POST", `${mount}/config`, { cas_required: true, max_versions: 1 });
    const strict = await open(mount, vault.token);
    let { version } = await strict.write("x", documentOf({ value: "one", previous: "zero" }), "absent");
    for (const value of ["two", "three"]) ({ version } = await strict.write("x", documentOf({ value, previous: canary }), version));
    expect(await readPlain(strict, "x")).toEqual({ value: "three", previous: canary });
    await strict.remove("x", version);
    await strict.write("x", documentOf({ value: "again" }), "absent");
  });

  it("takes a version whose time is over (delete_version_after) for absent, and writes after it", async () => {
    await vault.must("POST", `${vault.mount}/metadata/a/short`, { delete_version_after: "1s" });
    await store.write("a/short", documentOf({ value: "short" }), "absent");
    await expect.poll(async () => store.read("a/short"), { timeout: 5_000 }).toBeUndefined();
    await vault.must("POST", `${vault.mount}/metadata/a/short`, { delete_version_after: "0s" });
    await store.write("a/short", documentOf({ value: "long" }), "absent");
    expect(await readPlain(store, "a/short")).toEqual({ value: "long" });
  });

  it("answers with a namespace as without one on a server that has none", async () => {
    const inNamespace = await open(vault.mount, vault.token, { namespace: "team/payments" });
    await inNamespace.write("a/namespace", documentOf({ value: canary }), "absent");
    expect(await readPlain(store, "a/namespace")).toEqual({ value: canary });
  });

  it("says how to write a mount that was written with a path", async () => {
    const wrong = await open(`${vault.mount}/data`, vault.token);
    await expect(wrong.read("x")).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringContaining(`Write \`mount: ${vault.mount}\``),
    });
  });

  it("passes on what Vault warns of, once", async () => {
    const warnings: string[] = [];
    const told = await openStore(policyOf(vault.address, vault.mount), {
      ...{ directory: "/", env: { VAULT_TOKEN: vault.token } },
      onWarning: (message) => void warnings.push(message),
    });
    const session = told.vault!;
    const path = ["auth", await vault.enableAuth("approle"), "role", "app"];
    const body = { token_max_ttl: "100000h", bind_secret_id: true };
    const send = async (): Promise<unknown> => session.request({ method: "POST", path, effect: "write", body, what: "write a role" });
    await send();
    await send();
    expect(warnings).toEqual([expect.stringMatching(/^Vault at .* warns when asked to write a role: .*token_max_ttl is greater than/u)]);
  });

  it("removes a document with its history, and only the version that was read", async () => {
    const { version } = await store.write("a/remove", documentOf({ value: "one" }), "absent");
    const second = await store.write("a/remove", documentOf({ value: "two" }), version);
    await expect(store.remove("a/remove", version)).rejects.toMatchObject({ code: "conflict" });
    await store.remove("a/remove", second.version);
    expect((await vault.request("GET", `${vault.mount}/metadata/a/remove`)).status).toBe(404);
  });

  it("gives another version to a document that was removed and made again", async () => {
    const { version } = await store.write("a/again", documentOf({ value: "one" }), "absent");
    await store.remove("a/again", version);
    const again = await store.write("a/again", documentOf({ value: "one" }), "absent");
    expect(again.version).not.toBe(version);
  });

  it.each(["a=b&c'd/e\"f", "a b#c?d", "ü/ñ%2Fx", "<script>`$(id)`"])("writes to exactly the path %s", async (path) => {
    await store.write(path, documentOf({ value: "here" }), "absent");
    expect(await readPlain(store, path)).toEqual({ value: "here" });
    const encoded = path.split("/").map(encodeURIComponent).join("/");
    expect((await vault.must("GET", `${vault.mount}/data/${encoded}`)).body.data.data).toEqual({ value: "here" });
  });

  it.each(["../secret", "a//b", "./a", ""])("refuses the path %j before anything is sent", async (path) => {
    await expect(store.read(path)).rejects.toMatchObject({ code: "invalid" });
  });

  it("tells the rights of a token by asking Vault", async () => {
    const reader = await open(vault.mount, await tokenWith(`path "${vault.mount}/data/app/*" { capabilities = ["read"] }`));
    expect(await reader.probe("app/x")).toMatchObject({
      canRead: true,
      canWrite: false,
      why: expect.stringContaining("lacks create, update"),
    });
    expect(await reader.probe("other")).toMatchObject({ canRead: false, canWrite: false });
    expect(await store.probe("app/x")).toEqual({ canRead: true, canWrite: true });
    await reader.close();
  });

  it("needs no more than the policy in docs/stores.md", async () => {
    const page = await readFile(join(import.meta.dirname, "../../../../docs/stores.md"), "utf8");
    const shown = /```hcl\n(?<hcl># Read, and write with check-and-set.*?)```/su.exec(page)?.groups?.["hcl"] ?? "";
    const runner = await open(vault.mount, await tokenWith(shown.replaceAll('path "secret/', `path "${vault.mount}/`)));
    expect(await runner.probe("payments/psp")).toEqual({ canRead: true, canWrite: true });
    const { version } = await runner.write("payments/psp", documentOf({ value: canary }), "absent");
    const second = await runner.write("payments/psp", documentOf({ value: "next" }), version);
    expect(await readPlain(runner, "payments/psp")).toEqual({ value: "next" });
    await runner.remove("payments/psp", second.version);
    await expect(runner.read("other")).rejects.toMatchObject({ code: "denied" });
    await runner.close();
  });

  it("says what was denied, and writes nothing", async () => {
    const reader = await open(vault.mount, await tokenWith(`path "${vault.mount}/data/app/*" { capabilities = ["read"] }`));
    const error: unknown = await reader.write("app/x", documentOf({ value: canary }), "absent").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "denied", message: expect.stringMatching(/permission was denied.*Nothing was written/u) });
    expect(await store.read("app/x")).toBeUndefined();
    await reader.close();
  });

  it("keeps the clock of Vault", async () => {
    expect(Math.abs((await store.now()) - Date.now())).toBeLessThan(5_000);
  });

  it("refuses a mount of KV version 1, where compare-and-set does not exist", async () => {
    const old = await open(await vault.enableEngine("kv", { options: { version: "1" } }), vault.token);
    await expect(old.read("x")).rejects.toMatchObject({ code: "invalid", message: expect.stringContaining("version 1") });
    await expect(old.write("x", documentOf({ value: canary }), "absent")).rejects.toMatchObject({ code: "invalid" });
  });

  it("refuses an engine that is not KV, and a mount that does not exist", async () => {
    const transit = await open(await vault.enableEngine("transit"), vault.token);
    await expect(transit.read("x")).rejects.toMatchObject({ code: "invalid", message: expect.stringContaining("engine of type transit") });
    const nowhere = await open("no-such-mount", vault.token);
    await expect(nowhere.read("x")).rejects.toMatchObject({
      code: "denied",
      message: expect.stringMatching(/mount no-such-mount: there is no such mount/u),
    });
  });

  it("refuses a wrong token", async () => {
    const wrong = await open(vault.mount, "hvs.wrong");
    await expect(wrong.read("a/full")).rejects.toMatchObject({ code: "denied" });
  });

  it("says which variable or file should hold the token", async () => {
    const none = await openStore(policyOf(vault.address, vault.mount), { directory: "/", env: {} });
    await expect(none.read("x")).rejects.toMatchObject({ code: "invalid", message: expect.stringContaining("VAULT_TOKEN") });
    const file = await open(vault.mount, "", { auth: { method: "token", tokenFile: "/no/such/token" } });
    await expect(file.read("x")).rejects.toMatchObject({ code: "invalid", message: expect.stringContaining("/no/such/token") });
  });

  it("refuses a document that Vault finds too large, knowing that nothing was written", async () => {
    const document = documentOf({ value: canary, big: "x".repeat(1024 * 1024 + 1) });
    await expect(store.write("a/big", document, "absent")).rejects.toMatchObject({ code: "invalid" });
    expect(await store.read("a/big")).toBeUndefined();
  });

  it("does not hand out a number that would change when it is written back", async () => {
    await vault.must("POST", `${vault.mount}/data/a/number`, { data: { value: "x" } });
    const raw = await fetch(`${vault.address}/v1/${vault.mount}/data/a/number`, {
      method: "POST",
      headers: { "X-Vault-Token": vault.token },
      body: '{"data":{"n":9007199254740993}}',
    });
    expect(raw.status).toBe(200);
    await expect(store.read("a/number")).rejects.toMatchObject({ code: "damaged" });
  });

  describe("with AppRole", () => {
    let login: { path: string; roleId: string; secretId: (settings?: object) => Promise<string> };
    beforeAll(async () => {
      const path = await vault.enableAuth("approle");
      const name = `kv-${randomUUID().slice(0, 8)}`;
      await vault.must("PUT", `sys/policies/acl/${name}`, {
        policy: `path "${vault.mount}/data/*" { capabilities = ["create", "read", "update"] }`,
      });
      await vault.must("POST", `auth/${path}/role/app`, { token_policies: [name], token_ttl: "2s", token_max_ttl: "4s" });
      const roleId = (await vault.must("GET", `auth/${path}/role/app/role-id`)).body.data.role_id as string;
      const secretId = async (settings: object = {}): Promise<string> =>
        (await vault.must("POST", `auth/${path}/role/app/secret-id`, settings)).body.data.secret_id as string;
      login = { path, roleId, secretId };
    });
    const openWith = (secretId: string): Promise<Store> =>
      openStore(
        policyOf(vault.address, vault.mount, {
          auth: { method: "approle", mount: login.path, roleIdEnv: "ROLE_ID", secretIdEnv: "SECRET_ID" },
        }),
        {
          directory: "/",
          env: { ROLE_ID: login.roleId, SECRET_ID: secretId },
        },
      );

    it("logs in, and in again when its token has ended", async () => {
      const app = await openWith(await login.secretId());
      await app.write("approle/x", documentOf({ value: canary }), "absent");
      // Whatever token it has now ends here, as at the end of its life.
      await vault.must("PUT", `sys/leases/revoke-prefix/auth/${login.path}`);
      expect(await readPlain(app, "approle/x")).toEqual({ value: canary });
      await app.close();
    });

    it("revokes its token when it is closed", async () => {
      const count = async (): Promise<number> =>
        ((await vault.request("LIST", `sys/leases/lookup/auth/${login.path}/login`)).body?.data?.keys ?? []).length as number;
      await vault.must("PUT", `sys/leases/revoke-prefix/auth/${login.path}`);
      const app = await openWith(await login.secretId());
      await app.read("approle/x");
      expect(await count()).toBe(1);
      await app.close();
      expect(await count()).toBe(0);
    });

    it("takes the secret id from a file at every login", async () => {
      const folder = await mkdtemp(join(tmpdir(), "holdfast-vault-"));
      await writeFile(join(folder, "secret-id"), `${await login.secretId({ num_uses: 1 })}\n`);
      const auth = { method: "approle", mount: login.path, roleIdEnv: "ROLE_ID", secretIdFile: "secret-id" } as const;
      const app = await openStore(policyOf(vault.address, vault.mount, { auth }), { directory: folder, env: { ROLE_ID: login.roleId } });
      await app.read("approle/x");
      await vault.must("PUT", `sys/leases/revoke-prefix/auth/${login.path}`);
      await expect(app.read("approle/x")).rejects.toMatchObject({ code: "denied" });
      await writeFile(join(folder, "secret-id"), await login.secretId());
      expect(await readPlain(app, "approle/x")).toEqual({ value: canary });
      await app.close();
      await rm(folder, { recursive: true });
    });

    it("says that the secret id was refused, without telling it", async () => {
      const wrong = ["not", "a", "secret", randomUUID()].join("-");
      const error: unknown = await (await openWith(wrong)).read("approle/x").catch((thrown: unknown) => thrown);
      expect(String(error)).toMatch(/log in.*login was refused.*Check the role id and the secret id/u);
      expect(JSON.stringify(error) + String(error)).not.toContain(wrong);
    });
  });
});

describeWithServers("a store in a Vault that is not at its best", () => {
  const vault = useSealableVault();
  const open = (): Promise<Store> => openStore(policyOf(vault.address, "secret"), { directory: "/", env: { VAULT_TOKEN: vault.token } });

  it("says that it is sealed, and works again when it is not", async () => {
    const store = await open();
    await store.write("x", documentOf({ value: "before" }), "absent");
    const version = await versionAt(store, "x");
    await vault.seal();
    await expect(store.read("x")).rejects.toMatchObject({ code: "sealed", message: expect.stringContaining("unseal") });
    await expect(store.write("x", documentOf({ value: "after" }), version)).rejects.toMatchObject({
      code: "sealed",
      message: expect.stringContaining("Nothing was written"),
    });
    expect(await store.probe("x")).toMatchObject({ canRead: false, canWrite: false, why: expect.stringContaining("sealed") });
    await vault.unseal();
    await store.write("x", documentOf({ value: "after" }), version);
    expect(await readPlain(store, "x")).toEqual({ value: "after" });
  });

  it("does not know what became of a write when the audit device blocks", async () => {
    const store = await open();
    const { version } = await store.write("audit", documentOf({ value: "before" }), "absent");
    const unblock = await vault.blockAudit();
    const outcome = await store.write("audit", documentOf({ value: canary }), version).catch((thrown: unknown) => thrown);
    const reading = await store.read("audit").catch((thrown: unknown) => thrown);
    await unblock();
    expect(outcome).toMatchObject({ code: "unknown-outcome", message: expect.stringMatching(/audit.*may or may not have been done/u) });
    expect(reading).toMatchObject({ code: "unreachable" });
  });

  it("says that a quota is used up, and that nothing was written", async () => {
    const store = await open();
    await store.read("x");
    await vault.must("POST", "sys/quotas/rate-limit/kv", { path: "secret/", rate: 1, interval: "1h" });
    const errors = await Promise.all(
      [1, 2, 3].map((n) =>
        store.write(`quota/${n}`, documentOf({ value: canary }), "absent").then(
          () => undefined,
          (thrown: unknown) => thrown,
        ),
      ),
    );
    await vault.must("DELETE", "sys/quotas/rate-limit/kv");
    expect(errors.filter(Boolean)).not.toHaveLength(0);
    for (const error of errors.filter(Boolean))
      expect(error).toMatchObject({ code: "quota", message: expect.stringContaining("Nothing was written") });
  });
});

describeWithServers("a store in a Vault with a private certificate authority", () => {
  const vault = useSealableVault({ transport: "https" });
  const open = (ca?: string): Promise<Store> =>
    openStore(policyOf(vault.address, "secret", ca === undefined ? {} : { ca }), { directory: "/", env: { VAULT_TOKEN: vault.token } });

  it("trusts it when the policy names it, and nothing else", async () => {
    const store = await open(vault.tls?.caFile);
    await store.write("tls", documentOf({ value: canary }), "absent");
    await expect((await open()).read("tls")).rejects.toMatchObject({
      code: "unreachable",
      message: expect.stringContaining("not trusted"),
    });
  });

  it.each(["VAULT_SKIP_VERIFY", "NODE_TLS_REJECT_UNAUTHORIZED"])("does not let %s switch verification off", async (variable) => {
    const before = process.env[variable];
    process.env[variable] = variable === "VAULT_SKIP_VERIFY" ? "true" : "0";
    try {
      await expect((await open()).read("tls")).rejects.toMatchObject({ code: "unreachable" });
      await expect((await open()).write("tls", documentOf({ value: canary }), "absent")).rejects.toMatchObject({ code: "unreachable" });
    } finally {
      if (before === undefined) Reflect.deleteProperty(process.env, variable);
      else process.env[variable] = before;
    }
  });

  it("says so when the address lacks the s of https", async () => {
    const store = await openStore(policyOf(vault.address.replace("https:", "http:"), "secret"), {
      directory: "/",
      env: { VAULT_TOKEN: vault.token },
    });
    await expect(store.read("tls")).rejects.toMatchObject({ code: "invalid", message: expect.stringContaining("https://") });
  });
});

describe("the address of a Vault", () => {
  it.each(["http://vault.internal:8200", "http://10.0.0.1:8200", "http://127.0.0.1.example.com:8200"])(
    "%s is refused, as secrets would travel in clear",
    async (address) => {
      await expect(openStore(policyOf(address, "secret"), { directory: "/", env: { VAULT_TOKEN: "x" } })).rejects.toMatchObject({
        code: "invalid",
      });
    },
  );
});
