import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { obtainVault } from "../obtain/vault.ts";
import { createBlockableAudit } from "./blockable-audit.ts";
import { createCertificate } from "./certificate.ts";
import { serverEnvironment } from "./environment.ts";
import { startServer } from "./start-server.ts";
import { until } from "./until.ts";
import { kvIsReady, vaultClient } from "./vault-client.ts";
import type { VaultClient } from "./vault-client.ts";

export interface SealableVault extends VaultClient {
  /** `http://127.0.0.1:<port>`, or `https://…` when started with TLS. */
  address: string;
  /** A root token. */
  token: string;
  /** PEM file of the certificate authority that signed the server's certificate, and its content; only with TLS. */
  tls?: { caFile: string; ca: string };
  /** From now on every request except health and unseal answers 503, "Vault is sealed". */
  seal: () => Promise<void>;
  /** Resolves when the server is active again. */
  unseal: () => Promise<void>;
  /**
   * From now on the only audit device cannot write, so Vault refuses every request with 500 and carries out none. The answered function
   * makes it work again.
   */
  blockAudit: () => Promise<() => Promise<void>>;
  /** Kills the server; nobody listens on its port until `start`. Only `raft` has kept anything by then. */
  halt: () => Promise<void>;
  /** Starts a halted server again. It is sealed, as every Vault is after its start. */
  start: () => Promise<void>;
  stop: () => Promise<void>;
}

export interface SealableVaultOptions {
  transport?: "http" | "https";
  /** `inmem` without it; `raft` keeps what it holds through `halt` and `start`, and takes two seconds longer to be ready. */
  storage?: "inmem" | "raft";
}

/** Vault as it is run for real, with a configuration file: initialised with one unseal key, unsealed, KV v2 at `secret/`. */
export async function startSealableVault({ transport = "http", storage = "inmem" }: SealableVaultOptions = {}): Promise<SealableVault> {
  const { vault } = await obtainVault();
  const server = await startServer({
    label: "Vault",
    ports: 2,
    prepare: async ({ folder, port }) => {
      const config = join(folder, "vault.json");
      await writeFile(config, JSON.stringify(await configuration(folder, port, { transport, storage })));
      return { executable: vault, args: ["server", `-config=${config}`], env: serverEnvironment(folder), stopSignal: "SIGTERM" };
    },
    isReady: async ({ folder, port }) => {
      const { status } = await vaultClient({
        address: `${transport}://127.0.0.1:${port}`,
        token: "",
        ...(await trust(folder, transport)),
      }).request("GET", "sys/health");
      return status === 501;
    },
  });

  const address = `${transport}://127.0.0.1:${server.port}`;
  const tls = await trust(server.folder, transport);
  const { token, unsealKey } = await initialise(vaultClient({ address, token: "", ...tls }));
  const client = vaultClient({ address, token, ...tls });
  const audit = createBlockableAudit(client);
  const unseal = async (): Promise<void> => {
    await client.must("PUT", "sys/unseal", { key: unsealKey });
    await until("Vault is active after unsealing", async () => (await client.request("GET", "sys/health")).status === 200);
  };

  await unseal();
  await client.must("POST", "sys/mounts/secret", { type: "kv", options: { version: "2" } });
  await kvIsReady(client, "secret");
  return {
    ...client,
    ...(tls.ca === undefined ? {} : { tls: { caFile: join(server.folder, "ca.pem"), ca: tls.ca } }),
    address,
    token,
    unseal,
    seal: async () => void (await client.must("PUT", "sys/seal")),
    blockAudit: audit.block,
    halt: server.halt,
    start: async () => {
      await server.startAgain();
      await until(
        "Vault answers after its start",
        async () => (await client.request("GET", "sys/health").catch(() => undefined))?.status === 503,
      );
    },
    stop: async () => {
      audit.close();
      await server.stop();
    },
  };
}

async function configuration(folder: string, port: number, { transport, storage }: Required<SealableVaultOptions>): Promise<object> {
  const listener = { address: `127.0.0.1:${port}`, ...(await listenerSecurity(folder, transport)) };
  const addresses = { api_addr: `${transport}://127.0.0.1:${port}`, cluster_addr: `https://127.0.0.1:${port + 1}` };
  return { storage: await storageIn(folder, storage), listener: { tcp: listener }, ...addresses, disable_mlock: true };
}

async function storageIn(folder: string, storage: "inmem" | "raft"): Promise<object> {
  if (storage === "inmem") return { inmem: {} };
  const path = join(folder, "data");
  await mkdir(path);
  return { raft: { path, node_id: "n1", performance_multiplier: 1 } };
}

async function listenerSecurity(folder: string, transport: "http" | "https"): Promise<object> {
  if (transport === "http") return { tls_disable: true };
  const { certificate, key } = await createCertificate(folder);
  return { tls_cert_file: certificate, tls_key_file: key };
}

async function trust(folder: string, transport: "http" | "https"): Promise<{ ca?: string }> {
  return transport === "http" ? {} : { ca: await readFile(join(folder, "ca.pem"), "utf8") };
}

async function initialise(client: VaultClient): Promise<{ token: string; unsealKey: string }> {
  const { body } = await client.must("PUT", "sys/init", { secret_shares: 1, secret_threshold: 1 });
  return { token: body.root_token, unsealKey: body.keys_base64[0] };
}
