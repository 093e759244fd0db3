import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { describeWithServers, useSealableVault, useVault } from "@holdfast/testing/vitest";
import { beforeAll, describe, expect, it } from "vitest";

import { buildIfStale, holdfast, temporaryFolder } from "./built-command.ts";
import { expectNowhere, outputs, talkative, textsBelow } from "./canary.ts";

beforeAll(buildIfStale);

const secrets = {
  "psp/webhook": {
    store: "prod",
    path: "psp/webhook",
    env: "PSP_WEBHOOK_SECRET",
    rotate: { with: "generated", bytes: 32 },
    every: "30d",
    overlap: "24h",
  },
};

/** A folder whose secrets are in this Vault. */
function vaultProject(address: string, mount: string, auth: object = { method: "token", tokenEnv: "VAULT_TOKEN" }): string {
  const cwd = temporaryFolder();
  writeFileSync(
    join(cwd, "holdfast.yaml"),
    JSON.stringify({ version: 1, stores: { prod: { kind: "vault", address, mount, auth } }, secrets }),
  );
  return cwd;
}

const everyCommand = [["status"], ["plan"], ["rotate", "--force", "psp/webhook"], ["resume"], ["pull"], ["exec", "--", "true"]];

describeWithServers("secrets in Vault", () => {
  const vault = useVault();

  it("are rotated, shown, given to programs, and every act is in the log", async () => {
    const cwd = vaultProject(vault.address, vault.mount);
    const env = { VAULT_TOKEN: vault.token };
    expect((await holdfast(["rotate"], { cwd, env })).stdout).toBe("✔ psp/webhook rotated: generation 1\n1 rotated of 1 secret.\n");
    expect((await holdfast(["rotate", "--force", "psp/webhook"], { cwd, env })).code).toBe(0);
    const { body } = (await vault.must("GET", `${vault.mount}/data/psp/webhook`)) as { body: { data: { data: Record<string, string> } } };
    expect((await holdfast(["pull"], { cwd, env })).stdout).toBe(`PSP_WEBHOOK_SECRET=${body.data.data["value"]}\n`);
    expect((await holdfast(["exec", "--", "sh", "-c", 'printf %s "$PSP_WEBHOOK_SECRET"'], { cwd, env })).stdout).toBe(
      body.data.data["value"],
    );
    expect((await holdfast(["status"], { cwd, env })).stdout).toMatch(/^psp\/webhook {2}\ds {3}in 30d {2}overlap, 24h left {2}prod$/mu);
    expect((await holdfast(["audit", "verify"], { cwd })).code).toBe(0);
  });

  it("log in with an AppRole", async () => {
    const mount = await vault.enableAuth("approle");
    await vault.must("PUT", `sys/policies/acl/${mount}`, {
      policy: `path "${vault.mount}/*" { capabilities = ["create", "read", "update"] }`,
    });
    await vault.must("POST", `auth/${mount}/role/runner`, { token_policies: [mount] });
    const roleId = (await vault.must("GET", `auth/${mount}/role/runner/role-id`)).body.data.role_id as string;
    const secretId = (await vault.must("POST", `auth/${mount}/role/runner/secret-id`)).body.data.secret_id as string;
    const cwd = vaultProject(vault.address, vault.mount, { method: "approle", mount, roleIdEnv: "ROLE", secretIdEnv: "SECRET" });
    const ran = await holdfast(["rotate", "--force", "psp/webhook"], { cwd, env: { ...talkative, ROLE: roleId, SECRET: secretId } });
    expect(ran.code).toBe(0);
    expectNowhere(
      [roleId, secretId],
      [...outputs([ran]), ...textsBelow(cwd)].filter(([where]) => !where.endsWith("holdfast.yaml")),
    );
  });

  it.each(everyCommand)("%s with a token that is refused ends with 6, and the token is nowhere", async (...args) => {
    const token = ["hvs", randomUUID().replaceAll("-", "")].join(".");
    const cwd = vaultProject(vault.address, vault.mount);
    const ran = await holdfast(args, { cwd, env: { ...talkative, VAULT_TOKEN: token } });
    expect(ran.code).toBe(args[0] === "plan" ? 1 : 6);
    expect(ran.stdout + ran.stderr).toMatch(/denied|refused|may not/u);
    expectNowhere([token], [...outputs([ran]), ...textsBelow(cwd)]);
  });

  it("without the variable with the token say which one is missing, and end with 2 or 6", async () => {
    const cwd = vaultProject(vault.address, vault.mount, { method: "token", tokenEnv: "MY_TOKEN" });
    const { code, stdout } = await holdfast(["rotate"], { cwd });
    expect([2, 6]).toContain(code);
    expect(stdout).toContain("MY_TOKEN");
  });

  it("name what is missing in plan when a token may read only", async () => {
    const policy = `reader-${randomUUID().slice(0, 8)}`;
    await vault.must("PUT", `sys/policies/acl/${policy}`, { policy: `path "${vault.mount}/*" { capabilities = ["read"] }` });
    const token = (await vault.must("POST", "auth/token/create", { policies: [policy] })).body.auth.client_token as string;
    const cwd = vaultProject(vault.address, vault.mount);
    const { code, stdout } = await holdfast(["plan", "--force", "psp/webhook"], { cwd, env: { VAULT_TOKEN: token } });
    expect(code).toBe(1);
    expect(stdout).toMatch(/✖ .*psp\/webhook/u);
  });
});

