import { expect, it } from "vitest";
import { describeWithServers, useVault } from "../src/vitest.ts";

describeWithServers("the shared Vault", () => {
  const vault = useVault();
  const neighbour = useVault();

  it("stores what is written with the current version and refuses a stale one", async () => {
    const write = (cas: number, value: string) => vault.request("POST", `${vault.mount}/data/token`, { options: { cas }, data: { value } });
    expect((await write(0, "first")).body.data.version).toBe(1);
    expect((await write(1, "second")).body.data.version).toBe(2);
    const stale = await write(1, "lost update");
    expect(stale.status).toBe(400);
    expect(stale.body.errors).toContain("check-and-set parameter did not match the current version");
    expect((await vault.request("GET", `${vault.mount}/data/token`)).body.data.data).toEqual({ value: "second" });
  });

  it("gives each suite a mount of its own", async () => {
    await vault.must("POST", `${vault.mount}/data/mine`, { data: { value: "x" } });
    expect(neighbour.address).toBe(vault.address);
    expect((await neighbour.request("GET", `${neighbour.mount}/data/mine`)).status).toBe(404);
  });

  it("encrypts with a transit key and still decrypts after the key rotated", async () => {
    const transit = await vault.enableEngine("transit");
    await vault.must("POST", `${transit}/keys/app`);
    const plaintext = Buffer.from("data key").toString("base64");
    const before = await vault.must("POST", `${transit}/encrypt/app`, { plaintext });
    await vault.must("POST", `${transit}/keys/app/rotate`);
    const after = await vault.must("POST", `${transit}/rewrap/app`, { ciphertext: before.body.data.ciphertext });
    expect([before, after].map((answer) => answer.body.data.ciphertext.slice(0, 9))).toEqual(["vault:v1:", "vault:v2:"]);
    for (const { body } of [before, after]) {
      const opened = await vault.must("POST", `${transit}/decrypt/app`, { ciphertext: body.data.ciphertext });
      expect(opened.body.data.plaintext).toBe(plaintext);
    }
  });

  it("issues and revokes AppRole secret ids", async () => {
    const appRole = await vault.enableAuth("approle");
    await vault.must("POST", `auth/${appRole}/role/app`, { token_policies: "default" });
    const { role_id } = (await vault.must("GET", `auth/${appRole}/role/app/role-id`)).body.data;
    const { secret_id } = (await vault.must("POST", `auth/${appRole}/role/app/secret-id`)).body.data;
    const logIn = () => vault.request("POST", `auth/${appRole}/login`, { role_id, secret_id });
    expect((await logIn()).status).toBe(200);
    await vault.must("POST", `auth/${appRole}/role/app/secret-id/destroy`, { secret_id });
    expect(await logIn()).toMatchObject({ status: 400, body: { errors: ["invalid role or secret ID"] } });
  });
});
