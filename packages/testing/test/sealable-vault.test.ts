import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { startSealableVault, vaultClient } from "../src/index.ts";
import { describeWithServers, useSealableVault } from "../src/vitest.ts";

describeWithServers("a Vault of the suite's own", () => {
  const vault = useSealableVault();

  it("refuses requests while sealed and has kept its secrets when unsealed", async () => {
    await vault.must("POST", "secret/data/kept", { data: { value: "x" } });
    await vault.seal();
    expect(await vault.request("GET", "secret/data/kept")).toMatchObject({ status: 503, body: { errors: ["Vault is sealed"] } });
    await vault.unseal();
    expect((await vault.request("GET", "secret/data/kept")).body.data.data).toEqual({ value: "x" });
  });

  it("carries out nothing while its audit device blocks", async () => {
    const unblock = await vault.blockAudit();
    expect((await vault.request("POST", "secret/data/refused", { data: { value: "x" } })).status).toBe(500);
    await unblock();
    expect((await vault.request("GET", "secret/data/refused")).status).toBe(404);
    const again = await vault.blockAudit();
    expect((await vault.request("GET", "secret/data/refused")).status).toBe(500);
    await again();
  });
});

describeWithServers("a Vault that keeps its data on disk", () => {
  const vault = useSealableVault({ storage: "raft" });

  it("is gone when it is halted, and has kept everything when it is started and unsealed", async () => {
    await vault.must("POST", "secret/data/kept", { data: { value: "x" } });
    await vault.halt();
    await expect(vault.request("GET", "sys/health")).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await vault.start();
    expect((await vault.request("GET", "sys/health")).body).toMatchObject({ initialized: true, sealed: true });
    await vault.unseal();
    expect((await vault.request("GET", "secret/data/kept")).body.data.data).toEqual({ value: "x" });
  });

  it("leaves no folder behind when it ends while halted", async () => {
    const other = await startSealableVault({ storage: "raft", transport: "https" });
    const file = other.tls?.caFile ?? "";
    await other.halt();
    expect(existsSync(file)).toBe(true);
    await other.stop();
    expect(existsSync(file)).toBe(false);
  });
});

describeWithServers("a Vault with TLS", () => {
  const vault = useSealableVault({ transport: "https" });

  it("is trusted by whoever trusts its certificate authority, and by nobody else", async () => {
    expect(vault.address).toMatch(/^https:/);
    expect((await vault.request("GET", "sys/health")).status).toBe(200);
    expect(readFileSync(vault.tls?.caFile ?? "", "utf8")).toBe(vault.tls?.ca);
    const stranger = vaultClient({ address: vault.address, token: vault.token });
    await expect(stranger.request("GET", "sys/health")).rejects.toMatchObject({ code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" });
  });
});
