import { randomUUID } from "node:crypto";
import { inspect } from "node:util";

import { describeWithServers, useVault } from "@holdfast/testing/vitest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { openStores } from "../../src/open-stores.ts";
import { Secret } from "../../src/secret.ts";
import { openVaultKv } from "../../src/stores/vault-kv.ts";
import { partsOf } from "../../src/vault/path.ts";
import { type VaultRequest, type VaultSession } from "../../src/vault/vault.ts";
import { policyFolder } from "../policy-folder.ts";
import { answer, type FakeVault, startFakeVault } from "./fake-vault.ts";

const canary = ["canary", randomUUID()].join("-");
const token = ["hvs", randomUUID()].join(".");

describe("a request of a rotator", () => {
  let server: FakeVault;
  let session: VaultSession;
  beforeEach(async () => {
    server = await startFakeVault();
    const policy = { kind: "vault", name: "prod", line: 1, address: server.address } as const;
    session = (await openVaultKv(policy, { directory: "/", env: { VAULT_TOKEN: token } })).vault!;
  });
  afterEach(() => server.close());

  const register = { method: "POST", path: ["auth", ...partsOf("/team/approle/"), "role", "a b"], what: "register a secret id" } as const;

  it("sends what is secret in its body, and tells it nowhere", async () => {
    server.reply = answer(400, { errors: [`SecretID ${canary} is wrong, ${Buffer.from(canary).toString("base64")} too`] });
    const body = { secret_id: Secret.of(canary), ttl: "1h", cidr_list: ["127.0.0.1/32"], num_uses: 0 };
    const error: unknown = await session.request({ ...register, body, effect: "write" }).catch((thrown: unknown) => thrown);
    expect(server.received).toMatchObject([{ method: "POST", path: "/v1/auth/team/approle/role/a%20b" }]);
    expect(JSON.parse(server.received[0]!.body)).toEqual({ ...body, secret_id: canary });
    expect(error).toMatchObject({ code: "invalid", message: expect.stringContaining("SecretID [secret] is wrong, [secret] too") });
    expect(inspect(error, { depth: 9 }) + JSON.stringify(error)).not.toContain(canary);
  });

  it("is sent again when it only reads, and once when it may have an effect", async () => {
    server.reply = answer(500, { errors: ["internal error"] });
    await expect(session.request({ ...register, effect: "read" })).rejects.toMatchObject({ code: "unreachable" });
    expect(server.received).toHaveLength(3);
    await expect(session.request({ ...register, effect: "write" })).rejects.toMatchObject({ code: "unknown-outcome" });
    expect(server.received).toHaveLength(4);
  });

  it("gets a 404 as an answer", async () => {
    server.reply = answer(404, { errors: [], data: { error: "failed to find accessor entry" } });
    expect(await session.request({ ...register, effect: "read" })).toMatchObject({
      status: 404,
      body: { data: { error: expect.stringContaining("failed") } },
    });
  });
});

describeWithServers("a request of a rotator to a real Vault", () => {
  const vault = useVault();

  it("goes through the login of the store that the policy names", async () => {
    const path = await vault.enableAuth("approle");
    await vault.must("POST", `auth/${path}/role/app`, { token_policies: ["default"] });
    const made = await policyFolder({
      store: `prod: { kind: vault, address: "${vault.address}" }\n  local: { kind: sops, file: a.yaml, key: { age: { recipients: [age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p] } } }`,
      secrets: "a: { store: prod, path: a }",
    });
    const stores = openStores(made.policy, { VAULT_TOKEN: vault.token });
    const session = await stores.vault("prod");
    const secretId = Secret.of(canary);
    const request: VaultRequest = {
      method: "POST",
      path: ["auth", path, "role", "app", "custom-secret-id"],
      body: { secret_id: secretId },
      effect: "write",
      what: "register a secret id",
    };
    expect((await session.request(request)).body.data).toMatchObject({ secret_id: canary });
    // The repetition is a 500 "SecretID is already registered", of which only the caller knows that it is harmless.
    await expect(session.request(request)).rejects.toMatchObject({
      code: "unknown-outcome",
      message: expect.stringContaining("already registered"),
    });
    expect(Math.abs((await session.now()) - Date.now())).toBeLessThan(5_000);
    await expect(stores.vault("local")).rejects.toMatchObject({ code: "invalid", message: expect.stringContaining("of kind sops") });
    await expect(stores.vault("other")).rejects.toMatchObject({ code: "invalid", message: expect.stringContaining("no store") });
    await stores.close();
  });
});