describe("a Vault that is not there", () => {
  it.each(everyCommand)("%s ends with 3 and says what to do", async (...args) => {
    const cwd = vaultProject("http://127.0.0.1:9", "secret");
    const { code, stdout, stderr } = await holdfast(args, { cwd, env: { VAULT_TOKEN: "any" } });
    expect(code).toBe(args[0] === "plan" ? 1 : 3);
    expect(stdout + stderr).toContain("127.0.0.1:9");
  });
});

describeWithServers("a sealed Vault", () => {
  const vault = useSealableVault();

  it("ends every command with 3, tells no value, and after unsealing all is as it was", async () => {
    const cwd = vaultProject(vault.address, "secret");
    const env = { ...talkative, VAULT_TOKEN: vault.token };
    expect((await holdfast(["rotate"], { cwd, env })).code).toBe(0);
    const { body } = (await vault.must("GET", "secret/data/psp/webhook")) as { body: { data: { data: { value: string } } } };
    await vault.seal();
    const runs = [];
    for (const args of everyCommand) runs.push(await holdfast(args, { cwd, env }));
    await vault.unseal();
    expect(runs.map(({ code }) => code)).toEqual(everyCommand.map(([command]) => (command === "plan" ? 1 : 3)));
    for (const { stdout, stderr } of runs) expect(stdout + stderr).toMatch(/sealed/u);
    expectNowhere([body.data.data.value, vault.token], [...outputs(runs), ...textsBelow(cwd)]);
    expect((await holdfast(["pull"], { cwd, env })).stdout).toBe(`PSP_WEBHOOK_SECRET=${body.data.data.value}\n`);
  });
});

describeWithServers("a Vault that restarts", () => {
  const vault = useSealableVault({ storage: "raft" });

  it("ends every command with 3 while it is away and while it is sealed, and then all goes on", async () => {
    const cwd = vaultProject(vault.address, "secret");
    const env = { ...talkative, VAULT_TOKEN: vault.token };
    expect((await holdfast(["rotate"], { cwd, env })).code).toBe(0);
    await vault.halt();
    const away = await holdfast(["rotate", "--force", "psp/webhook"], { cwd, env });
    await vault.start();
    const sealed = await holdfast(["rotate", "--force", "psp/webhook"], { cwd, env });
    await vault.unseal();
    const back = await holdfast(["rotate", "--force", "psp/webhook"], { cwd, env });
    expect([away.code, sealed.code, back.code]).toEqual([3, 3, 0]);
    expect(away.stdout).toMatch(/connection was refused.*Check the address, the network and that Vault runs/u);
    expect(sealed.stdout).toMatch(/it is sealed.*unseal/u);
    expectNowhere([vault.token], [...outputs([away, sealed, back]), ...textsBelow(cwd)]);
    expect((await holdfast(["audit", "verify"], { cwd })).code).toBe(0);
  });

  it("ends with 3 while its audit device blocks", async () => {
    const cwd = vaultProject(vault.address, "secret");
    const env = { ...talkative, VAULT_TOKEN: vault.token };
    const unblock = await vault.blockAudit();
    const blocked = await holdfast(["rotate", "--force", "psp/webhook"], { cwd, env });
    await unblock();
    expect(blocked.code).toBe(3);
    expect(blocked.stdout).toMatch(/audit device is blocked.*Ask its operators/u);
    expect((await holdfast(["rotate", "--force", "psp/webhook"], { cwd, env })).code).toBe(0);
  });
});

describeWithServers("rights that end", () => {
  const vault = useVault();

  it("end the command with 6, whether the token is over or its policy was changed, and with 0 when they are back", async () => {
    const policy = `rights-${randomUUID().slice(0, 8)}`;
    const allow = async (...capabilities: string[]): Promise<unknown> =>
      vault.must("PUT", `sys/policies/acl/${policy}`, {
        policy: `path "${vault.mount}/*" { capabilities = ${JSON.stringify(capabilities)} }`,
      });
    const newToken = async (): Promise<string> =>
      (await vault.must("POST", "auth/token/create", { policies: [policy], ttl: "1h" })).body.auth.client_token as string;
    const cwd = vaultProject(vault.address, vault.mount);
    const rotate = async (token: string) =>
      holdfast(["rotate", "--force", "psp/webhook"], { cwd, env: { ...talkative, VAULT_TOKEN: token } });
    await allow("create", "read", "update");
    const [first, second] = [await newToken(), await newToken()];
    expect((await rotate(first)).code).toBe(0);
    await allow("read");
    const changed = await rotate(first);
    await allow("create", "read", "update");
    await vault.must("POST", "auth/token/revoke", { token: first });
    const over = await rotate(first);
    const back = await rotate(second);
    expect([changed.code, over.code, back.code]).toEqual([6, 6, 0]);
    expect(changed.stdout).toMatch(/permission was denied.*Nothing was written.*its policy allows this path/u);
    expect(over.stdout).toMatch(/does not know the token, which is over, was revoked.*Log in again/u);
    expectNowhere([first, second], [...outputs([changed, over, back]), ...textsBelow(cwd)]);
  });
});
